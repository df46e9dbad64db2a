"""A counsellor of the example who may try his pages: cleared, with three of the register's cases, one of
them at high risk so that his supervisor finds it on top of her desk."""

from __future__ import annotations

import datetime as dt
from random import Random

from django.utils import timezone

from samaki.ground.accounts.models import User
from samaki.ground.clearances import operations as clearances
from samaki.ground.clearances.models import Clearance
from samaki.ground.clearances.operations import Whom
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Gender
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.interfaces.demo.organisations import ORIGIN
from samaki.interfaces.demo.people import Casting, invent
from samaki.kernel.actors import Actor, Grant, Role, System
from samaki.strands.counselling.course import Marker
from samaki.strands.counselling.models import Case, Declaration, Risk, Tie
from samaki.strands.counselling.operations import asking, intake, work

WHO = "counsellor"
SERVICE = "womens-service"
READY, NEW = ("M-001", "M-002"), "M-003"  # of two he has said that nothing ties him; of the third he is asked first
BY = System("example data")


def load(programme: Programme, wela: Organisation, place: Place, at: dt.datetime) -> None:
    """Who the counsellor is, his clearance for 18 months, and his cases. Nothing where somebody is cleared already."""
    user = User.objects.filter(username=WHO, person_id__isnull=True).first()
    if user is None:
        return
    on = timezone.localdate(at)
    casting = Casting([Gender.MAN], (1961, 1961), [place], on)
    person = invent(casting, wela, Random(5))[0]  # noqa: S311  # an invented name, no secret
    user.person_id = person.pk
    user.save(update_fields=["person_id"])
    cleared = clearances.clear(Whom(person, programme, wela), until=on + dt.timedelta(days=548), by=BY, at=at)
    Clearance.objects.filter(pk=cleared.pk).update(origin=ORIGIN)
    service = Organisation.objects.get(key=SERVICE)
    for case in Case.objects.filter(programme=programme, code__in=(*READY, NEW)).order_by("code"):
        asking.assign(case=case, counsellor=user, by=BY, at=at)
        if case.code in READY:
            intake.name_service(case=case, service=service, by=BY, at=at)
            intake.declare(case=case, tie=Tie.NONE, by=BY, at=at, user=user)
    grant = Grant(Role.COUNSELLOR, wela.pk, programme.pk)
    himself = Actor(user.pk, WHO, (grant,), second_factor=True, reason="example data")
    risky = Case.objects.get(programme=programme, code=READY[1])
    work.assess_risk(
        case=risky, moment=Risk.Moment.CLOSURE, markers=[Marker.THREAT_TO_KILL], after_id=None, by=himself, at=at
    )
    for made in (Declaration.objects.filter(user=user), Risk.objects.filter(case=risky)):
        made.update(origin=ORIGIN)
