"""What is sealed of his file, to be sealed again under another key."""

from samaki.kernel.keyrings.stores import SealedColumn, stores
from samaki.kernel.rings import Ring
from samaki.strands.counselling.models import CaseSession, Risk
from samaki.strands.counselling.sealing import of_risk, of_session

_SALT = "case__key__salt"
stores.register(
    SealedColumn(
        CaseSession,
        "notes",
        _SALT,
        ("case_id", "number"),
        lambda row: of_session(row["case_id"], row["number"]),
        Ring.HIS,
    )
)
stores.register(
    SealedColumn(
        Risk,
        "markers",
        _SALT,
        ("case_id", "assessed_at"),
        lambda row: of_risk(row["case_id"], row["assessed_at"]),
        Ring.HIS,
    )
)
