"""What a filled form becomes: a strand registers a handler, the engine of field forms gives it what phones sent.

The way of an answer: XForm value → `HandlerField.kind` reads it → `FormHandler.take`, the strand's own operation over
many entries at once: all or none, faulty ones named, and the same entries again change nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from django.utils.functional import Promise

from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import DomainError, Invalid, RowsInvalid
from samaki.kernel.policy import Action
from samaki.kernel.registry import Registry


class Kind(StrEnum):
    """How an answer is read. What names a record (place, group, activity, person) stays text: the handler looks all of
    a batch up at once, and never guesses."""

    TEXT = "text"  # str, at most 2,000 characters
    DATE = "date"  # datetime.date
    MONTH = "month"  # datetime.date, its first day
    COUNT = "count"  # int, 0 or more; Khmer digits too
    YEAR = "year"  # int, a year of birth
    YES_NO = "yes_no"  # bool
    CHOICE = "choice"  # the key of one of `choices`
    PLACE = "place"  # str: code, or name as written
    GROUP = "group"  # str: key
    ACTIVITY = "activity"  # str: key
    PERSON = "person"  # int: the person's number, written 123 or P000123


@dataclass(frozen=True)
class Choice:
    """One answer a field allows: its stable key and its words; with `label_km` they are a name, not translated."""

    key: str
    label: str | Promise
    label_km: str = ""


@dataclass(frozen=True)
class HandlerField:
    """One thing the handler wants to know. `repeat` names the repeated part it belongs to, "" the form itself.

    `offers` gives what a programme (by key) suggests to choose from where anything may be written; it shows no more
    than everyone may know. With `label_km` the label is the words of a record, not translated.
    """

    key: str
    label: str | Promise
    kind: Kind
    required: bool = False
    repeat: str = ""
    choices: tuple[Choice, ...] = ()
    hint: str | Promise = ""
    offers: Callable[[int], tuple[Choice, ...]] | None = None
    label_km: str = ""


@dataclass(frozen=True)
class Entry:
    """One filled form, read. Only fields that are mapped and answered stand in `values`; `repeats` holds the rows of
    each repeated part. `origin` names the submission and stays the same through its corrections."""

    origin: str
    values: Mapping[str, object]
    repeats: Mapping[str, Sequence[Mapping[str, object]]]
    by: AnyActor
    received_at: dt.datetime


@dataclass(frozen=True)
class Handling:
    """For whom a batch of entries is taken."""

    programme_id: int
    organisation_id: int
    at: dt.datetime


@dataclass(frozen=True)
class RecordOf:
    """The record that an entry became: `kind` is a model's label_lower."""

    kind: str
    id: int


class Tier(StrEnum):
    """How sensitive what the form carries is (domain.md section 6)."""

    T2 = "T2"
    T3 = "T3"
    T4 = "T4"


@dataclass(frozen=True)
class Step:
    """One screen of the field pages: fields of the form by key, or rows of one repeated part (`fields` are then its
    own). What is `aside` is not asked, but can be opened before sending. Fields in no step are not asked on a phone."""

    key: str
    label: str | Promise
    fields: tuple[str, ...]
    repeat: str = ""
    aside: bool = False


@dataclass(frozen=True)
class Owed:
    """A record that is expected: `values` fill in the form, `label` says what it is about in Khmer and English."""

    values: Mapping[str, str]
    label_km: str
    label_en: str
    due_on: dt.date
    is_late: bool


@dataclass(frozen=True)
class ReadyForm:
    """A form for one use of a handler: `fields` ask in its own words for what fields of the handler (by the same keys)
    want, in kinds whose answers those can read. `constants` are what each form filled with it says, by field, as text.
    """

    key: str
    title_km: str
    title_en: str
    fields: tuple[HandlerField, ...]
    constants: Mapping[str, str]


