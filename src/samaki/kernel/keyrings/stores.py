"""What is sealed, by its column, so that it can be sealed again under another key. Whoever seals registers here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from django.db import models

from samaki.kernel import sealed
from samaki.kernel.registry import Registry
from samaki.kernel.rings import Ring
from samaki.kernel.vault import NoSecret

AT_ONCE = 500


class Store(Protocol):
    @property
    def key(self) -> str: ...

    @property
    def ring(self) -> Ring: ...

    def reseal(self) -> Iterator[int]:
        """Seals anew what an older key of the ring sealed, a batch at a time; yields how many of each batch."""
        ...

    def old(self) -> int:
        """How many are still under an older key, or another ring's."""
        ...


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed bytes. `salt` is the path to the salt of its key; `context` makes what it is bound to from the
    columns named in `told`. Rows without bytes or without a salt are passed over."""

    model: type[models.Model]
    field: str
    salt: str
    told: tuple[str, ...]
    context: Callable[[Mapping[str, Any]], str]
    ring: Ring = Ring.RECORDS
    only: Mapping[str, object] | None = None

    @property
    def key(self) -> str:
        return f"{self.model._meta.label_lower}.{self.field}"

    def reseal(self) -> Iterator[int]:
        for rows in self._batches():
            done = 0
            for row in rows:
                text, salt = bytes(row[self.field]), bytes(row[self.salt])
                context = self.context(row)
                try:
                    plain = sealed.unseal_bytes(text, salt=salt, context=context, ring=self.ring)
                    anew = sealed.seal_bytes(plain, salt=salt, context=context, ring=self.ring)
                except (sealed.SealBroken, NoSecret):
                    if sealed.opens(salt):
                        raise
                    continue  # let go meanwhile
                # Somebody who saves the row meanwhile has sealed it by the new key already.
                done += self.model._base_manager.filter(pk=row["pk"], **{self.field: text}).update(**{self.field: anew})
            yield done

    def old(self) -> int:
        return sum(len(rows) for rows in self._batches())

    def _batches(self) -> Iterator[list[dict[str, Any]]]:
        newest, after = sealed.newest(self.ring), 0
        found = self.model._base_manager.filter(**(self.only or {}))
        columns = dict.fromkeys(("pk", self.field, self.salt, *self.told))
        while rows := list(found.filter(pk__gt=after).order_by("pk").values(*columns)[:AT_ONCE]):
            after = rows[-1]["pk"]
            yield [
                row
                for row in rows
                if row[self.field]
                and row[self.salt]
                and bytes(row[self.field])[:1] != newest
                and sealed.opens(row[self.salt])  # what was destroyed no key opens, in a copy put back either
            ]


@dataclass(frozen=True)
class SealedFiles:
    """Sealed files of the site's folder: `files` gives each with what makes its content anew under the newest key."""

    key: str
    files: Callable[[], Iterator[tuple[Path, Callable[[], bytes]]]]
    ring: Ring = Ring.RECORDS

    def reseal(self) -> Iterator[int]:
        for path, anew in self._older():
            try:
                content = anew()
            except FileNotFoundError:
                continue  # taken away meanwhile
            draft = path.with_suffix(".anew")
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            yield 1

    def old(self) -> int:
        return sum(1 for _file in self._older())

    def _older(self) -> Iterator[tuple[Path, Callable[[], bytes]]]:
        for path, anew in self.files():
            if path.exists():
                with path.open("rb") as file:
                    if file.read(1) != sealed.newest(self.ring):
                        yield path, anew


stores: Registry[Store] = Registry("sealed store")
