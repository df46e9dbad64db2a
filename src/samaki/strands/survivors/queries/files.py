"""Files of one women's service: a list of codes, and one file opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext_lazy as _

from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import NotFound
from samaki.strands.survivors.access import keep, keep_read, reading
from samaki.strands.survivors.models import HerFollowUp, HerRisk, Referral, ServiceFile
from samaki.strands.survivors.rules import Level, Marker, RiskOn, Said, Told, Value, Violence, standing
from samaki.strands.survivors.sealing import of_file, of_follow_up, of_risk, opened_fields

LONGEST_PAGE = 200
KIND = "survivors.servicefile"


@dataclass(frozen=True)
class RiskView:
    risk: HerRisk
    level: Level
    markers: tuple[Marker, ...]
    note: str


@dataclass(frozen=True)
class ToldView:
    follow_up: HerFollowUp
    told: Told


@dataclass(frozen=True)
class FileView:
    """`stands` is the risk that holds today; None where it was never assessed."""

    file: ServiceFile
    said: Said
    stands: Level | None
    risks: tuple[RiskView, ...]
    follow_ups: tuple[ToldView, ...]
    referrals: tuple[Referral, ...]


def files(actor: AnyActor, *, after: int = 0, limit: int = 50) -> tuple[list[ServiceFile], int | None]:
    """Codes and days, nothing that is sealed, in the order of opening; and the mark for the next page, None on the
    last. Raises Refused, audited."""
    limit = min(limit, LONGEST_PAGE)
    with reading(actor, KIND) as within:
        rows = list(ServiceFile.objects.filter(within.q(), pk__gt=after).order_by("pk")[: limit + 1])
        keep_read(actor, "read_service_files", KIND, within)
    return rows[:limit], rows[limit - 1].pk if len(rows) > limit else None


def file(actor: AnyActor, file_id: int) -> FileView:
    """One file opened. Raises Refused, NotFound for another service's."""
    with reading(actor, KIND) as within:
        found = ServiceFile.objects.filter(within.q(), pk=file_id)
        one = found.select_related("key", "organisation", "programme").first()
        if one is None:
            raise NotFound("no_such_file", _("There is no such file."))
        keep(actor, "read_service_file", one, organisation_id=one.organisation_id)
        risks = tuple(_risk(one, risk) for risk in one.risks.order_by("-assessed_on", "-pk"))
        return FileView(
            one,
            as_said(one),
            standing([RiskOn(view.risk.assessed_on, view.level) for view in risks]),
            risks,
            tuple(ToldView(told, as_told(one, told)) for told in one.follow_ups.order_by("asked_on", "pk")),
            tuple(one.referrals.select_related("service__organisation").order_by("-pk")),
        )


def follow_up(actor: AnyActor, follow_up_id: int) -> ToldView:
    """One follow-up opened. Raises Refused, NotFound."""
    with reading(actor, "survivors.herfollowup") as within:
        scope = within.q(organisation="file__organisation_id", programme="file__programme_id")
        one = HerFollowUp.objects.filter(scope, pk=follow_up_id).select_related("file__key").first()
        if one is None:
            raise NotFound("no_such_follow_up", _("There is no such follow-up."))
        keep(actor, "read_her_follow_up", one, organisation_id=one.file.organisation_id)
        return ToldView(one, as_told(one.file, one))


def as_said(file: ServiceFile) -> Said:
    """Asks nobody's leave: callers do. Raises SealBroken."""
    held = opened_fields(file.sealed, file.key.salt, of_file(file.organisation_id, file.code))
    return Said(**{field.name: held[field.name] for field in fields(Said)})


def _risk(file: ServiceFile, risk: HerRisk) -> RiskView:
    held = opened_fields(risk.sealed, file.key.salt, of_risk(file.pk, risk.assessed_on))
    return RiskView(risk, Level(held["level"]), tuple(Marker(key) for key in held["markers"]), held["note"])


def as_told(file: ServiceFile, told: HerFollowUp) -> Told:
    """Asks nobody's leave: callers do. Raises SealBroken."""
    context = of_follow_up(file.pk, told.window, told.informant, told.asked_on)
    held: Mapping[str, Any] = opened_fields(told.sealed, file.key.salt, context)
    values = {Violence(kind): Value(value) for kind, value in held["values"].items()}
    return Told(values, held["violent_90_days"], held["consented"])
