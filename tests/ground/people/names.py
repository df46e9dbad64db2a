"""A labelled set of invented people and the ways they get entered twice: what matching is measured on."""

from __future__ import annotations

from dataclasses import dataclass

from tests.factories.people import named


@dataclass(frozen=True)
class Entry:
    """One record; records with the same `who` are one person."""

    who: int
    khmer: str
    latin: str
    birth_year: int | None
    phone: str = ""
    gender: str = "woman"


# who, Khmer, romanised, year, then how the second entry differs.
_Row = tuple[str, str, int | None] | tuple[str, str, int | None, str]
_TWICE_ROWS: list[tuple[_Row, _Row]] = [
    # the same spelling
    (("សុខ ដារ៉ា", "Sok Dara", 1988), ("សុខ ដារ៉ា", "Sok Dara", 1988)),
    (("ចាន់ ធារី", "", 1991), ("ចាន់ ធារី", "", 1991)),
    (("", "Heng Kosal", 1979), ("", "Heng Kosal", 1979)),
    # look-alikes that differ byte by byte
    (("ស៊ុន ស្ត្រីនាថ", "", 1983), ("ស៊ុន ស្រ្តីនាថ", "", 1983)),
    (("អ៊ុក បណ្ដិត", "", 1970), ("អ៊ុក បណ្តិត", "", 1970)),
    (("កែវ រស្មី", "", 1995), ("កែវ\u200b រស្មី", "", 1995)),
    # swapped order
    (("លី សុផល", "", 1986), ("សុផល លី", "", 1986)),
    (("", "Srun Sokunthy", 1984), ("", "Sokunthy Srun", 1984)),
    (("ហេង វណ្ណា", "Heng Vanna", 1999), ("វណ្ណា ហេង", "Vanna Heng", 1999)),
    # Khmer here, romanised there
    (("សុខ សុភា", "", 1990), ("", "Sok Sophea", 1990)),
    (("ចាន់ បុប្ផា", "", 1977), ("", "Chan Bopha", 1977)),
    (("ឈុំ វុទ្ធី", "", 1981), ("", "Chhum Vuthy", 1981)),
    (("គីម សុវណ្ណារី", "", 1969), ("", "Kim Sovannary", 1969)),
    (("ប៊ុន រតនា", "", 2001), ("", "Bun Ratana", 2001)),
    (("សេង ចន្ធូ", "", 1993), ("", "Seng Chanthou", 1993)),
    (("យឹម ពិសិដ្ឋ", "", 1987), ("", "Yim Piseth", 1987)),
    (("ទេព សម្បត្តិ", "", 1965), ("", "Tep Sambath", 1965)),
    (("អ៊ុក លីដា", "", 2000), ("", "Lida Ouk", 2000)),
    # romanised two ways
    (("", "Sok Sophea", 1958), ("", "Sokh Sophear", 1958)),
    (("", "Chhay Vuthy", 1982), ("", "Chhai Wuthy", 1982)),
    (("", "Keo Rattana", 1996), ("", "Kev Ratana", 1996)),
    (("", "Nhem Sreymom", 1998), ("", "Nhim Srey Mom", 1998)),
    (("", "Prak Chanthou", 1973), ("", "Prak Chantou", 1973)),
    (("", "Mao Phalla", 1968), ("", "Mao Palla", 1968)),
    # spelt otherwise in Khmer
    (("ទេព ចរិយា", "", 1992), ("ទេព ចរិយ៉ា", "", 1992)),
    (("សំ សុជាតា", "", 1985), ("សំ សុជាតិ", "", 1985)),
    (("ហ៊ុន វាសនា", "", 1989), ("ហ៊ុន វាស្នា", "", 1989)),
    # a year off, or none
    (("តាន់ សុមាលី", "Tan Somaly", 1980), ("តាន់ សុមាលី", "Tan Somaly", 1981)),
    (("ឡុង មករា", "", 1976), ("ឡុង មករា", "", None)),
    (("", "Chheng Narith", None), ("", "Chheng Narith", 1994)),
    # the same phone beside a looser name
    (("នូ សុភ័ក្ត្រ", "", 1971, "012 555 101"), ("", "Nou Sopheak", 1971, "+855 12 555 101")),
    (("", "Pich Kunthea", 1997, "0965552021"), ("", "Pech Kunthear", 1996, "096 555 2021")),
    # one name part mistyped, the year known
    (("ពេជ្រ កុសល", "", 1966), ("ពេជ កុសល", "", 1966)),
    (("", "Vong Panha", 1974), ("", "Voung Panha", 1974)),
    (("ម៉ៅ សុខា", "", 2003), ("មៅ សុខា", "", 2003)),
]
_TWICE = tuple((Entry(who, *one), Entry(who, *other)) for who, (one, other) in enumerate(_TWICE_ROWS))

# People who are others, though something about them is alike.
_OTHER_ROWS: list[_Row] = [
    ("សុខ ធារ៉ា", "Sok Theara", 1988),  # a family name and a year shared
    ("សុខ ដារិន", "", 1961),
    ("សុខ ចាន់ដា", "", 1990),
    ("ចាន់ ធីតា", "", 1991),
    ("ចាន់ បូរី", "", 1977),
    ("", "Heng Kunthea", 1979),
    ("", "Heng Kosoma", 1952),
    ("លី សុផល", "", 1955),  # the same name, a generation apart
    ("", "Sok Sophea", 2006),
    ("ហេង វណ្ណា", "Heng Vanna", 1964),
    ("ឈុំ វិចិត្រ", "", 1981),
    ("គីម សុវណ្ណ", "", 1999),
    ("ប៊ុន រដ្ឋា", "", 1972),
    ("សេង ចរិយា", "", 1993),
    ("យឹម ពៅ", "", 1987),
    ("ទេព សំណាង", "", 1965),
    ("អ៊ុក លក្ខិណា", "", 2000),
    ("", "Keo Rithy", 1996),
    ("", "Nhem Sreypov", 1998),
    ("", "Prak Chandara", 1973),
    ("", "Mao Phally", 1990),
    ("ទេព ចន្ទា", "", 1992),
    ("សំ សុខុម", "", 1985),
    ("ហ៊ុន វាសនា", "", 2005),
    ("តាន់ សុម៉ាលីន", "", 1962),
    ("ឡុង មុនី", "", 1976),
    ("", "Vong Pisey", 1974),
    ("ម៉ៅ សុភី", "", 2003),
    ("ញឹម ចាន់នី", "", 1998),
    ("", "Tan Sovann", 1980),
]
_OTHERS = tuple(Entry(1000 + who, *entry) for who, entry in enumerate(_OTHER_ROWS))

ENTRIES: tuple[Entry, ...] = tuple(entry for pair in _TWICE for entry in pair) + _OTHERS
TRUE_PAIRS = len(_TWICE)

__all__ = ["ENTRIES", "TRUE_PAIRS", "Entry", "named"]