Take = Callable[[Sequence[Entry], Handling], None]
TakeBack = Callable[[Sequence[str], Handling, AnyActor], None]
Find = Callable[[Sequence[str]], Mapping[str, RecordOf]]
OwedBy = Callable[[AnyActor, int, dt.date], Sequence[Owed]]


@dataclass(frozen=True)
class FormHandler:
    """`take` writes the entries' records, replacing what each origin made before; it raises RowsInvalid by index into
    the entries and then has written nothing (the engine takes out the faulty ones and calls again). Leave is asked of
    each entry's `by`. Call in a transaction.

    `take_back` removes what origins made (a submission withdrawn); `find` says what each origin became.
    `tier` T4 is never offered to apps that store in the clear. `job` marks a task of the field pages, by its order;
    `fits` says whether it is one in a programme (by key), None in every programme. `steps` are its screens there, in
    order; without them each field gets one. `owed` tells what an actor owes in a programme (by key) on a date.
    `one_of` names fields of which each record needs one or another; `sums` a total and the parts that add up to it
    where any of them is told. `ready` gives the forms that a programme (by key) has of it for apps that fill in XForms.
    """

    key: str
    label: str | Promise
    action: Action
    fields: tuple[HandlerField, ...]
    take: Take
    take_back: TakeBack
    find: Find
    tier: Tier = Tier.T2
    hint: str | Promise = ""
    job: int | None = None
    fits: Callable[[int], bool] | None = None
    steps: tuple[Step, ...] = ()
    owed: OwedBy | None = None
    one_of: tuple[tuple[str, ...], ...] = ()
    sums: tuple[tuple[str, tuple[str, ...]], ...] = ()
    ready: Callable[[int], Sequence[ReadyForm]] | None = None

    def field(self, key: str, repeat: str = "") -> HandlerField:
        return next(one for one in self.fields if one.key == key and one.repeat == repeat)


form_handlers: Registry[FormHandler] = Registry("form handler")

Told = TypeVar("Told")
Told_contra = TypeVar("Told_contra", contravariant=True)


def read_each(entries: Sequence[Entry], read: Callable[[Entry], Told]) -> list[Told]:
    """What each entry tells. Raises RowsInvalid naming every entry of which `read` raises Invalid."""
    found: list[Told] = []
    faults: list[tuple[int, DomainError]] = []
    for index, entry in enumerate(entries):
        try:
            found.append(read(entry))
        except Invalid as fault:
            faults.append((index, fault))
    if faults:
        raise RowsInvalid(faults)
    return found


class _Take(Protocol[Told_contra]):
    def __call__(
        self, told: Sequence[Told_contra], /, *, programme_id: int, organisation_id: int, at: dt.datetime
    ) -> object: ...


class _TakeBack(Protocol):
    def __call__(
        self, origins: Sequence[str], /, *, programme_id: int, organisation_id: int, by: AnyActor
    ) -> object: ...


@dataclass(frozen=True)
class Records(Generic[Told]):
    """The records that entries become, by operations that know nothing of forms: each entry is read into what it tells,
    and `taken`, `taken_back` and `found` (ids by origin) are the operations over many. `kind` is a model's label_lower.
    """

    kind: str
    read: Callable[[Entry], Told]
    taken: _Take[Told]
    taken_back: _TakeBack
    found: Callable[[Sequence[str]], Mapping[str, int]]

    def take(self, entries: Sequence[Entry], handling: Handling) -> None:
        told = read_each(entries, self.read)
        self.taken(told, programme_id=handling.programme_id, organisation_id=handling.organisation_id, at=handling.at)

    def take_back(self, origins: Sequence[str], handling: Handling, by: AnyActor) -> None:
        self.taken_back(origins, programme_id=handling.programme_id, organisation_id=handling.organisation_id, by=by)

    def find(self, origins: Sequence[str]) -> Mapping[str, RecordOf]:
        return {origin: RecordOf(self.kind, pk) for origin, pk in self.found(origins).items()}
