"""What is to mend or to know in a form: by sheet, row and column, in the reader's language, however long it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from samaki.engines.fieldforms.xlsforms import words  # noqa: F401  # registers the reasons
from samaki.kernel.tables.reasons import reasons


class Level(StrEnum):
    ERROR = "error"  # the form cannot be taken
    NOTE = "note"  # it can; whoever made it should know
    ASK = "ask"  # it asks what is never stored: to be answered with a reason before it is published


@dataclass(frozen=True)
class Fault:
    """`code` is a registered reason; `row` counts from 1 as the sheet shows it; `column` is its heading. `detail` is
    the converter's own English sentence. `answer`, of an ASK, is why it may stay, and `answered_by` who said so."""

    code: str
    level: Level
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    detail: str = ""
    answer: str = ""
    answered_by: str = ""

    @property
    def what(self) -> str:
        return str(reasons[self.code].what) % {"value": self.value, **self.params}

    @property
    def remedy(self) -> str:
        return str(reasons[self.code].remedy) % {"value": self.value, **self.params}

    @property
    def open(self) -> bool:
        return self.level is Level.ASK and not self.answer

    def as_json(self) -> dict[str, object]:
        return {
            "code": self.code,
            "level": self.level.value,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "params": dict(self.params),
            "detail": self.detail,
            "answer": self.answer,
            "answered_by": self.answered_by,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> Fault:
        return cls(**{**stored, "level": Level(str(stored["level"]))})  # type: ignore[arg-type]  # as as_json wrote it

    def answered(self, why: str, by: str) -> Fault:
        return replace(self, answer=why, answered_by=by)


def faults_of(notices: Iterable[Mapping[str, object]]) -> tuple[Fault, ...]:
    """The faults kept with a version of a form."""
    return tuple(Fault.from_json(one) for one in notices)
