"""A site that receives the reference register: a programme, its people with consent, a published form, phones."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import threading
import time
from dataclasses import dataclass
from typing import Any

from tests.bench import reference_form


@dataclass(frozen=True)
class World:
    programme_id: int
    organisation_id: int
    form_id: int
    phones: tuple[tuple[str, str], ...]  # user name, password


def ready() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samaki.project.settings")
    import django

    django.setup()


def make(*, people: int, phones: int) -> World:
    """Call once, in a new data folder."""
    from django.core.management import call_command
    from django.utils import timezone

    from samaki.engines.fieldforms.models import Form, FormVersion
    from samaki.engines.fieldforms.xforms import read_definition
    from samaki.ground.accounts.devices import issue_device
    from samaki.ground.accounts.models import DeviceCredential, RoleGrant, User
    from samaki.ground.organisations.models import Organisation
    from samaki.ground.programmes.models import Programme, ProgrammeRole
    from samaki.kernel.actors import Actor, Grant, Role

    call_command("migrate", verbosity=0)
    programme = Programme.objects.create(key="bench", name_km="ក", name_en="bench", starts_on=dt.date(2024, 1, 1))
    organisation = Organisation.objects.create(key="bench", name_latin="bench", kind="local_ngo")
    ProgrammeRole.objects.create(programme=programme, organisation=organisation, part="partner")
    _people(organisation.pk, people)
    text = reference_form.xform()
    definition = read_definition(text)
    form = Form.objects.create(
        programme=programme,
        key=reference_form.FORM_ID,
        title_km="ក",
        title_en="Session register",
        handler="session",
        mapping=reference_form.MAPPING,
    )
    FormVersion.objects.create(
        form=form,
        version=reference_form.VERSION,
        state="published",
        xform=text,
        md5=hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
        questions=[question.as_json() for question in definition.questions],
        repeats=sorted(definition.repeats),
        made_by="bench",
        published_at=timezone.now(),
    )
    made = []
    for number in range(phones):
        user = User.objects.create(username=f"sender-{number}", is_active=True)
        RoleGrant.objects.create(user=user, role="facilitator", organisation=organisation, programme_id=programme.pk)
        actor = Actor(user.pk, user.username, (Grant(Role.FACILITATOR, organisation.pk, programme.pk),), True)
        issued = issue_device(
            user=user,
            organisation=organisation,
            programme_id=programme.pk,
            kind=DeviceCredential.Kind.APP,
            by=actor,
            at=timezone.now(),
        )
        made.append((issued.device.username, issued.password))
    return World(programme.pk, organisation.pk, form.pk, tuple(made))


def _people(organisation_id: int, count: int) -> None:
    from samaki.ground.people.models import Consent, Person
    from tests.bench.fill import _insert

    genders = ("woman", "man", "another_term", "not_recorded")
    _insert(
        Person,
        ("id", "organisation_id", "gender", "birth_year", "age_band"),
        ((n, organisation_id, genders[n % 4], 1950 + n % 50, "not_recorded") for n in range(1, count + 1)),
    )
    _insert(
        Consent,
        (
            "person_id",
            "purpose",
            "text_version",
            "language",
            "how",
            "given_by",
            "guardian_not_asked",
            "given_on",
            "recorded_by",
        ),
        ((n, "take_part", "1", "km", "spoken", "own", False, "2024-01-01", "bench") for n in range(1, count + 1)),
    )


def parcels(world: World, count: int, *, people: int, salt: str) -> list[Any]:
    """What so many phones would hand over, past the web."""
    from samaki.engines.fieldforms.operations.parcels import Parcel
    from samaki.ground.accounts.models import User
    from samaki.kernel.actors import Actor, Grant, Role

    user = User.objects.get(username="sender-0")
    actor = Actor(user.pk, user.username, (Grant(Role.FACILITATOR, world.organisation_id, world.programme_id),))
    return [
        Parcel(
            world.programme_id, world.organisation_id, actor, reference_form.submission(f"{salt}:{n}", people=people)
        )
        for n in range(count)
    ]


def receive_all(parcels_: list[Any], *, threads: int) -> tuple[float, float, list[float]]:
    """Seconds on the clock, of CPU, and each one's wait, with so many callers at once."""
    from django.db import connection
    from django.utils import timezone

    from samaki.engines.fieldforms.operations.receiving import receive

    left, waits, failed = iter(parcels_), [], []
    lock = threading.Lock()

    def work() -> None:
        try:
            while True:
                with lock:
                    parcel = next(left, None)
                if parcel is None:
                    return
                begun = time.perf_counter()
                receipt = receive(parcel, at=timezone.now())
                waits.append(time.perf_counter() - begun)
                if receipt.state != "handled":
                    failed.append(receipt)
        finally:
            connection.close()

    begun, cpu = time.perf_counter(), time.process_time()
    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if failed:
        from samaki.engines.fieldforms.models import Submission

        raise SystemExit(f"not handled: {Submission.objects.get(pk=failed[0].number).faults}")
    return time.perf_counter() - begun, time.process_time() - cpu, waits
