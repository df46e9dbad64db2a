"""Destroying keys for every copy there is, and holding to it when an older copy is put back.

What is to be destroyed is written in the transaction of the act (`Erasure`), so that an act undone destroys nothing;
after the commit it is added to the journal, a file outside the database (SAMAKI_ERASURES), and zeros go over the slots
of the vault. Killed in between, the next start goes on: each step may be done twice.

A line of the journal is a word, its arguments and the time: `slot 17 9f0c… 2026-11-22T…`. Whoever must do something
when a database or a vault is older than the journal registers in `replays`.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from samaki.kernel import vault
from samaki.kernel.durable import sync_folder
from samaki.kernel.keyrings.models import Erasure, ErasuresApplied
from samaki.kernel.registry import Registry
from samaki.kernel.sealed import slot_of
from samaki.kernel.vault import Slot

SLOT = "slot"
CUT = "cut"  # ends a line that a full disk or a power cut left half written: its act is written again
Lines = Collection[tuple[str, ...]]  # the arguments of each line, with the time


class JournalBroken(Exception):
    """A line of the journal is no line of a journal."""


@dataclass(frozen=True)
class Replay:
    """What to do with lines of `word` that this database has not applied; `once` returns how many records it changed.
    Called in a transaction, and again changes nothing."""

    key: str
    word: str
    once: Callable[[Lines], int]


replays: Registry[Replay] = Registry("replay of erasures")


def path_of() -> Path:
    return Path(settings.ERASURES)


def destroy(salts: Iterable[bytes | memoryview]) -> int:
    """The keys of these salts are gone once the caller's transaction has committed; returns of how many that holds for
    older copies too (those that name a slot)."""
    return note(SLOT, salts)


def note(word: str, salts: Iterable[bytes | memoryview]) -> int:
    """A line of `word` for the slot of each salt, for what a replay must know beside the destruction; returns how many.
    Call in the transaction of the act."""
    slots = {slot for salt in salts if (slot := slot_of(salt)) is not None}
    write_down((word, str(slot.number), slot.check.hex()) for slot in sorted(slots))
    return len(slots)


def write_down(lines: Iterable[tuple[str, ...]]) -> None:
    """Lines for the journal, each a word and arguments without spaces. Call in the transaction of the act."""
    at = timezone.now().isoformat()
    written = Erasure.objects.bulk_create([Erasure(line=" ".join((*line, at))) for line in lines], batch_size=500)
    if written:
        transaction.on_commit(partial(finish), robust=True)  # what fails here is done at the next start


def finish() -> int:
    """Adds what waits to the journal and destroys the slots it names; returns how many lines. Raises OSError."""
    waiting = dict(Erasure.objects.order_by("pk").values_list("pk", "line"))
    if not waiting:
        return 0
    before, after = _add(waiting.values())
    vault.destroy(_slots([tuple(line.split()[1:]) for line in waiting.values() if line.startswith(f"{SLOT} ")]))
    if vault.applied() == before:
        vault.set_applied(after)
    with transaction.atomic():
        Erasure.objects.filter(pk__in=waiting).delete()
        # Where older lines are still to be applied, a replay does that and moves the mark.
        if _applied() == before:
            _set_applied(after)
    return len(waiting)


def replay() -> Mapping[str, int]:
    """Brings a vault or a database that is older than the journal up to it; returns how many records of each kind were
    changed. Raises JournalBroken, OSError."""
    finish()
    size = path_of().stat().st_size if path_of().exists() else 0
    if vault.applied() != size:
        vault.destroy(_slots(_read(vault.applied()).get(SLOT, ())))
        vault.set_applied(size)
    if _applied() == size:
        return {}
    done = {}
    with transaction.atomic():
        new = _read(_applied())
        for each in replays:
            if (lines := new.get(each.word)) and (count := each.once(lines)):
                done[each.key] = count
        _set_applied(size)
    return done


def slots_among(lines: Lines) -> frozenset[Slot]:
    return frozenset(_slots(lines))


def _slots(lines: Iterable[tuple[str, ...]]) -> Iterator[Slot]:
    for number, check, _at in lines:
        yield Slot(int(number), bytes.fromhex(check))


def _read(start: int) -> dict[str, list[tuple[str, ...]]]:
    """Lines from a byte on; all of them where that is no beginning of a line: this is another journal then."""
    found: dict[str, list[tuple[str, ...]]] = {}
    if not path_of().exists():
        return found
    with path_of().open("rb") as file:
        file.seek(max(start - 1, 0))
        if start and file.read(1) != b"\n":
            file.seek(0)
        whole, _end, _half_a_line = file.read().decode(errors="replace").rpartition("\n")
        for line in whole.split("\n") if whole else ():
            if line.endswith(f" {CUT}"):
                continue
            word, *rest = line.split() or ("",)
            if len(rest) < 2 or (word == SLOT and not (len(rest) == 3 and rest[0].isdigit())):
                raise JournalBroken(line[:80])
            found.setdefault(word, []).append(tuple(rest))
    return found


def _add(lines: Iterable[str]) -> tuple[int, int]:
    """The journal's size before and after."""
    with _alone() as handle:
        before = os.fstat(handle).st_size
        is_cut = before > 0 and os.pread(handle, 1, before - 1) != b"\n"
        text = (f" {CUT}\n" if is_cut else "").encode() + "".join(f"{line}\n" for line in lines).encode()
        left = memoryview(text)
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
        sync_folder(path_of().parent)
    return before, before + len(text)


@contextmanager
def _alone() -> Iterator[int]:
    path_of().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path_of(), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _applied() -> int:
    return ErasuresApplied.objects.order_by("pk").values_list("upto", flat=True).first() or 0


def _set_applied(upto: int) -> None:
    if not ErasuresApplied.objects.update(upto=upto):
        ErasuresApplied.objects.create(upto=upto)
