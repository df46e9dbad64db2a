"""What the database itself holds of her side: a referral moves by its table, whatever the way in."""

from samaki.kernel.database.transitions import HeldState, held_states
from samaki.strands.survivors.models import Referral
from samaki.strands.survivors.rules import ALLOWED, FIRST

held_states.register(HeldState(Referral, "state", ALLOWED, FIRST))
