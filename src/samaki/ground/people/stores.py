"""What is sealed of people, to be sealed again under another key."""

from samaki.ground.people.models import PersonIdentity
from samaki.kernel.keyrings.stores import SealedColumn, stores

stores.register(
    SealedColumn(
        PersonIdentity, "sealed", "person__key__salt", ("person_id",), lambda row: f"person:{row['person_id']}"
    )
)
