"""What an indicator counts, read from TOML: pure, and checked before anything is loaded.

A ratio counts its denominator and says by what its numerator is narrower, so a numerator is part of its denominator by
construction.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, cast

Aggregate = Literal["rows", "unique", "sum", "mean", "median"]
Where = tuple[tuple[str, tuple[str, ...]], ...]
AGGREGATES = ("rows", "unique", "sum", "mean", "median")
AVERAGES = ("mean", "median")
TEXTS = ("label", "why", "numerator", "sources")
LANGUAGES = ("en", "km")
WORDS = {
    "measure",
    "aggregate",
    "where",
    "narrowed",
    "unknown",
    "also",
    "tallied",
    "basis",
    "places",
    "sensitive",
    "scale",
    "of",
    "released",
}


class Basis(StrEnum):
    COHORT = "cohort"  # what began in the period
    STATE = "state"  # how it stood at the period's end


class DefinitionFault(ValueError):
    """The file of definitions is wrong: its author must mend it before it can be loaded."""


@dataclass(frozen=True)
class Also:
    """Measures whose sums are added: to the count (or denominator), and to the numerator of a ratio."""

    count: str
    numerator: str | None = None


@dataclass(frozen=True)
class Counts:
    """What is counted: a measure, how, and limited to what.

    `narrowed` is what the numerator of a ratio must hold besides (None: not a ratio). `unknown` is what a record of the
    denominator holds when it cannot be said whether it belongs to the numerator. `also` names measures whose sums are
    added to the count and to the numerator: reports that stand where there are no records. `tallied` is the measure of
    anonymous counts that stand beside. `places` are the levels of place a figure may be published for (besides the
    whole). A mean counts its rows and sums their weights, which are in 1/`scale` of what the figure is told in; a
    median is that of the keys of the dimension `of`, whole numbers in 1/`scale`.
    `released` names a source of `kernel.releases`: the figure is a ratio, and never counted when it is asked.
    """

    measure: str
    aggregate: Aggregate
    where: Where = ()
    narrowed: Where | None = None
    unknown: Where | None = None
    also: Also | None = None
    tallied: str | None = None
    basis: Basis = Basis.COHORT
    places: tuple[str, ...] = ("province", "district")
    sensitive: bool = False
    scale: int | None = None
    of: str | None = None
    released: str | None = None

    @property
    def is_ratio(self) -> bool:
        return self.narrowed is not None or self.released is not None

    @property
    def is_mean(self) -> bool:
        """A mean or a median: told beside how many it is of, and published by the same rule."""
        return self.aggregate in AVERAGES

    @property
    def is_median(self) -> bool:
        return self.aggregate == "median"

    def told_in(self, unit: str) -> str:
        """The unit of the figure, of what is counted in `unit`."""
        return "percent" if self.is_ratio else self.aggregate if self.is_mean else unit


@dataclass(frozen=True)
class Definition:
    key: str
    unit: str
    dedupe_key: str
    dimensions: tuple[str, ...]
    counts: Counts
    texts: Mapping[str, str]  # label_en, label_km, why_en, …; denominator_* empty for a count
    author: str
    checker: str
    review_on: dt.date

    def canonical(self) -> str:
        """JSON with sorted keys and no spaces: the same definition always gives the same text."""
        return canonical(
            {
                "key": self.key,
                "unit": self.unit,
                "dedupe_key": self.dedupe_key,
                "dimensions": list(self.dimensions),
                "counts": stored(self.counts),
                "texts": dict(self.texts),
                "author": self.author,
                "checker": self.checker,
                "review_on": self.review_on.isoformat(),
            }
        )

    def digest(self) -> str:
        return digest(self.canonical())


def canonical(content: object) -> str:
    """JSON text that is the same for the same content: sorted keys, no spaces, no escapes."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def stored(counts: Counts) -> dict[str, object]:
    """Counts as the database keeps them; `counts_of` reads it back."""
    return {
        "measure": counts.measure,
        "aggregate": counts.aggregate,
        "where": _stored_where(counts.where),
        "narrowed": None if counts.narrowed is None else _stored_where(counts.narrowed),
        "unknown": None if counts.unknown is None else _stored_where(counts.unknown),
        "also": None if counts.also is None else {"count": counts.also.count, "numerator": counts.also.numerator},
        "tallied": counts.tallied,
        "basis": counts.basis.value,
        "places": list(counts.places),
        "sensitive": counts.sensitive,
        # Others keep the text, and the digest, they had.
        **({"scale": counts.scale} if counts.is_mean else {}),
        **({"of": counts.of} if counts.is_median else {}),
        **({"released": counts.released} if counts.released else {}),
    }


