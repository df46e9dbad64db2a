"""What the database itself holds of vetting: no step is skipped by any way in."""

from samaki.kernel.database.transitions import HeldState, held_states
from samaki.strands.vetting.models import Candidacy
from samaki.strands.vetting.rules import ALLOWED, FIRST

held_states.register(HeldState(Candidacy, "state", ALLOWED, FIRST))
