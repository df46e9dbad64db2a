"""What the answers to an instrument come to (domain.md section 4). Pure: no database, no clock.

An answer that was not given is not there: it is never a 0. Scores are whole numbers, or fractions kept whole by SCALE.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

SCALE = 10_000  # parts of a point in which scores and changes are kept as whole numbers
ENOUGH = Fraction(4, 5)  # of a scale's items must be answered
WASHINGTON_GROUP_MISSING = frozenset({7, 9})  # refused, don't know
WASHINGTON_GROUP_AGE = 5  # years from which the Short Set is asked


class Band(StrEnum):
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


@dataclass(frozen=True)
class Item:
    """One question: the values it can be answered by, in order. `is_reversed` turns the scale round; `right` is the
    correct value of a test's question, None in a scale."""

    number: int
    values: tuple[int, ...]
    is_reversed: bool = False
    right: int | None = None


@dataclass(frozen=True)
class Score:
    """`points` of `answered` items, between `least` and `most`; `scaled` is what they come to over the whole
    instrument, in SCALE parts of a point."""

    answered: int
    points: int
    least: int
    most: int
    scaled: int


Answers = Mapping[int, int]  # by the item's number
Scorer = Callable[[Sequence[Item], Answers], Score | None]


class OutOfRange(ValueError):
    """An answer that its item does not have, or to an item the instrument does not have."""

    def __init__(self, number: int) -> None:
        super().__init__(f"item {number}")
        self.number = number


def knowledge(items: Sequence[Item], answers: Answers) -> Score | None:
    """A knowledge test, of the law too: a point for each right answer, out of all questions.

    A question left empty earns nothing, as on any test paper; None where nothing at all was answered, because such a
    test was not taken. Raises OutOfRange.
    """
    check(items, answers)
    if not answers:
        return None
    points = sum(answers.get(item.number) == item.right for item in items)
    return Score(len(answers), points, 0, len(items), points * SCALE)


def agreement(items: Sequence[Item], answers: Answers) -> Score | None:
    """A scale of agreement: the sum of its values, reversed items turned round within their own values.

    None unless at least 80% of the items are answered, as the GEM scale wants it. With some missing, `scaled` is the
    mean of those answered times the number of items. Raises OutOfRange.
    """
    check(items, answers)
    given = [item for item in items if item.number in answers]
    if not given or Fraction(len(given), len(items)) < ENOUGH:
        return None
    points = sum(_value(item, answers[item.number]) for item in given)
    least, most = (sum(end(item.values) for item in given) for end in (min, max))
    return Score(len(given), points, least, most, rounded(Fraction(points * len(items) * SCALE, len(given))))


def gem(items: Sequence[Item], answers: Answers) -> Score | None:
    """The Gender-Equitable Men scale of 24 items: 17 inequitable ones give 1 for agree, 2 for partly, 3 for disagree,
    7 equitable ones the reverse (Pulerwitz & Barker 2008, Men and Masculinities 10(3), doi:10.1177/1097184X06298778;
    values and the rule of 80% as domain.md section 4). `scaled` is the sum scaled to 24 items. Raises OutOfRange.
    """
    return agreement(items, answers)


def gem_band(points: int, answered: int) -> Band:
    """High where sum/n ≥ 7/3, moderate where ≥ 5/3, else low: of 24 items 56–72, 40–55 and 24–39.

    In whole numbers, so that 40 of 24 is never lost to rounding. A published band "low 1–23" cannot be reached with 24
    items and is not used (domain.md section 4).
    """
    if 3 * points >= 7 * answered:
        return Band.HIGH
    return Band.MODERATE if 3 * points >= 5 * answered else Band.LOW


def washington_group(items: Sequence[Item], answers: Answers) -> bool | None:
    """Whether the answers to the Short Set identify a disability: any of the six at 3 (a lot of difficulty) or 4
    (cannot do at all), the cut-off that the Washington Group on Disability Statistics recommends (Analytic Guidelines:
    Creating Disability Identifiers Using the Washington Group Short Set, 2020).

    7 (refused) and 9 (don't know) are missing. All missing is None, unknown, never False. Raises OutOfRange.
    """
    check(items, answers)
    known = [value for value in answers.values() if value not in WASHINGTON_GROUP_MISSING]
    if not known:
        return None
    return any(value >= 3 for value in known)


def is_of_age(birth_year: int | None, year: int) -> bool:
    """Whether the Short Set may be asked: of those aged 5 or more. A birth year alone is taken at its latest birthday,
    so nobody younger is asked; one that is not known keeps nobody out."""
    return birth_year is None or year - birth_year > WASHINGTON_GROUP_AGE


def gain(pre: int, post: int, most: int) -> int | None:
    """Normalised learning gain g = (post − pre)/(max − pre) (Hake 1998, American Journal of Physics 66, 64), in SCALE
    parts; None where pre is the maximum, because there was nothing left to learn."""
    return None if pre >= most else rounded(Fraction((post - pre) * SCALE, most - pre))


def check(items: Sequence[Item], answers: Answers) -> None:
    """Raises OutOfRange naming the first item whose answer it does not have."""
    allowed = {item.number: item.values for item in items}
    for number, value in sorted(answers.items()):
        if value not in allowed.get(number, ()):
            raise OutOfRange(number)


def rounded(exact: Fraction) -> int:
    """The nearest whole number, halves away from zero, so that a loss reads as large as the same gain."""
    whole = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return whole if exact >= 0 else -whole


def _value(item: Item, answer: int) -> int:
    return min(item.values) + max(item.values) - answer if item.is_reversed else answer


SCORERS: Mapping[str, Scorer] = {"knowledge": knowledge, "law": knowledge, "gem": gem, "likert": agreement}
"""The scorer of each `Instrument.Scoring` that gives points; the Washington Group's questions give none."""
