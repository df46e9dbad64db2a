"""What is sealed of phones' credentials, to be sealed again under another key."""

from samaki.ground.accounts.devices import context_of
from samaki.ground.accounts.models import DeviceCredential
from samaki.kernel.keyrings.stores import SealedColumn, stores

stores.register(
    SealedColumn(
        DeviceCredential,
        "secret",
        "salt",
        ("username",),
        lambda row: context_of(row["username"]),
        only={"kind": DeviceCredential.Kind.APP},
    )
)
