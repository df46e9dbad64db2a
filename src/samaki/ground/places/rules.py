"""How a place name is compared, and which rows of a gazetteer can be taken. Pure: no database, no clock."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

PROVINCE, DISTRICT, COMMUNE, VILLAGE = 1, 2, 3, 4
DUPLICATE_CODE, ORPHAN, MALFORMED_CODE, PARENT_MISMATCH = (
    "duplicate_code",
    "orphan",
    "malformed_code",
    "parent_mismatch",
)
NCDD_DIGITS: Mapping[int, int] = {PROVINCE: 2, DISTRICT: 4, COMMUNE: 6, VILLAGE: 8}

_COENG = "\u17d2"
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_KHMER_DIGITS = {0x17E0 + digit: str(digit) for digit in range(10)}
_VOWEL_BEFORE_COENG = re.compile(f"([\u17b6-\u17d1]+)((?:{_COENG}[\u1780-\u17b3])+)")
_RO_BEFORE_ANOTHER_COENG = re.compile(f"({_COENG}\u179a)((?:{_COENG}[\u1780-\u17b3])+)")
_DIACRITICS = re.compile("[\u0300-\u036f]+")
_SHIFTER_AFTER_VOWEL = re.compile("([\u17b6-\u17c8]+)([\u17c9\u17ca])")
_NEITHER_LETTER_NOR_DIGIT = re.compile("[^a-z0-9]+")
_SAME_LOOK = (
    (_COENG + "\u178a", _COENG + "\u178f"),  # ្ដ and ្ត
    ("\u17c1\u17b8", "\u17be"),  # េ + ី typed for ើ
    ("\u17c1\u17b6", "\u17c4"),  # េ + ា typed for ោ
    ("\u17c6\u17b6", "\u17b6\u17c6"),  # ាំ typed the wrong way round
    ("\u17c6\u17bb", "\u17bb\u17c6"),  # ុំ likewise
    ("\u17b2", "\u17b1"),  # ឲ and ឱ
    ("\u17a3", "\u17a2"),  # deprecated independent អ
    ("\u17a8", "\u17a7\u1780"),  # deprecated ឧក
)


def folded(text: str) -> str:
    """The search key of a name: the same for all ways of writing it that look the same. Never shown to anyone.

    Khmer: no invisible signs, coeng ត for coeng ដ, coeng រ last, vowels after coengs, ០–៩ as 0–9.
    Latin: no case, no diacritics. Both: nothing but letters, marks and digits, so no spaces.
    """
    if text.isascii():
        return _NEITHER_LETTER_NOR_DIGIT.sub("", text.casefold())
    text = unicodedata.normalize("NFKD", text.casefold()).translate(_INVISIBLE).translate(_KHMER_DIGITS)
    text = _DIACRITICS.sub("", text)
    for typed, meant in _SAME_LOOK:
        text = text.replace(typed, meant)
    if _COENG in text:
        text = _VOWEL_BEFORE_COENG.sub(r"\2\1", text)
        text = _RO_BEFORE_ANOTHER_COENG.sub(r"\2\1", text)
    text = _SHIFTER_AFTER_VOWEL.sub(r"\2\1", text)
    return "".join(sign for sign in text if sign.isalnum() or "\u17b4" <= sign <= "\u17d3" or sign == "\u17dd")


def code_as_meant(text: str) -> str | None:
    """The NCDD code in `text`, with Khmer digits read and the leading zero that spreadsheets drop put back; None where
    it is no code."""
    digits = text.strip().translate(_INVISIBLE).translate(_KHMER_DIGITS).removesuffix(".0")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 8:
        return None
    return digits.zfill(len(digits) + len(digits) % 2)


# A town may be a district, and in older papers a province; so its word tells no level.
_KIND_WORDS_KM: Mapping[str, int | None] = {
    folded(word): level
    for word, level in (
        ("រាជធានី", PROVINCE),
        ("ខេត្ត", PROVINCE),
        ("ស្រុក", DISTRICT),
        ("ខណ្ឌ", DISTRICT),
        ("ក្រុង", None),
        ("សង្កាត់", COMMUNE),
        ("ឃុំ", COMMUNE),
        ("ភូមិ", VILLAGE),
    )
}
_KIND_WORDS_LATIN: Mapping[str, int | None] = {
    "province": PROVINCE,
    "khaet": PROVINCE,
    "khet": PROVINCE,
    "district": DISTRICT,
    "srok": DISTRICT,
    "khan": DISTRICT,
    "krong": None,
    "city": None,
    "municipality": None,
    "capital": None,
    "commune": COMMUNE,
    "khum": COMMUNE,
    "sangkat": COMMUNE,
    "village": VILLAGE,
    "phum": VILLAGE,
}


def without_kind(text: str) -> tuple[str, int | None] | None:
    """The folded name without its word for the kind ("Prey Veng province", "ឃុំទឹកហូត") and the level that word tells,
    or None where there is no such word."""
    words = text.split()
    if len(words) > 1:
        for at, rest in ((0, words[1:]), (-1, words[:-1])):
            word = folded(words[at])
            if word in _KIND_WORDS_LATIN:
                return folded(" ".join(rest)), _KIND_WORDS_LATIN[word]
    key = folded(text)
    for word, level in _KIND_WORDS_KM.items():
        if key.startswith(word) and len(key) > len(word):
            return key.removeprefix(word), level
    return None


_FIRST_WORD_ALSO = {"kampong": ("Kg", "Kompong", "Kampung")}
_WORD_ALSO = {
    "kaoh": "Koh",
    "stueng": "Stung",
    "phnum": "Phnom",
    "preaek": "Prek",
    "bourei": "Borei",
    "reab": "Reap",
    "traeng": "Treng",
    "thum": "Thom",
}


def other_spellings(name_latin: str) -> tuple[str, ...]:
    """Common romanisations and abbreviations beside the gazetteer's own ("Kg. Chhnang" for "Kampong Chhnang")."""
    words = name_latin.split()
    found = []
    common = [_WORD_ALSO.get(word.casefold(), word) for word in words]
    if common != words:
        found.append(" ".join(common))
    if len(words) > 1:
        found += [" ".join([first, *common[1:]]) for first in _FIRST_WORD_ALSO.get(words[0].casefold(), ())]
        found += [" ".join([first, *words[1:]]) for first in _FIRST_WORD_ALSO.get(words[0].casefold(), ())]
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class PlaceRow:
    """One row of a gazetteer. `parent_code` is "" for a province; dates as in the model (null: since ever, still)."""

    code: str
    level: int
    kind: str
    name_km: str
    name_latin: str
    parent_code: str = ""
    aliases: tuple[str, ...] = ()
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None


