"""Reading about people. Rows are nameless; a name is opened for who may see it, and each opening is in the audit trail,
so do not call `reveal` or `search` inside a read snapshot."""

from samaki.ground.people.queries.leaving import ConsentRow, Leaving, leaving
from samaki.ground.people.queries.matches import Candidate, count_open, decided_lately, open_candidates
from samaki.ground.people.queries.names import Hit, reveal, reveal_many, search
from samaki.ground.people.queries.rows import PeoplePage, PersonRow, lacking_to_be_named, people, person

__all__ = [
    "Candidate",
    "ConsentRow",
    "Hit",
    "Leaving",
    "PeoplePage",
    "PersonRow",
    "count_open",
    "decided_lately",
    "lacking_to_be_named",
    "leaving",
    "open_candidates",
    "people",
    "person",
    "reveal",
    "reveal_many",
    "search",
]
