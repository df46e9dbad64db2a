"""ODK Validate, where the machine has Java: it reads a form as Collect does. Without it our own checks stand."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from pyxform.validators.odk_validate import ODK_VALIDATE_PATH

from samaki.engines.fieldforms.xlsforms.faults import Fault, Level

MOST_SECONDS = 40
MOST_SAID = 2_000


def is_here() -> bool:
    return shutil.which("java") is not None and Path(ODK_VALIDATE_PATH).exists()


def validated(xform: str) -> tuple[Fault, ...]:
    """What ODK Validate says against the form; nothing where it has nothing against it. Call where it `is_here`."""
    java = shutil.which("java") or "java"
    with TemporaryDirectory(prefix="samaki-form-") as folder:
        path = Path(folder) / "form.xml"
        path.write_text(xform, encoding="utf-8")
        try:
            done = subprocess.run(  # noqa: S603  # a jar of pyxform on a file of ours
                [java, "-Djava.awt.headless=true", "-Xmx256m", "-jar", ODK_VALIDATE_PATH, str(path)],
                capture_output=True,
                timeout=MOST_SECONDS,
                env={"PATH": os.defpath, "LANG": "C.UTF-8", "TMPDIR": folder, "HOME": folder},
                cwd=folder,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return (Fault("form_too_slow", Level.ERROR),)
        if not done.returncode:
            return ()
        said = done.stderr.decode("utf-8", "replace").replace(str(path), "form.xml")[:MOST_SAID]
    return (Fault("form_validator", Level.ERROR, detail=said.strip()),)
