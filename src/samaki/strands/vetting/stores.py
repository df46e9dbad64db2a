"""What is sealed of vetting, to be sealed again under another key."""

from samaki.kernel.keyrings.stores import SealedColumn, stores
from samaki.kernel.rings import Ring
from samaki.strands.vetting.models import Allegation, Bar, Step
from samaki.strands.vetting.sealing import of_allegation, of_bar, of_step

_SALT = "candidacy__key__salt"
stores.register(
    SealedColumn(
        Step,
        "words",
        _SALT,
        ("candidacy_id", "kind", "taken_on"),
        lambda row: of_step(row["candidacy_id"], row["kind"], row["taken_on"]),
        Ring.HIS,
    )
)
stores.register(
    SealedColumn(
        Allegation,
        "words",
        _SALT,
        ("candidacy_id", "received_on"),
        lambda row: of_allegation(row["candidacy_id"], row["received_on"]),
        Ring.HIS,
    )
)
stores.register(
    SealedColumn(
        Bar,
        "reason",
        "salt",
        ("organisation_id", "barred_on"),
        lambda row: of_bar(row["organisation_id"], row["barred_on"]),
        Ring.HIS,
    )
)
