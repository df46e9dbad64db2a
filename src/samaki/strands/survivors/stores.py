"""What is sealed of her side, to be sealed again under another key."""

from samaki.kernel.keyrings.stores import SealedColumn, stores
from samaki.kernel.rings import Ring
from samaki.strands.survivors.models import HerFollowUp, HerRisk, Referral, ServiceFile, WarningTask
from samaki.strands.survivors.sealing import of_file, of_follow_up, of_referral, of_risk, of_warning

_SALT = "file__key__salt"
_HERS = Ring.HERS
stores.register(
    SealedColumn(
        ServiceFile,
        "sealed",
        "key__salt",
        ("organisation_id", "code"),
        lambda row: of_file(row["organisation_id"], row["code"]),
        _HERS,
    )
)
stores.register(
    SealedColumn(
        HerRisk,
        "sealed",
        _SALT,
        ("file_id", "assessed_on"),
        lambda row: of_risk(row["file_id"], row["assessed_on"]),
        _HERS,
    )
)
stores.register(
    SealedColumn(
        HerFollowUp,
        "sealed",
        _SALT,
        ("file_id", "window", "informant", "asked_on"),
        lambda row: of_follow_up(row["file_id"], row["window"], row["informant"], row["asked_on"]),
        _HERS,
    )
)
stores.register(
    SealedColumn(
        WarningTask,
        "sealed",
        "salt",
        ("organisation_id", "raised_at"),
        lambda row: of_warning(row["organisation_id"], row["raised_at"]),
        _HERS,
    )
)
stores.register(
    SealedColumn(
        Referral,
        "sealed",
        _SALT,
        ("file_id", "service_id"),
        lambda row: of_referral(row["file_id"], row["service_id"]),
        _HERS,
    )
)
