"""What is wrong in the rows of a workbook that the converter would not take: as much as can be seen, in one go.

The converter stops at its first error. Nothing here stands in the way of a form that it takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from samaki.engines.fieldforms.xlsforms.faults import Fault, Level

MOST_FAULTS = 200
Row = Mapping[str, str]
_BEGIN = re.compile(r"begin[ _](group|repeat|loop)(?:\s.*)?", re.IGNORECASE)
_END = re.compile(r"end[ _](group|repeat|loop)(?:\s.*)?", re.IGNORECASE)
_CHOOSING = re.compile(
    r"(?:select_one|select one(?: from)?|select1|select_multiple|select all that apply(?: from)?|rank)"
    r"\s+(\S+)(?:\s.*)?",
    re.IGNORECASE,
)
_FROM_ELSEWHERE = re.compile(r"(?:select|rank)\S*(?:external|from_file|from file)|add select", re.IGNORECASE)
_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
_NAME = re.compile(r"[^\W\d][\w.\-]*")
_ASKED = frozenset(
    """text integer int decimal date time datetime note image photo audio video file barcode geopoint geotrace geoshape
    acknowledge range string""".split()  # noqa: SIM905  # a list of words reads as one
)
_WORDS = ("label", "hint", "guidance_hint", "media", "image", "audio", "video", "big-image")


@dataclass
class _Place:
    """A group, a repeat or the form: where it begins, and the names in it with the rows that hold them."""

    kind: str = ""
    row: int | None = None
    names: dict[str, int] = field(default_factory=dict)


def seen_in_rows(survey: Sequence[Row], choices: Sequence[Row], types: Set[str], *, twice: bool) -> list[Fault]:
    """`types` are those that the converter knows, in small letters; `twice`: choices may share a name."""
    rows = [(number, _headed(row)) for number, row in enumerate(survey, start=2)]
    names = {name for _number, row in rows if (name := _name(row))}
    listed = [(number, _headed(row)) for number, row in enumerate(choices, start=2)]
    lists = {_list(row) for _number, row in listed}
    found = [*_survey(rows, lists, types), *_references(rows, names), *_choices(listed, twice=twice)]
    return sorted(found[:MOST_FAULTS], key=lambda one: (one.sheet != "survey", one.row or 0))


def with_first(found: Sequence[Fault], first: Fault) -> tuple[Fault, ...]:
    """The converter's own error among ours: told once, and first where it is of a kind that we do not see."""
    for place, one in enumerate(found):
        if one.code == first.code and first.row in {None, one.row}:
            return (*found[:place], replace(one, detail=first.detail), *found[place + 1 :])
    return (first, *found)


def _survey(rows: Sequence[tuple[int, Row]], lists: Set[str], types: Set[str]) -> Iterator[Fault]:
    around = [_Place()]
    for number, row in rows:
        kind, name = _type(row), _name(row)
        if (ends := _END.fullmatch(kind)) is not None:
            if len(around) == 1 or around[-1].kind != ends[1].lower():
                yield _error("form_end_alone", number, "type", name)
            if len(around) > 1:
                around.pop()
            continue
        begins = _BEGIN.fullmatch(kind)
        if not kind:
            if name or any(row.get(heading) for heading in row if heading.startswith("label")):
                yield _error("form_without_type", number, "type")
            continue
        yield from _of_type(number, kind, lists, types, is_part=begins is not None)
        yield from _of_name(number, kind, name, around[-1])
        yield from _of_words(number, kind, name, row)
        if begins is not None:
            around.append(_Place(begins[1].lower(), number))
    for left in around[1:]:
        yield _error("form_begin_alone", left.row, "type")


def _of_type(number: int, kind: str, lists: Set[str], types: Set[str], *, is_part: bool) -> Iterator[Fault]:
    if is_part or _FROM_ELSEWHERE.match(kind):
        return
    choosing = _CHOOSING.fullmatch(kind)
    if choosing is not None:
        if choosing[1] not in lists and not choosing[1].startswith("${"):
            yield _error("form_list_missing", number, "type", choosing[1])
    elif kind.lower() not in types:
        yield _error("form_type_unknown", number, "type", kind)


def _of_name(number: int, kind: str, name: str, place: _Place) -> Iterator[Fault]:
    if not name:
        if kind.lower() not in {"note", "audit"}:  # the converter names these itself
            yield _error("form_without_name", number, "name")
    elif not _NAME.fullmatch(name):
        yield _error("form_name_letters", number, "name", name)
    elif name in place.names:
        yield _error("form_name_twice", number, "name", name)
    else:
        place.names[name] = number


def _of_words(number: int, kind: str, name: str, row: Row) -> Iterator[Fault]:
    is_asked = kind.lower() in _ASKED or _CHOOSING.fullmatch(kind) is not None
    has_words = any(text and heading.partition(":")[0] in _WORDS for heading, text in row.items())
    if is_asked and not has_words and not (row.get("calculation") or row.get("calculate")):
        yield _error("form_without_label", number, "label", name)
    if kind.lower() == "calculate" and not any(
        row.get(heading) for heading in ("calculation", "calculate", "bind::calculate", "bind:calculate", "default")
    ):
        yield _error("form_without_calculation", number, "calculation")


def _references(rows: Sequence[tuple[int, Row]], names: Set[str]) -> Iterator[Fault]:
    for number, row in rows:
        for heading, text in row.items():
            if "${" not in text:
                continue
            if text.count("${") != len(_REFERENCE.findall(text)):
                yield _error("form_reference_broken", number, heading)
            for wanted in dict.fromkeys(_REFERENCE.findall(text)):
                name = wanted.strip().removeprefix("last-saved#")
                if name not in names:
                    yield _error("form_reference_unknown", number, heading, name)


def _choices(rows: Sequence[tuple[int, Row]], *, twice: bool) -> Iterator[Fault]:
    seen: set[tuple[str, str]] = set()
    for number, row in rows:
        key = (_list(row), _name(row))
        if key[0] and not key[1]:
            yield _error("form_choice_without_name", number, "name", sheet="choices")
        elif key in seen and key[0] and not twice:
            yield _error("form_choice_twice", number, "name", key[1], sheet="choices")
        seen.add(key)


def _error(code: str, row: int | None, column: str, value: str = "", *, sheet: str = "survey") -> Fault:
    return Fault(code, Level.ERROR, sheet, row, column, value[:200])


def _headed(row: Row) -> Row:
    return {str(heading).strip().lower(): str(text).strip() for heading, text in row.items()}


def _type(row: Row) -> str:
    return " ".join((row.get("type") or row.get("command") or "").split())


def _name(row: Row) -> str:
    return row.get("name") or row.get("value") or ""


def _list(row: Row) -> str:
    return row.get("list_name") or row.get("list name") or row.get("listname") or ""