def _stored_where(where: Where) -> dict[str, list[str]]:
    return {dimension: list(values) for dimension, values in where}


def counts_of(table: Mapping[str, object]) -> Counts:
    """Raises DefinitionFault for a word it does not know."""
    if foreign := table.keys() - WORDS:
        raise DefinitionFault(f"counts: unknown words {sorted(foreign)}")
    if table["aggregate"] not in AGGREGATES:
        raise DefinitionFault(f"counts: aggregate is one of {AGGREGATES}, not {table['aggregate']!r}")
    narrowed = _where(table.get("narrowed"))
    if narrowed is None and table.get("unknown") is not None:
        raise DefinitionFault("counts: only a ratio says what is unknown")
    also = _also(table.get("also"))
    if also is not None and (also.numerator is None) != (narrowed is None):
        raise DefinitionFault("counts: what is added to a ratio is added to both its numbers")
    tallied = table.get("tallied")
    scale = table.get("scale")
    released = table.get("released")
    if released is not None and (narrowed is not None or also is not None or table["aggregate"] in AVERAGES):
        raise DefinitionFault("counts: what is released is counted nowhere else")
    is_mean = table["aggregate"] in AVERAGES
    if is_mean != (scale is not None) or (is_mean and (narrowed is not None or also is not None)):
        raise DefinitionFault("counts: a mean, and nothing else, has a scale, and it is no ratio")
    of = table.get("of")
    if (table["aggregate"] == "median") != (of is not None):
        raise DefinitionFault("counts: a median, and nothing else, says of what")
    return Counts(
        measure=str(table["measure"]),
        aggregate=cast(Aggregate, table["aggregate"]),
        where=_where(table.get("where")) or (),
        narrowed=narrowed,
        unknown=_where(table.get("unknown")),
        also=also,
        tallied=None if tallied is None else str(tallied),
        basis=Basis(str(table.get("basis", Basis.COHORT.value))),
        places=tuple(cast(list[str], table.get("places", ["province", "district"]))),
        sensitive=bool(table.get("sensitive", False)),
        scale=None if scale is None else int(str(scale)),
        of=None if of is None else str(of),
        released=None if released is None else str(released),
    )


def _also(table: object) -> Also | None:
    if table is None:
        return None
    found = cast(Mapping[str, str | None], table)
    return Also(str(found["count"]), found.get("numerator"))


def _where(table: object) -> Where | None:
    if table is None:
        return None
    found = cast(Mapping[str, list[str]], table)
    return tuple(sorted((dimension, tuple(values)) for dimension, values in found.items()))


def both(where: Where, more: Where) -> Where:
    """What holds both limits: of a dimension named twice, the values that both allow."""
    found = dict(where)
    for dimension, values in more:
        found[dimension] = tuple(v for v in values if v in found[dimension]) if dimension in found else values
    return tuple(sorted(found.items()))


def read(text: str) -> list[Definition]:
    """Definitions of one file, in its order. Raises DefinitionFault naming the indicator and what is missing."""
    found = []
    for key, table in tomllib.loads(text).items():
        try:
            found.append(_definition(key, table))
        except (KeyError, ValueError) as fault:
            raise DefinitionFault(f"{key}: {fault}") from fault
    return found


def _definition(key: str, table: Mapping[str, object]) -> Definition:
    counts = counts_of(cast(Mapping[str, object], table["counts"]))
    names = (*TEXTS, "denominator") if counts.is_ratio else TEXTS
    texts = {f"denominator_{language}": "" for language in LANGUAGES}
    for name in names:
        words = cast(Mapping[str, str], table[name])
        texts |= {f"{name}_{language}": words[language] for language in LANGUAGES}
    review_on = table["review_on"]
    if not isinstance(review_on, dt.date):
        raise DefinitionFault("review_on is a date")
    dimensions = cast(list[str], table["dimensions"])
    return Definition(
        key=key,
        unit=str(table["unit"]),
        dedupe_key=str(table["dedupe_key"]),
        dimensions=tuple(dimensions),
        counts=counts,
        texts=texts,
        author=str(table["author"]),
        checker=str(table["checker"]),
        review_on=review_on,
    )
