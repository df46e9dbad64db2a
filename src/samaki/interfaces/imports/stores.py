"""What is sealed of files taken in, to be sealed again under another key."""

from samaki.interfaces.imports.models import ImportRun
from samaki.interfaces.imports.storage import context_of, sealed_files
from samaki.kernel.keyrings.stores import SealedColumn, SealedFiles, stores

stores.register(SealedColumn(ImportRun, "faults_sealed", "salt", (), lambda row: context_of(row["pk"])))
stores.register(SealedFiles("imports.files", sealed_files))
