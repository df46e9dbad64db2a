"""Who shares a blocking key with whom, and is not told apart by what stands beside the name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from samaki.ground.people.likeness import PROPOSED_FROM, Bounds, Indexes
from samaki.ground.people.models import BlockingKey, Person
from samaki.kernel.database.bulk import among_sql, rows_among


class Known(NamedTuple):
    """A person without her name, and the record that stands for her."""

    birth_year: int | None
    gender: str
    place_id: int | None
    stands: int


class Sharing:
    """The people asked about and all of their organisation who share a key with any of them, in columns; `ids` are in
    their order and the withdrawn are left out."""

    def __init__(self, organisation_id: int, asked: Sequence[int]) -> None:
        rows = _rows(organisation_id, asked)
        self.people = _people(organisation_id, np.unique(rows[:, 0]).tolist())
        self.ids = np.array(sorted(self.people), dtype=np.int64)
        rows = rows[np.isin(rows[:, 0], self.ids)]
        rows = rows[np.lexsort((rows[:, 0], rows[:, 1]))]
        self._keys = rows[:, 1]
        self._owners = np.searchsorted(self.ids, rows[:, 0])
        self._asked = np.isin(self.ids, np.array(asked, dtype=np.int64))
        self._bounds = Bounds(people := [self.people[pk] for pk in self.ids.tolist()])
        self._stands = np.array([one.stands for one in people], dtype=np.int64)

    def pairs(self, phones: Mapping[int, int], at_once: int) -> Iterator[tuple[Indexes, Indexes]]:
        """Pairs that may be one person, whatever the names are, as places of the first and the second in `ids`: about
        so many at once, each pair once. `phones` are the keys of the phones of those asked about, by person."""
        own_phone = np.array([phones.get(pk, -1) for pk in self.ids.tolist()], dtype=np.int64)
        begin = np.searchsorted(self._keys, self._keys, side="left")
        many = np.searchsorted(self._keys, self._keys, side="right") - begin
        rows = np.flatnonzero(self._asked[self._owners] & (many > 1))
        rows = rows[np.argsort(self._owners[rows], kind="stable")]  # all keys of a person stand together
        owners = self._owners[rows]
        # A person is never parted: her pairs would come twice.
        firsts = np.flatnonzero(np.concatenate(([True], owners[1:] != owners[:-1]))) if len(rows) else rows
        load = np.add.reduceat(many[rows], firsts) if len(rows) else rows
        turns = np.cumsum(load) // at_once
        for turn in np.unique(turns):
            here = np.flatnonzero(turns == turn)
            last = firsts[here[-1] + 1] if here[-1] + 1 < len(firsts) else len(rows)
            found = self._meeting(rows[firsts[here[0]] : last], begin, many, own_phone)
            if len(found[0]):
                yield found

    def _meeting(
        self, rows: Indexes, begin: Indexes, many: Indexes, own_phone: Indexes
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        counts = many[rows]
        steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        others = self._owners[np.repeat(begin[rows], counts) + steps]
        ones = np.repeat(self._owners[rows], counts)
        # Two who are both asked about meet twice: once is enough.
        kept = (ones < others) | ((ones > others) & ~self._asked[others])
        kept &= self._stands[ones] != self._stands[others]
        ones, others, keys = ones[kept], others[kept], np.repeat(self._keys[rows], counts)[kept]
        kept = self._bounds.of(ones, others, own_phone[ones] == keys) >= PROPOSED_FROM
        ones, others = ones[kept], others[kept]
        pairs = np.unique(np.minimum(ones, others) * len(self.ids) + np.maximum(ones, others))
        return pairs // len(self.ids), pairs % len(self.ids)


def _rows(organisation_id: int, asked: Sequence[int]) -> Indexes:
    """Person and key: those of the people asked about, and whoever else has one of these."""
    table = BlockingKey._meta.db_table
    these, parameter = among_sql("own.person_id", asked)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT person_id, key FROM {table} WHERE organisation_id = %s AND key IN "  # noqa: S608  # names of models
            f"(SELECT own.key FROM {table} own WHERE own.organisation_id = %s AND {these})",
            [organisation_id, organisation_id, parameter],
        )
        found = cursor.fetchall()
    return np.fromiter(chain.from_iterable(found), dtype=np.int64, count=2 * len(found)).reshape(-1, 2)


def _people(organisation_id: int, person_ids: Sequence[int]) -> dict[int, Known]:
    """Those of the organisation who have not withdrawn."""
    columns = ("id", "birth_year", "gender", "place_id", "merged_into_id", "withdrawn_at")
    rows = rows_among(Person, columns, "id", person_ids, {"organisation_id": organisation_id})
    return {
        pk: Known(birth_year, gender, place_id, merged_into or pk)
        for pk, birth_year, gender, place_id, merged_into, withdrawn_at in rows
        if withdrawn_at is None
    }