@dataclass(frozen=True)
class Fault:
    kind: str
    code: str
    name_km: str
    name_latin: str


@dataclass(frozen=True)
class Sifted:
    """`taken` in the order of levels; `faults` of rows left out, and of rows taken though the code contradicts the
    parent."""

    taken: tuple[PlaceRow, ...]
    faults: tuple[Fault, ...]


def sift(rows: Iterable[PlaceRow], digits: Mapping[int, int] | None = None) -> Sifted:
    """Which rows can be taken. `digits` gives the length of a code by level, for numeric codes such as NCDD's.

    Of rows that share a code at one time the first whose code agrees with its parent is taken (else the first of all)
    and the others are faults. A row whose code contradicts the parent it names is taken under the parent it names.
    """
    faults: list[Fault] = []
    taken: list[PlaceRow] = []
    known: set[str] = set()
    by_level: dict[int, dict[str, list[PlaceRow]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if _well_formed(row, digits):
            by_level[row.level][row.code].append(row)
        else:
            faults.append(_fault(MALFORMED_CODE, row))
    for level in sorted(by_level):
        for code, same in by_level[level].items():
            for row in _one_at_a_time(same, faults):
                if level > PROVINCE and row.parent_code not in known:
                    faults.append(_fault(ORPHAN, row))
                    continue
                if digits and not code.startswith(row.parent_code):
                    faults.append(_fault(PARENT_MISMATCH, row))
                taken.append(row)
        known = {row.code for row in taken if row.level == level}
    return Sifted(tuple(taken), tuple(dict.fromkeys(faults)))


def _well_formed(row: PlaceRow, digits: Mapping[int, int] | None) -> bool:
    if digits is None:
        return 0 < len(row.code) <= 12
    return row.code.isascii() and row.code.isdecimal() and len(row.code) == digits[row.level]


def _one_at_a_time(same: Sequence[PlaceRow], faults: list[Fault]) -> list[PlaceRow]:
    """Of rows with one code, those whose spans of dates do not overlap, the ones agreeing with their parent first."""
    kept: list[PlaceRow] = []
    for row in sorted(same, key=lambda row: not row.code.startswith(row.parent_code)):
        if any(_overlap(row, other) for other in kept):
            faults.append(_fault(DUPLICATE_CODE, row))
        else:
            kept.append(row)
    return kept


def _overlap(one: PlaceRow, other: PlaceRow) -> bool:
    begins, ends = dt.date.min, dt.date.max
    return (one.valid_from or begins) < (other.valid_until or ends) and (other.valid_from or begins) < (
        one.valid_until or ends
    )


def _fault(kind: str, row: PlaceRow) -> Fault:
    return Fault(kind, row.code, row.name_km, row.name_latin)
