"""Keys: a wrong one is refused before it does anything, a new one seals everything again, an old one can go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.test import override_settings

from samaki.ground.people import queries
from samaki.ground.people.identities import unseal
from samaki.ground.people.models import PersonIdentity, PersonKey
from samaki.kernel import sealed, vault
from samaki.kernel.errors import Conflict
from samaki.kernel.keyrings import rotation
from samaki.kernel.keyrings.marks import WrongKeys, expect_own_keys
from samaki.kernel.keyrings.models import KeyMark
from samaki.kernel.keyrings.stores import SealedColumn, stores
from samaki.kernel.rings import NoSuchRing, Ring, keys_of, look_again
from samaki.kernel.sealed import SealBroken
from tests.factories.people import SETUP, a_person

SALT = b"s" * 32
NOT_SEALED = {
    "accounts.DeviceCredential.salt",
    "accounts.SpentNonce.nonce",
    "counselling.CaseKey.salt",
    "fieldforms.Attachment.digest",
    "fieldforms.FormMedia.content",
    "fieldforms.FormVersion.source",
    "fieldforms.Submission.digest",
    "fieldforms.Submission.salt",
    "imports.ImportRun.salt",
    "keyrings.KeyMark.mark",
    "learning.Material.content",
    "people.PersonKey.salt",
    "people.Tombstone.digest",
    "survivors.FileKey.salt",
    "survivors.WarningTask.salt",
    "vetting.Bar.salt",
    "vetting.BarDigest.digest",
    "vetting.CandidacyKey.salt",
}


@pytest.fixture
def ring(tmp_path: Path, settings: LazySettings) -> Iterator[Path]:
    path = tmp_path / "master.key"
    path.write_text("0a" * 32)
    settings.KEY_RINGS = {**settings.KEY_RINGS, "master": path}
    look_again()
    yield path
    look_again()


def test_what_one_ring_seals_another_does_not_open() -> None:
    text = sealed.seal("hers", salt=SALT, context="file:1", ring=Ring.HERS)
    assert sealed.unseal(text, salt=SALT, context="file:1", ring=Ring.HERS) == "hers"
    for other in (Ring.RECORDS, Ring.HIS):
        with pytest.raises(SealBroken):
            sealed.unseal(text, salt=SALT, context="file:1", ring=other)


def test_what_was_sealed_before_keys_had_numbers_still_opens(ring: Path) -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key = sealed._derive(keys_of(Ring.RECORDS).by_number[1], b"seal", SALT)
    for first in (0, 1, 2, 255):
        nonce = bytes([first]) + b"n" * 11
        assert sealed.unseal(nonce + AESGCM(key).encrypt(nonce, b"old", b"c"), salt=SALT, context="c") == "old"


@pytest.mark.django_db
def test_a_new_key_seals_everything_again_and_the_old_one_still_opens_copies(ring: Path) -> None:
    person = a_person()
    name = queries.reveal(SETUP, person.pk, "check")
    before = bytes(PersonIdentity.objects.get(pk=person.pk).sealed)
    assert rotation.rotate(Ring.RECORDS) >= 1
    after = bytes(PersonIdentity.objects.get(pk=person.pk).sealed)
    assert (before[0], after[0]) == (1, 2)
    assert queries.reveal(SETUP, person.pk, "check") == name
    salt = bytes(PersonKey.objects.get(pk=person.pk).salt)
    assert unseal(person.pk, before, salt) == unseal(person.pk, after, salt)
    assert rotation.reseal(Ring.RECORDS) == 0


@pytest.mark.django_db
def test_a_save_during_the_rotation_is_not_lost(ring: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    person = a_person()
    salt = bytes(PersonKey.objects.get(pk=person.pk).salt)
    newer = sealed.seal('{"family_latin": "Newer"}', salt=salt, context=f"person:{person.pk}")
    real = sealed.seal_bytes

    def saved_meanwhile(*args: object, **more: object) -> bytes:
        PersonIdentity.objects.filter(pk=person.pk).update(sealed=newer)
        return real(*args, **more)  # type: ignore[arg-type]  # handed on

    monkeypatch.setattr(sealed, "seal_bytes", saved_meanwhile)
    rotation.rotate(Ring.RECORDS)
    assert unseal(person.pk, bytes(PersonIdentity.objects.get(pk=person.pk).sealed), salt).family_latin == "Newer"


@pytest.mark.django_db
def test_an_old_key_goes_only_when_nothing_needs_it_and_never_the_first(ring: Path) -> None:
    a_person()
    rotation.rotate(Ring.RECORDS)
    rotation.rotate(Ring.RECORDS)
    stuck = PersonIdentity.objects.get()
    fresh = bytes(stuck.sealed)
    PersonIdentity.objects.update(sealed=b"\x02" + fresh[1:])
    with pytest.raises(Conflict) as conflict:
        rotation.retire(Ring.RECORDS)
    assert conflict.value.code == "key_still_needed"
    PersonIdentity.objects.update(sealed=fresh)
    assert rotation.retire(Ring.RECORDS) == [2]
    assert sorted(keys_of(Ring.RECORDS).by_number) == [1, 3]
    expect_own_keys()


@pytest.mark.django_db
def test_a_wrong_key_is_refused_loudly_and_marks_nothing(ring: Path) -> None:
    expect_own_keys()
    marks = list(KeyMark.objects.order_by("pk").values_list("ring", "number", "mark"))
    ring.write_text("0b" * 32)
    look_again()
    with pytest.raises(WrongKeys, match="key 1 of the ring “master”"):
        expect_own_keys()
    assert list(KeyMark.objects.order_by("pk").values_list("ring", "number", "mark")) == marks


@pytest.mark.django_db
def test_a_missing_key_is_named(ring: Path) -> None:
    ring.write_text("0a" * 32 + "\n" + "0c" * 32)
    look_again()
    expect_own_keys()
    ring.write_text("0a" * 32)
    look_again()
    with pytest.raises(WrongKeys, match="key 2 of the ring “master” is missing"):
        expect_own_keys()


@pytest.mark.parametrize("text", ["", "zz", "0a" * 31, "0a" * 32 + "\n-", ("0a" * 32 + "\n") * 256])
def test_a_ring_that_is_none_says_so_and_shows_no_key(text: str, tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    path.write_text(text)
    with override_settings(KEY_RINGS={**settings.KEY_RINGS, "master": path}), pytest.raises(NoSuchRing) as told:
        keys_of(Ring.RECORDS)
    assert "0a0a" not in str(told.value)


def test_a_ring_in_a_variable_is_not_written_by_us() -> None:
    with override_settings(KEY_RINGS={**settings.KEY_RINGS, "his": "0a" * 32}), pytest.raises(Conflict):
        rotation.rotate(Ring.HIS)


@pytest.mark.django_db
def test_every_sealed_column_is_known_to_the_rotation() -> None:
    """A column of bytes that is neither listed here nor registered would be left under an old key."""
    from django.apps import apps
    from django.db import models

    registered = {f"{store.model._meta.label}.{store.field}" for store in stores if isinstance(store, SealedColumn)}
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("samaki.")
        for field in model._meta.get_fields()
        if isinstance(field, models.BinaryField)
    }
    assert found - registered - NOT_SEALED == set()


@pytest.mark.django_db
def test_what_was_destroyed_holds_up_neither_a_rotation_nor_the_end_of_an_old_key(ring: Path) -> None:
    """In a database that was put back rows stand whose secret is gone: no key opens them, old or new."""
    lost, stays = a_person(), a_person()
    slot = sealed.slot_of(PersonKey.objects.get(pk=lost.pk).salt)
    assert slot is not None
    vault.destroy([slot])
    rotation.rotate(Ring.RECORDS)
    assert bytes(PersonIdentity.objects.get(pk=stays.pk).sealed)[0] == 2
    rotation.rotate(Ring.RECORDS)
    assert rotation.retire(Ring.RECORDS) == [2]
