"""From answers to what a handler wants: which question answers which of its fields, and how each answer is read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from samaki.engines.fieldforms.xforms import Answers
from samaki.kernel.errors import DomainError, Invalid
from samaki.kernel.form_handlers import FormHandler, HandlerField, Kind
from samaki.kernel.tables import cells, dates
from samaki.kernel.tables.kinds import Reading
from samaki.kernel.tables.reasons import Unreadable, reasons

LONGEST_TEXT = 2_000  # characters
_PERSON = re.compile(r"[A-Za-z]{0,3}0*(\d{1,15})")
Read = Callable[[str], object]


class Wanted(NamedTuple):
    """One field of the handler and the question that answers it; `words` are the form's values in the handler's."""

    field: HandlerField
    path: str
    read: Read
    words: Mapping[str, str]


@dataclass(frozen=True)
class Plan:
    """A form's mapping, ready for many answers."""

    values: tuple[Wanted, ...]
    repeats: tuple[tuple[str, str, tuple[Wanted, ...]], ...]  # the handler's name, the form's path, its fields
    constants: Mapping[str, object]

    def read(self, answers: Answers) -> tuple[dict[str, object], dict[str, list[dict[str, object]]], list[DomainError]]:
        """Values, rows by repeated part, and what could not be read or is missing."""
        faults: list[DomainError] = []
        values = {**self.constants, **_row(self.values, answers.values, faults, "")}
        repeats = {
            name: [_row(wanted, row, faults, f"{name}.") for row in answers.repeats.get(path, ())]
            for name, path, wanted in self.repeats
        }
        return values, repeats, faults


def _row(
    wanted: Sequence[Wanted], answered: Mapping[str, str], faults: list[DomainError], prefix: str
) -> dict[str, object]:
    found: dict[str, object] = {}
    for field, path, read, words in wanted:
        text = answered.get(path)
        if text is None:
            if field.required:
                faults.append(Invalid("answer_missing", _("An answer is missing."), field=prefix + field.key))
            continue
        try:
            found[field.key] = read(words.get(text, text))
        except Unreadable as error:
            faults.append(Invalid(error.key, reasons[error.key].what, field=prefix + field.key, **error.params))
    return found


def plan_of(handler: FormHandler, mapping: Mapping[str, Any], *, today: dt.date) -> Plan:
    """`mapping` as kept with the form: fields, repeats, values, constants. What it does not name is not asked of the
    form; a required field left out shows as missing at every submission."""
    paths: Mapping[str, str] = mapping.get("fields", {})
    words: Mapping[str, Mapping[str, str]] = mapping.get("values", {})
    constants: Mapping[str, str] = mapping.get("constants", {})

    def wanted(part: str) -> tuple[Wanted, ...]:
        prefix = f"{part}." if part else ""
        return tuple(
            Wanted(field, paths.get(prefix + field.key, ""), _reader(field, today), words.get(prefix + field.key, {}))
            for field in handler.fields
            if field.repeat == part
            and (prefix + field.key in paths or (field.required and prefix + field.key not in constants))
        )

    repeats = mapping.get("repeats", {})
    return Plan(
        values=wanted(""),
        repeats=tuple((name, path, wanted(name)) for name, path in repeats.items()),
        constants={key: _constant(handler, key, text, today) for key, text in constants.items()},
    )


def identity(handler: FormHandler) -> dict[str, object]:
    """The mapping of a form made from the handler's own fields."""
    parts = sorted({field.repeat for field in handler.fields if field.repeat})
    fields = {
        (f"{field.repeat}.{field.key}" if field.repeat else field.key): (
            f"{field.repeat}/{field.key}" if field.repeat else field.key
        )
        for field in handler.fields
    }
    return {"fields": fields, "repeats": {part: part for part in parts}}


def _constant(handler: FormHandler, key: str, text: str, today: dt.date) -> object:
    """Raises Invalid("constant_unreadable") where the mapping holds what the field cannot be."""
    try:
        return _reader(handler.field(key), today)(text)
    except (Unreadable, StopIteration) as error:
        words = _("What every submission should say of this field cannot be read.")
        raise Invalid("constant_unreadable", words, field=key) from error


def _reader(field: HandlerField, today: dt.date) -> Read:
    reading = Reading(today)
    parser = _PARSERS.get(field.kind)
    if parser is not None:
        return lambda text: parser(text, reading)
    if field.kind is Kind.CHOICE:
        keys = {choice.key for choice in field.choices}
        return lambda text: _choice(text, keys)
    return _person if field.kind is Kind.PERSON else _text


def _day(text: str, reading: Reading) -> dt.date:
    try:  # what nearly every phone writes, without the search for other ways
        found = dt.date.fromisoformat(text[:10])
    except ValueError:
        return dates.day(text, reading)
    return found if dates.EARLIEST <= found <= reading.today else dates.day(text, reading)


def _count(text: str, reading: Reading) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else cells.count(text, reading)


def _choice(text: str, keys: set[str]) -> str:
    if text not in keys:
        raise Unreadable("not_an_answer", allowed=", ".join(sorted(keys)))
    return text


def _person(text: str) -> int:
    match = _PERSON.fullmatch(cells.western(text.strip()))
    if match is None:
        raise Unreadable("not_a_number_of_a_person")
    return int(match[1])


def _text(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise Unreadable("too_long", most=LONGEST_TEXT)
    return cells.plain(text)


_PARSERS: Mapping[Kind, Callable[[str, Reading], object]] = {
    Kind.DATE: _day,
    Kind.MONTH: dates.month,
    Kind.COUNT: _count,
    Kind.YEAR: dates.year,
    Kind.YES_NO: cells.yes_no,
}
