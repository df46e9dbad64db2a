"""What a figure is, wherever it goes: the shape that queries answer and pages, files and the command line print."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Number = int | float


class Source(StrEnum):
    """Which answer of a period is wanted. CURRENT recounts; PUBLISHED is the snapshot of the lock; BEST is the snapshot
    where the period is locked and the recount otherwise."""

    BEST = "best"
    PUBLISHED = "published"
    CURRENT = "current"


@dataclass(frozen=True)
class FigureQuery:
    """One question. `period` is 2008, 2008-Q1, 2008-03 or None for all time; `place` a gazetteer code of any level;
    `by` up to three dimensions; `organisation` the key of one organisation; `only` the dimensions and values of one
    cell, for those who see inside: what is published is published as a whole table."""

    programme: str
    indicator: str
    period: str | None = None
    as_of: dt.date | None = None
    place: str | None = None
    by: tuple[str, ...] = ()
    organisation: str | None = None
    source: Source = Source.BEST
    version: int | None = None
    only: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Cell:
    """One cell of the breakdown. `value` None is unknown, or hidden where `suppressed`; never zero. `unknown` None: how
    many are unknown is hidden. With a `scale` it is a mean: `numerator` is the sum in 1/`scale`, of `denominator`
    rows."""

    dimensions: Mapping[str, str]
    value: Number | None
    numerator: int | None = None
    denominator: int | None = None
    unknown: int | None = 0
    low: int | None = None
    high: int | None = None
    suppressed: bool = False
    reason: str | None = None
    scale: int | None = None


@dataclass(frozen=True)
class Stated:
    """What a source said beside the computed figure, in its own words. `source_km` "": known by its English name."""

    text_en: str
    text_km: str
    value: str
    approximate: bool
    source: str
    source_km: str = ""


@dataclass(frozen=True)
class Published:
    """The snapshot behind a locked period's figure; `digest` is the SHA-256 of its content."""

    version: int
    locked_at: dt.datetime
    digest: str


@dataclass(frozen=True)
class Figure:
    """An answer that has passed the door: by tier inside, by disclosure control outside.

    `value` is a count, or a ratio in percent to one decimal (`numerator` and `denominator` stand beside; unit percent),
    or with a `scale` a mean to two decimals, as in `Cell` (unit mean).
    `low` … `high` is the range of unique persons across organisations until matched; `candidates_open` the pairs still
    undecided; `tallied` anonymous counts that stand beside and are never added; `organisations` the keys of those
    counted where the asker sees, or asked for, some only (None: all). `unverified` counts the records behind it that
    came from the field and wait for verification (None: not looked at, as always outside), `unverified_at_least` where
    so many wait that not all were looked at. `apart` are numbers by key that stand beside and are never added, None
    where one may not be shown.
    """

    programme: str
    indicator: str
    version: int
    unit: str
    period: str | None
    as_of: dt.date | None
    place: str | None
    value: Number | None
    numerator: int | None = None
    denominator: int | None = None
    unknown: int | None = 0
    low: int | None = None
    high: int | None = None
    candidates_open: int = 0
    tallied: int | None = None
    by: tuple[Cell, ...] = ()
    suppressed: bool = False
    reason: str | None = None
    stated: tuple[Stated, ...] = ()
    published: Published | None = None
    audience: str = "public"  # or inside
    organisations: tuple[str, ...] | None = None
    scale: int | None = None
    unverified: int | None = None
    unverified_at_least: bool = False
    apart: tuple[tuple[str, int | None], ...] = ()


@dataclass(frozen=True)
class RecordPage:
    """Rows behind a figure, a page at a time. `total` is exactly the figure's count; `next_after` the keyset mark."""

    columns: tuple[tuple[str, str], ...]  # key and label in the reader's language
    rows: tuple[Mapping[str, object], ...]
    total: int
    next_after: int | None = None
    groups: Mapping[str, int] = field(default_factory=dict)


def told_numerator(one: Cell | Figure) -> Number | None:
    """The numerator in the unit of the figure: of a mean, the sum without its scale."""
    return one.numerator if one.numerator is None or one.scale is None else one.numerator / one.scale


def as_json(figure: Figure) -> dict[str, object]:
    """The figure as the command line and the feeds print it; keys are stable."""
    return {
        "programme": figure.programme,
        "indicator": figure.indicator,
        "version": figure.version,
        "period": figure.period,
        "as_of": figure.as_of.isoformat() if figure.as_of else None,
        "place": figure.place,
        "unit": figure.unit,
        "value": figure.value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "unknown": figure.unknown,
        "low": figure.low,
        "high": figure.high,
        "candidates_open": figure.candidates_open,
        "tallied": figure.tallied,
        "by": [
            {
                **cell.dimensions,
                "value": cell.value,
                "numerator": cell.numerator,
                "denominator": cell.denominator,
                "unknown": cell.unknown,
                "low": cell.low,
                "high": cell.high,
                "suppressed": cell.suppressed,
                "reason": cell.reason,
            }
            for cell in figure.by
        ],
        "suppressed": figure.suppressed,
        "reason": figure.reason,
        "stated": [
            {
                "value": said.value,
                "text": said.text_en,
                "approximate": said.approximate,
                "source": said.source,
            }
            for said in figure.stated
        ],
        "published": {
            "version": figure.published.version,
            "locked_at": figure.published.locked_at.isoformat(),
            "digest": figure.published.digest,
        }
        if figure.published
        else None,
        "audience": figure.audience,
        "organisations": list(figure.organisations) if figure.organisations is not None else None,
        **({"scale": figure.scale} if figure.scale is not None else {}),
        **({"unverified": figure.unverified} if figure.unverified is not None else {}),
        **({"unverified_at_least": True} if figure.unverified_at_least else {}),
        **({"apart": dict(figure.apart)} if figure.apart else {}),
    }
