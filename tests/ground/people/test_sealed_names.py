"""No copy of a name stands anywhere in the database, and without its key none can be read."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings

from samaki.ground.people import operations, queries
from samaki.ground.people.identities import opened, unseal
from samaki.ground.people.models import PersonIdentity, PersonKey
from samaki.ground.people.operations import Identity, NewPerson
from samaki.ground.people.recognition import recognise
from samaki.kernel import vault
from samaki.kernel.errors import NotFound
from samaki.kernel.sealed import SealBroken, slot_of
from tests.factories.people import SETUP, a_person, an_me_officer, an_organisation, named

OTHER_RINGS = {**settings.KEY_RINGS, "master": "0f" * 32}
DISTINCT = Identity("ឃ្ញឿងមឿង", "ង្ផាយឈូកស", "Qwyxklang", "Zvropumchhuok", "+855 97 431 86 52", "ឃ្វែងប្លង់ឡ")


def every_value() -> list[tuple[str, object]]:
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [(table, value) for row in cursor.fetchall() for value in row if value is not None]
    return found


def as_bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else str(value).encode()


def spellings(identity: Identity) -> set[bytes]:
    """Each part, however a careless copy might hold it."""
    parts = [part for part in dataclasses.astuple(identity) if part] + [identity.full_km, identity.full_latin]
    parts += ["974318652", "4318652", "97 431 86"]
    forms = {
        form
        for part in parts
        for form in (part, part.lower(), part.upper(), part[::-1], part[:5], part.encode("unicode_escape").decode())
    }
    return {form.encode(coding) for form in forms for coding in ("utf-8", "utf-16-le")}


@pytest.mark.django_db
def test_no_table_holds_a_name_a_phone_or_a_term_in_plain() -> None:
    ours = an_organisation()
    officer = an_me_officer(ours)
    person = a_person(ours, DISTINCT, gender="another_term")
    twin = a_person(ours, DISTINCT, gender="another_term")
    queries.search(officer, DISTINCT.full_latin)
    queries.reveal(officer, person.pk, "check")
    operations.correct_person(twin.pk, operations.NewPerson(DISTINCT, gender="another_term"), revision=1, by=officer)
    values = every_value()
    assert PersonIdentity.objects.count() == 2
    assert {table for table, _value in values} >= {"people_personidentity", "people_blockingkey", "audit_auditentry"}
    leaks = [(table, form) for form in spellings(DISTINCT) for table, value in values if form in as_bytes(value)]
    assert leaks == []


@pytest.mark.django_db(transaction=True)
def test_the_files_of_the_database_hold_no_name_in_plain() -> None:
    a_person(identity=DISTINCT, gender="another_term")
    if connection.vendor == "sqlite":
        name = Path(str(connection.settings_dict["NAME"]))
        files = [path for path in name.parent.iterdir() if path.name.startswith(name.name) and path.is_file()]
    else:
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")
            cursor.execute(
                "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()"
            )
            folder, number = cursor.fetchone()
        inside = [*(Path(folder) / "base" / str(number)).iterdir(), *(Path(folder) / "pg_wal").iterdir()]
        files = [path for path in inside if path.is_file()]
    # Few and short, because the log may be a gigabyte: the table's own name shows that the search finds what is there.
    needles = [part.encode() for part in ("Qwyxkl", "Zvropum", "ឃ្ញឿង", "97 431 86", "people_personidentity")]
    found = {needle for path in files for content in (path.read_bytes(),) for needle in needles if needle in content}
    assert found == {b"people_personidentity"}


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_after_a_withdrawal_the_key_is_in_no_file() -> None:
    people = [a_person(identity=DISTINCT, gender="another_term") for _each in range(3)]
    salt = bytes(PersonKey.objects.get(pk=people[1].pk).salt)
    name = Path(str(connection.settings_dict["NAME"]))

    def in_files() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return any(salt in path.read_bytes() for path in name.parent.iterdir() if path.name.startswith(name.name))

    assert in_files()
    operations.withdraw(people[1].pk, by=SETUP)
    assert not in_files()


@pytest.mark.django_db
def test_without_the_key_the_sealed_name_cannot_be_read() -> None:
    ours = an_organisation()
    person = a_person(ours, DISTINCT, gender="another_term")
    officer = an_me_officer(ours)
    assert [hit.identity for hit in queries.search(officer, "Qwyxklang")] == [DISTINCT]
    PersonKey.objects.filter(pk=person.pk).delete()
    assert PersonIdentity.objects.filter(pk=person.pk).count() == 1
    assert opened([person.pk]) == {}
    with pytest.raises(NotFound):
        queries.reveal(officer, person.pk, "check")
    assert queries.search(officer, "Qwyxklang") == []


@pytest.mark.django_db
def test_another_master_key_raises_instead_of_showing_anything() -> None:
    person = a_person(identity=DISTINCT, gender="another_term")
    with override_settings(KEY_RINGS=OTHER_RINGS), pytest.raises(SealBroken):
        queries.reveal(SETUP, person.pk)
    with override_settings(KEY_RINGS=OTHER_RINGS), pytest.raises(SealBroken):
        queries.search(SETUP, "Qwyxklang", organisation_id=person.organisation_id)


@pytest.mark.django_db
def test_a_name_moved_to_another_person_does_not_open() -> None:
    one, other = a_person(identity=DISTINCT, gender="another_term"), a_person()
    sealed = bytes(PersonIdentity.objects.get(pk=one.pk).sealed)
    salt = bytes(PersonKey.objects.get(pk=one.pk).salt)
    PersonIdentity.objects.filter(pk=other.pk).update(sealed=sealed)
    PersonKey.objects.filter(pk=other.pk).update(salt=salt)
    assert unseal(one.pk, sealed, salt) == DISTINCT
    with pytest.raises(SealBroken):
        queries.reveal(SETUP, other.pk)


@pytest.mark.django_db
def test_each_seal_is_different_though_the_name_is_the_same() -> None:
    seals = {bytes(PersonIdentity.objects.get(pk=a_person().pk).sealed) for _each in range(3)}
    assert len(seals) == 3


@pytest.mark.once
def test_a_name_shows_in_no_repr() -> None:
    assert repr(DISTINCT) == "Identity()"


@pytest.mark.django_db
def test_a_name_whose_secret_was_lost_holds_up_no_search_and_no_list() -> None:
    """Who was added after the last copy of a vault that had to be put back is a number, and all others stay named."""
    ours = an_organisation()
    lost, stays = a_person(ours, named(latin="Sok Dara")), a_person(ours, named(latin="Chan Thida"))
    slot = slot_of(PersonKey.objects.get(pk=lost.pk).salt)
    assert slot is not None
    vault.destroy([slot])
    found = queries.search(SETUP, "Thida", organisation_id=ours.pk)
    assert [hit.person_id for hit in found] == [stays.pk]
    assert queries.search(SETUP, "Dara", organisation_id=ours.pk) == []
    assert queries.reveal_many(SETUP, [lost.pk, stays.pk], "a list").keys() == {stays.pk}
    again = a_person(ours, named(latin="Sok Dara"))  # who is on a list anew is compared with whoever still has a name
    assert queries.reveal(SETUP, again.pk, "a list").given_latin == "Dara"
    found_again = recognise(ours.pk, [NewPerson(named(latin="Sok Dara"))])
    assert lost.pk not in found_again.known
