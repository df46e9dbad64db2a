"""The process in which a stranger's workbook becomes an XForm: run as a file by `conversion`, it knows nothing of us.

In: the workbook on standard input; its kind (xlsx, xls, csv) and name as arguments. Out: one JSON object. It may use so
much memory and processor time and no more; what pyxform writes goes with the folder it was started in.
"""

from __future__ import annotations

import json
import re
import resource
import sys
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO

MOST_MEMORY = 1024 * 1024 * 1024
MOST_SECONDS = 20
MOST_XFORM = 12 * 1024 * 1024
MOST_WRITTEN = 64 * 1024 * 1024
MOST_ROWS = 20_000  # of a sheet that is looked at again where the converter stopped
LONGEST_CELL = 4_000
LOOKED_AT = ("survey", "choices")
Found = dict[str, object]
Raw = dict[str, list[dict[str, str]]]


def main() -> None:
    limit = (MOST_MEMORY, MOST_MEMORY)
    resource.setrlimit(resource.RLIMIT_AS, limit)
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN, MOST_WRITTEN))
    kind, stem = sys.argv[1], sys.argv[2]
    content = sys.stdin.buffer.read()
    said, sys.stdout = sys.stdout, sys.stderr  # nothing that a library prints may stand in the answer
    try:
        answer = _convert(content, kind, stem)
    except MemoryError:
        answer = {"error": {"code": "form_too_large", "text": ""}}
    except RecursionError:
        answer = {"error": {"code": "form_too_deep", "text": ""}}
    json.dump(answer, said)
    said.flush()


def _convert(content: bytes, kind: str, stem: str) -> Found:
    from pyxform.builder import create_survey_element_from_dict
    from pyxform.errors import PyXFormError
    from pyxform.utils import external_choices_to_csv, has_external_choices
    from pyxform.xls2json import workbook_to_json
    from pyxform.xls2json_backends import get_xlsform

    warnings: list[str] = []
    rows: Found = {}
    raw: Raw = {}
    settings: dict[str, str] = {}
    try:
        workbook = get_xlsform(BytesIO(content), file_type=f".{kind}")
        raw = {name: [dict(row) for row in getattr(workbook, name) or []] for name in LOOKED_AT}
        rows = {"survey": dict(_survey_rows(workbook.survey or [])), "choices": _choice_rows(workbook.choices or [])}
        settings = _settings(workbook.settings or [])
        parsed = workbook_to_json(workbook_dict=workbook, fallback_form_name=stem, warnings=warnings)
        itemsets = external_choices_to_csv(workbook_dict=workbook) if has_external_choices(parsed) else None
        del workbook
        xform = create_survey_element_from_dict(parsed).to_xml(validate=False, pretty_print=False, warnings=warnings)
    except PyXFormError as error:
        return {
            "error": _named(str(error), error.code.name if error.code else ""),
            "rows": rows,
            "settings": settings,
            **_sheets(raw),
        }
    except MemoryError:
        raise
    except Exception as error:  # a workbook that the library did not foresee: while it is opened, or after
        code = "" if rows else "form_not_xlsform"
        said = {"code": code, "text": f"{type(error).__name__}: {error}"[:500]}
        return {"error": said, "rows": rows, "settings": settings, **_sheets(raw)}
    if len(xform) > MOST_XFORM:
        return {"error": {"code": "form_too_large", "text": ""}}
    return {
        "xform": xform,
        "itemsets": itemsets,
        "warnings": [_named(one, "") for one in warnings],
        "rows": rows,
        "settings": settings,
    }


def _sheets(raw: Raw) -> Found:
    """The rows as they stand and the types that pyxform knows, for finding what else is wrong than it stopped at."""
    from pyxform.aliases import _type_alias_map
    from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

    if not raw:
        return {}
    cut = {
        name: [{str(key): str(value)[:LONGEST_CELL] for key, value in row.items()} for row in rows[:MOST_ROWS]]
        for name, rows in raw.items()
    }
    return {"sheets": cut, "types": sorted({*QUESTION_TYPE_DICT, *_type_alias_map})}


def _named(text: str, code: str) -> Found:
    """A sentence of pyxform with its code and the values in it, found again where it was thrown without them."""
    from pyxform.errors import ErrorCode

    text = text[:2_000]
    for one in ErrorCode:
        if code and one.name != code:
            continue
        match = re.match(_pattern(one.value.msg), text, re.DOTALL)
        if match is not None:
            return {"code": one.name, "text": text, "values": match.groupdict()}
    return {"code": code, "text": text}


def _pattern(message: str) -> str:
    """What finds the message and its values; a value that stands twice is found once."""
    seen: set[str] = set()

    def group(match: re.Match[str]) -> str:
        name = match[1]
        if name in seen:
            return ".*?"
        seen.add(name)
        return f"(?P<{name}>.*?)"

    plain = message.replace("${{", "$\x01").replace("}}", "\x02")
    pattern = re.sub(r"\\\{(\w+)\\\}", group, re.escape(plain))
    return pattern.replace("\x01", r"\{").replace("\x02", r"\}") + r"\Z"


def _survey_rows(rows: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, int]]:
    """Path below the root → row of the sheet."""
    stack: list[str] = []
    for number, row in enumerate(rows, start=2):
        cells = {str(key).strip().lower(): str(value).strip() for key, value in row.items()}
        kind = cells.get("type") or cells.get("command") or ""
        name = cells.get("name") or cells.get("value") or ""
        begins = re.fullmatch(r"begin[ _](group|repeat|loop|lgroup)(?:\s.*)?", kind, re.IGNORECASE)
        if re.fullmatch(r"end[ _](group|repeat|loop|lgroup)(?:\s.*)?", kind, re.IGNORECASE):
            if stack:
                stack.pop()
            continue
        if name:
            yield "/".join([*stack, name]), number
        if begins:
            stack.append(name or "?")


def _choice_rows(rows: Iterable[Mapping[str, str]]) -> dict[str, int]:
    """ "list/value" → row of the sheet."""
    found: dict[str, int] = {}
    for number, row in enumerate(rows, start=2):
        cells = {str(key).strip().lower().replace(" ", "_"): str(value).strip() for key, value in row.items()}
        found.setdefault(f"{cells.get('list_name', '')}/{cells.get('name') or cells.get('value') or ''}", number)
    return found


def _settings(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    first = next(iter(rows), {})
    return {str(key).strip().lower(): str(value) for key, value in first.items()}


if __name__ == "__main__":
    main()
