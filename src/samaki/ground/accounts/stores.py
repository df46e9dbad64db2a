"""What is sealed of phones' credentials and second steps, to be sealed again under another key."""

from samaki.ground.accounts.devices import context_of
from samaki.ground.accounts.models import DeviceCredential
from samaki.ground.accounts.second_steps import SecondSteps
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

stores.register(SecondSteps())
