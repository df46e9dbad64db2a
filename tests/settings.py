"""The product's settings over a data folder and a database of this test run alone.

pytest-django loads settings before any conftest is read, so the database is chosen here: a choice made later would run
on SQLite without a word. `tests/project/test_database.py` asserts which one it is.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

DATABASE = os.environ.get("SAMAKI_TEST_DATABASE", "sqlite")
if DATABASE not in {"sqlite", "postgresql"}:
    raise ValueError(f"SAMAKI_TEST_DATABASE is sqlite or postgresql, not {DATABASE}")

if "PYTEST_XDIST_WORKER" not in os.environ:  # a worker inherits what its controller chose
    for name in [name for name in os.environ if name.startswith("SAMAKI_") and not name.startswith("SAMAKI_TEST_")]:
        del os.environ[name]
    folder = tempfile.mkdtemp(prefix="samaki-test-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["SAMAKI_DATA"] = folder
    if DATABASE == "postgresql":
        from tests.postgres import start

        os.environ["SAMAKI_DATABASE"] = start().url
else:
    os.environ["SAMAKI_DATA"] = str(Path(os.environ["SAMAKI_DATA"]) / os.environ["PYTEST_XDIST_WORKER"])

from samaki.project.settings import *  # noqa: E402, F403
from samaki.project.settings import DATA, DATABASES  # noqa: E402

# A file, not memory: write-ahead log, write queue and other processes behave as in life.
DATABASES["default"]["TEST"] = {"NAME": "test_samaki" if DATABASE == "postgresql" else str(DATA / "test.sqlite3")}

# Hashed names of static files need `collectstatic`; the pages under test do not.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
