"""Reading one cell: text, counts and answers as people write them, in Khmer or English, with either digits.

A parser is given what the workbook holds (text, number, truth value, date) and returns the value or raises Unreadable.
What can be read in two ways is never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from samaki.kernel.tables.kinds import Broken, Parser, Reading
from samaki.kernel.tables.reasons import Unreadable

LARGEST_COUNT = 1_000_000_000
_DIGITS = str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_NO_WORD = re.compile(r"[^\w\u0300-\u036f\u17b4-\u17d3\u17dd]|_")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PLAIN_COUNT = re.compile(r"\d+")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?: \d{3})+")
_DECIMAL = re.compile(r"\d*[.,]\d+")


def plain(text: str) -> str:
    """The text without signs that cannot be seen, in NFC, with single spaces."""
    if text.isprintable() and unicodedata.is_normalized("NFC", text):  # nothing that cannot be seen, as in most cells
        return " ".join(text.split()) if " " in text else text
    cleaned = unicodedata.normalize("NFC", text.translate(_INVISIBLE))
    return " ".join(_CONTROL.sub("", cleaned).split())


def western(text: str) -> str:
    """Khmer digits as 0–9."""
    return text.translate(_DIGITS)


def folded(text: str) -> str:
    """For comparing headings and answers: no case, no marks of punctuation, no spaces, western digits."""
    text = unicodedata.normalize("NFKC", western(text.translate(_INVISIBLE)).casefold())
    return _NO_WORD.sub("", text.replace("\u17d2\u178a", "\u17d2\u178f"))  # ្ដ and ្ត look alike


def as_text(raw: object) -> str:
    """What a person sees in the cell."""
    if isinstance(raw, str):
        return plain(raw)
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    if isinstance(raw, Broken):
        raise Unreadable("cell_broken")
    return str(raw)


def text(most: int = 200) -> Parser:
    """Any words, at most so many characters."""

    def parse(raw: object, reading: Reading) -> str:
        found = as_text(raw)
        if len(found) > most:
            raise Unreadable("too_long", most=most)
        return found

    return parse


def code(most: int = 30) -> Parser:
    """Letters and digits of a code; Khmer digits become 0–9."""
    words = text(most)

    def parse(raw: object, reading: Reading) -> str:
        return western(str(words(raw, reading)))

    return parse


def count(raw: object, reading: Reading) -> int:
    """A whole number, 0 or more: 12, ១២, 6,322. `925.000` may be 925 or 925,000, so it is asked."""
    if isinstance(raw, Broken):
        raise Unreadable("cell_broken")
    if isinstance(raw, (bool, bytes)) or not isinstance(raw, (str, int, float)):
        raise Unreadable("not_a_count")
    if isinstance(raw, str):
        return _written_count(western(plain(raw)))
    if raw != raw or raw in (float("inf"), float("-inf")):
        raise Unreadable("not_a_count")
    return _whole(raw)


def _whole(number: float) -> int:
    if number < 0:
        raise Unreadable("negative")
    if number != int(number):
        raise Unreadable("not_whole")
    if number > LARGEST_COUNT:
        raise Unreadable("too_large")
    return int(number)


def _written_count(written: str) -> int:
    if _PLAIN_COUNT.fullmatch(written):
        return _whole(int(written[:20]))
    if written[:1] in "-−–" and re.search(r"\d", written):
        raise Unreadable("negative")
    if _GROUPED.fullmatch(written):
        parts = re.split(r"[,. ]", written)
        if "." in written and len(parts) == 2 and parts[1] == "000":
            raise Unreadable("number_in_two_ways", first=parts[0], second=f"{int(''.join(parts)):,}")
        return _whole(int("".join(parts)))
    if _DECIMAL.fullmatch(written):
        raise Unreadable("not_whole")
    raise Unreadable("not_a_count")


@dataclass(frozen=True)
class Answer:
    """One allowed answer: its stable key, how it is written in both languages, and further ways."""

    key: str
    en: str
    km: str
    names: tuple[str, ...] = ()

    def written(self) -> Iterable[str]:
        return (self.key, self.key.replace("_", " "), self.en, self.km, self.both, *self.names)

    @property
    def both(self) -> str:
        """As the lists of the example workbooks write it."""
        return f"{self.km} / {self.en}"


def choice(*answers: Answer) -> Callable[[object, Reading], str]:
    """One of the answers, however it is written."""
    known = {folded(name): answer.key for answer in answers for name in answer.written()}
    allowed = ", ".join(f"{answer.km} ({answer.en})" for answer in answers)

    def parse(raw: object, reading: Reading) -> str:
        found = known.get(folded(as_text(raw)))
        if found is None:
            raise Unreadable("not_an_answer", allowed=allowed)
        return found

    return parse


def allowed(*answers: Answer) -> tuple[str, ...]:
    """The answers as the example workbook lists them: both languages in one cell text."""
    return tuple(answer.both for answer in answers)


YES = Answer("yes", "Yes", "មាន", ("ត្រូវ", "បាទ", "ចាស", "y", "true", "1", "x", "✓"))
NO = Answer("no", "No", "គ្មាន", ("ទេ", "មិនត្រូវ", "n", "false", "0"))
_yes_or_no = choice(YES, NO)


def yes_no(raw: object, reading: Reading) -> bool:
    return _yes_or_no(raw, reading) == "yes"
