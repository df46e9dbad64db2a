"""The modules of the field pages as one script: a phone far away pays 400 ms for each file it asks for.

Written by `make app` into the repository, as the compiled catalogues are; a test compares it with the modules.
"""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
SOURCES, MADE = HERE / "app", HERE / "static" / "field" / "app.min.js"
# Each after those it imports.
MODULES = (
    *("words", "page", "sealing", "store", "phone", "server", "xml", "drafts", "outbox", "jobs", "entries"),
    *("desk", "door", "fill", "records", "main"),
)
_IMPORT = re.compile(r'^import (?P<what>\{[^}]*\}|\* as \w+) from "\./(?P<module>\w+)\.js";\n', re.M)
_EXPORT = re.compile(r"^export ((?:async )?(?:function|class|const|let) (\w+))", re.M)


def joined() -> str:
    """Each module a function of its own that gives what it exports; no name of one reaches another."""
    return "".join(_wrapped(name, (SOURCES / f"{name}.js").read_text(encoding="utf-8")) for name in MODULES)


def _wrapped(name: str, source: str) -> str:
    exported = [match[2] for match in _EXPORT.finditer(source)]
    text = _EXPORT.sub(r"\1", _IMPORT.sub(_as_constant, source))
    lines = [line.strip() for line in text.splitlines()]
    kept = "\n".join(line for line in lines if line and not line.startswith("// "))
    return f"const m_{name} = (() => {{\n{kept}\nreturn {{ {', '.join(exported)} }};\n}})();\n"


def _as_constant(match: re.Match[str]) -> str:
    what = match["what"]
    return f"const {what.removeprefix('* as ')} = m_{match['module']};\n"


if __name__ == "__main__":
    MADE.write_text(joined(), encoding="utf-8")
