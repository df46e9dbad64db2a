"""The women's service of the example: a directory, and invented files on which everything can be tried."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from samaki.ground.organisations.models import Organisation
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.ground.services.events import ThreatHeard
from samaki.ground.services.models import Service
from samaki.ground.services.operations import add_service
from samaki.ground.services.rules import Entry
from samaki.interfaces.demo.organisations import ORIGIN
from samaki.interfaces.demo.results import BY
from samaki.journeys.cessation.operations import release
from samaki.journeys.cessation.rules import quarter_end_before
from samaki.strands.survivors import operations
from samaki.strands.survivors.models import HerFollowUp, HerRisk, Referral, ServiceFile, WarningTask
from samaki.strands.survivors.operations import Wish
from samaki.strands.survivors.rules import (
    ConsentHow,
    Field,
    Level,
    Marker,
    Purpose,
    Said,
    Told,
    Value,
    Violence,
)

VERIFIED = dt.date(2024, 5, 6)
DIRECTORY = (
    Entry(
        kind="womens",
        name_km="សេវាជួយស្ត្រី (ឧទាហរណ៍)",
        name_en="Women’s service (example)",
        languages=("km", "cham"),
        hours_km="ថ្ងៃច័ន្ទដល់ថ្ងៃសុក្រ 08:00–17:00",
        hours_en="Monday to Friday, 08:00–17:00",
        verified_on=VERIFIED,
        is_public=True,
    ),
    Entry(
        kind="legal",
        name_km="ជំនួយផ្នែកច្បាប់ (ឧទាហរណ៍)",
        name_en="Legal aid (example)",
        languages=("km",),
        access_km="មិនបាច់មានឯកសារ",
        access_en="No papers are asked for",
        verified_on=VERIFIED,
        is_public=True,
    ),
    Entry(
        kind="medical",
        name_km="មន្ទីរពេទ្យបង្អែក (ឧទាហរណ៍)",
        name_en="Referral hospital (example)",
        languages=("km", "sign"),
        hours_km="ទាំងយប់ទាំងថ្ងៃ",
        hours_en="Day and night",
        is_public=True,
    ),
    Entry(kind="shelter", name_km="ផ្ទះស្ងប់ (ឧទាហរណ៍)", name_en="Quiet house (example)", verified_on=VERIFIED),
)


def load(programme: Programme, service: Organisation, places: dict[str, Place], at: dt.datetime) -> None:
    """Loads it once; where a file stands already, nothing is changed."""
    if ServiceFile.objects.filter(organisation=service).exists():
        return
    scope = {"programme": programme, "organisation": service}
    for entry in DIRECTORY:
        place = places.get("04") if entry.is_public else None
        add_service(**scope, entry=entry, place=place, by=BY, at=at)  # type: ignore[arg-type]  # the two of its scope
    today = timezone.localdate(at)
    said = Said(how="Through the health centre, on market days", when="Tuesday morning", do_not_call=True)
    first, second = (
        operations.open_file(
            programme=programme,
            organisation=service,
            code=code,
            opened_on=today - dt.timedelta(days=200),
            said=said,
            by=BY,
            at=at,
        )
        for code in ("EX-01", "EX-02")
    )
    operations.assess(
        file=first,
        on=today - dt.timedelta(days=190),
        judged=Level.STANDARD,
        markers=[Marker.THREAT_TO_KILL],
        by=BY,
        at=at,
    )
    operations.record_follow_up(
        file=second,
        window=6,
        informant=HerFollowUp.Informant.SURVIVOR,
        asked_on=today - dt.timedelta(days=10),
        told=Told({Violence.PHYSICAL: Value.STOPPED}, violent_90_days=False, consented=True),
        by=BY,
        at=at,
    )
    operations.draft(
        file=first,
        service=Service.objects.get(organisation=service, programme=programme, kind="legal"),
        wish=Wish(Purpose.LAW, [Field.WHEN], today, ConsentHow.SPOKEN, today + dt.timedelta(days=60)),
        by=BY,
        at=at,
    )
    words = "An invented threat, to try the task with"
    operations.warn(ThreatHeard(programme.pk, service.pk, "EXAMPLE", words, at, BY))
    _mark_as_example(service)
    release(programme, as_of=quarter_end_before(today), by=BY, at=at)


def _mark_as_example(service: Organisation) -> None:
    for model in (Service, ServiceFile, WarningTask):
        model._default_manager.filter(organisation=service).update(origin=ORIGIN)
    for part in (HerFollowUp, HerRisk, Referral):
        part._default_manager.filter(file__organisation=service).update(origin=ORIGIN)
