"""Whether a text names somebody: written in either script, in either order, in one piece or in parts, or her phone.
Pure. Holds names: keep one for a batch and let it go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from samaki.ground.people.identities import Identity
from samaki.ground.people.rules import phone_digits
from samaki.ground.places.rules import folded

_SHORTEST_NAME = 4  # folded signs: less would be found inside other words
_FEWEST_DIGITS = 6
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


class Read(NamedTuple):
    """Texts as they are compared: folded, and their digits as of a phone number. Read once, asked of many people."""

    plain: tuple[str, ...]
    digits: tuple[str, ...]


def read_whole(texts: Iterable[str]) -> Read:
    """All texts as one, for `perhaps_in`."""
    plain = folded(" ".join(texts))
    return Read((plain,), ("".join(sign for sign in plain if sign.isdigit()),))


def read(texts: Iterable[str]) -> Read:
    given = tuple(texts)
    return Read(tuple(folded(text) for text in given), tuple(phone_digits(text) for text in given))


@dataclass(frozen=True)
class Mentions:
    """Of one person, with the birth year that tells her from a namesake."""

    names: frozenset[tuple[str, str]] = field(repr=False)  # family, given, folded
    phones: frozenset[str] = field(repr=False)
    birth_year: int | None = None

    @classmethod
    def of(cls, identities: Iterable[Identity], birth_year: int | None) -> Mentions:
        names, phones = set(), set()
        for one in identities:
            for family, given in ((one.family_km, one.given_km), (one.family_latin, one.given_latin)):
                if family.strip() or given.strip():
                    names.add((folded(family), folded(given)))
            if len(digits := phone_digits(one.phone)) >= _FEWEST_DIGITS:
                phones.add(digits)
        return cls(frozenset(names), frozenset(phones), birth_year)

    def perhaps_in(self, whole: Read) -> bool:
        """False where no part of these texts, read as one, can name her: nearly all texts that are looked at."""
        return any(self._phoned(one) for one in whole.digits) or any(
            family in one and given in one for family, given in self.names for one in whole.plain
        )

    def in_any(self, texts: Read) -> bool:
        """Her whole name somewhere in one of them, or her phone."""
        return any(self._phoned(one) for one in texts.digits) or any(self._named(one) for one in texts.plain)

    def in_row(self, row: Read) -> bool:
        """Whether a row of short answers is about her: her whole name in one of them or its parts in several, and no
        other birth year than hers; or her phone."""
        if any(self._phoned(one) for one in row.digits):
            return True
        parts = frozenset(row.plain)
        if not any(self._named(one) for one in row.plain) and not any(
            (not family or family in parts) and (not given or given in parts) for family, given in self.names
        ):
            return False
        years = {int(one) for one in row.plain if len(one) == 4 and one.isdecimal()}
        years = {year for year in years if _FIRST_YEAR <= year <= _LAST_YEAR}
        return not years or self.birth_year is None or self.birth_year in years

    def is_part(self, plain: str) -> bool:
        """One part of her name and nothing else. For answers that name her together."""
        return bool(plain) and any(plain in name for name in self.names)

    def _named(self, plain: str) -> bool:
        for family, given in self.names:
            for whole in (family + given, given + family):
                if whole and (whole in plain if len(whole) >= _SHORTEST_NAME else whole == plain):
                    return True
        return False

    def _phoned(self, digits: str) -> bool:
        return any(phone in digits for phone in self.phones)
