"""The journal of erasures: a line that was cut short neither stops a start nor is taken for a whole one."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import LazySettings

from samaki.kernel import vault
from samaki.kernel.keyrings import erasures
from samaki.kernel.keyrings.models import Erasure
from samaki.kernel.sealed import new_salts, opens

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def journal(tmp_path: Path, settings: LazySettings) -> Iterator[Path]:
    settings.VAULT = str(tmp_path / "vault")
    settings.ERASURES = str(tmp_path / "erasures")
    yield Path(settings.ERASURES)
    vault._forget()


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """A file grows no further than so many bytes: what is written past them is cut short."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_a_full_disk_keeps_the_intention_and_a_later_start_goes_on(journal: Path) -> None:
    (salt,) = new_salts(1)
    journal.write_text("tombstone 1 ab 2026-01-01T00:00:00+00:00\n" * 100)
    erasures.replay()
    erasures.destroy([salt])
    with disk_of(journal.stat().st_size + 9), pytest.raises(OSError):
        erasures.finish()
    assert Erasure.objects.count() == 1
    erasures.replay()
    (line,) = erasures._read(0)[erasures.SLOT]
    assert (opens(salt), Erasure.objects.count(), len(line)) == (False, 0, 3)


@pytest.mark.parametrize(
    "cut", ["s", "slot", "slot 17", "slot 17 9f0", "slot 17 9f0c00112233445", "tombstone 1 ab 2026-0"]
)
def test_a_line_that_a_power_cut_left_half_written_stops_no_start(journal: Path, cut: str) -> None:
    journal.write_text(cut)
    erasures.replay()
    (salt,) = new_salts(1)
    erasures.destroy([salt])
    erasures.finish()
    assert [len(lines) for lines in erasures._read(0).values()] == [1]
    assert not opens(salt)
    erasures.replay()


def test_a_line_that_is_none_is_still_told(journal: Path) -> None:
    journal.write_text("slot x y z\n")
    with pytest.raises(erasures.JournalBroken):
        erasures.replay()
