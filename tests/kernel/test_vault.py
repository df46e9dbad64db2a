"""The vault: a secret belongs to whom it was given, none is made anew for a lost one, and nothing is half written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from samaki.kernel import sealed, vault
from samaki.kernel.sealed import SealBroken


@pytest.fixture(autouse=True)
def place(tmp_path: Path, settings: LazySettings) -> Iterator[Path]:
    settings.VAULT = str(tmp_path / "kept" / "vault")
    yield Path(settings.VAULT)
    vault._forget()


def older_put_back(place: Path, older: bytes) -> None:
    """As `cp` of a daily copy does: another file in its place."""
    copy = place.with_name("copy")
    copy.write_bytes(older)
    copy.replace(place)
    vault._forget()


def test_a_salt_whose_secret_an_older_vault_lost_is_not_served_by_somebody_elses(place: Path) -> None:
    vault.claim(1)
    older = place.read_bytes()
    vault._forget()
    (lost,) = sealed.new_salts(1)
    older_put_back(place, older)
    (anew,) = sealed.new_salts(1)
    lost_slot, slot = sealed.slot_of(lost), sealed.slot_of(anew)
    assert lost_slot is not None
    assert slot is not None
    assert lost_slot.number == slot.number
    assert (sealed.opens(lost), sealed.opens(anew)) == (False, True)
    with pytest.raises(vault.NoSecret):
        sealed.seal("typed again", salt=lost, context="person:1")


def test_slots_taken_in_advance_are_not_given_out_once_another_vault_is_there(place: Path) -> None:
    sealed.new_salts(1)  # and sixty-three more are kept in this process
    older = place.read_bytes()[: vault.HEADER_BYTES]
    copy = place.with_name("copy")
    copy.write_bytes(older)
    copy.replace(place)
    (salt,) = sealed.new_salts(1)
    text = sealed.seal("new", salt=salt, context="person:2")
    assert sealed.unseal(text, salt=salt, context="person:2") == "new"


def test_a_vault_that_disappears_under_a_running_server_is_not_made_anew(place: Path) -> None:
    sealed.new_salts(1)
    place.unlink()
    with pytest.raises(OSError, match="vault"):
        sealed.new_salts(vault.AT_ONCE + 1)
    assert not place.exists()


def test_another_sites_vault_under_a_running_server_is_refused(place: Path) -> None:
    sealed.new_salts(1)
    other = place.with_name("other")
    other.write_bytes(os.urandom(32).ljust(vault.HEADER_BYTES, b"\0"))
    other.replace(place)
    before = place.read_bytes()
    with pytest.raises(OSError, match="vault"):
        sealed.new_salts(vault.AT_ONCE + 1)
    assert place.read_bytes() == before


def test_a_full_disk_gives_out_no_slot(place: Path) -> None:
    import resource
    import signal

    vault.mark()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (vault.HEADER_BYTES + 100, hard))
        with pytest.raises(OSError):
            vault.claim(1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    (slot,) = vault.claim(1)
    assert vault.secret(slot)


def test_a_sealed_text_of_a_destroyed_slot_opens_no_more() -> None:
    (salt,) = sealed.new_salts(1)
    text = sealed.seal("gone", salt=salt, context="c")
    slot = sealed.slot_of(salt)
    assert slot is not None
    vault.destroy([slot])
    with pytest.raises(SealBroken):
        sealed.unseal(text, salt=salt, context="c")
