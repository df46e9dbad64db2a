"""What the database itself holds of cases: none starts, closes or opens again but as the table of transitions says."""

from samaki.kernel.database.transitions import HeldState, held_states
from samaki.strands.counselling.course import ALLOWED, FIRST
from samaki.strands.counselling.models import Case

held_states.register(HeldState(Case, "state", ALLOWED, FIRST))
