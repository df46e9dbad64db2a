"""What is sealed of what phones sent, to be sealed again under another key."""

from samaki.engines.fieldforms.attachments import sealed_files
from samaki.engines.fieldforms.models import Submission
from samaki.engines.fieldforms.opening import context_of
from samaki.kernel.keyrings.stores import SealedColumn, SealedFiles, stores

for _field in ("xml", "answers"):
    stores.register(
        SealedColumn(
            Submission,
            _field,
            "salt",
            ("form_id", "instance_id"),
            lambda row: context_of(row["form_id"], row["instance_id"]),
        )
    )
stores.register(SealedFiles("fieldforms.attachments", sealed_files))
