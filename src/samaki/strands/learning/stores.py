"""What is sealed of learning, to be sealed again under another key."""

from samaki.kernel.keyrings.stores import SealedColumn, stores
from samaki.strands.learning.models import CoachingVisit, EarlierAnswers, FollowUp, Response

_SALT = "person__key__salt"
stores.register(
    SealedColumn(
        FollowUp,
        "evidence",
        _SALT,
        ("person_id", "origin"),
        lambda row: f"follow_up:{row['person_id']}:{row['origin']}",
    )
)
stores.register(
    SealedColumn(
        CoachingVisit,
        "notes",
        _SALT,
        ("person_id", "origin"),
        lambda row: f"coaching_visit:{row['person_id']}:{row['origin']}",
    )
)
for _kept in (Response, EarlierAnswers):
    stores.register(
        SealedColumn(
            _kept,
            "answers",
            _SALT,
            ("person_id", "version_id"),
            lambda row: f"response:{row['person_id']}:{row['version_id']}",
        )
    )
