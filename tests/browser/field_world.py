"""What tests of the field pages find on the example site: activities to record, people of them, months that are owed.

Run as a program over the data folder of a running site: python -m tests.browser.field_world
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence


def make() -> None:
    from django.utils import timezone

    from samaki.ground.accounts.models import User
    from samaki.ground.activities.models import Activity, Session
    from samaki.ground.groups.models import Group, Membership
    from samaki.ground.organisations.models import Organisation
    from samaki.ground.people.models import Consent
    from samaki.ground.people.operations import GivenConsent, Identity, NewPerson, add_person
    from samaki.ground.programmes.models import Programme
    from samaki.kernel.actors import System

    today = timezone.localdate()
    programme = Programme.objects.get(key="mpp")
    Programme.objects.filter(pk=programme.pk).update(ends_on=None)
    organisation = Organisation.objects.get(key="wela")
    leader = User.objects.get(username="facilitator")
    place = Group.objects.get(key="mpp-men-040102").place
    circle = Group.objects.create(
        key="circle",
        programme=programme,
        organisation=organisation,
        kind=Group.Kind.LEARNING_GROUP,
        name_km="ក្រុមរៀនសូត្រ",
        name_latin="Learning circle",
        place=place,
        formed_on=today - dt.timedelta(days=90),
    )
    quiet = Group.objects.create(
        key="quiet",
        programme=programme,
        organisation=organisation,
        kind=Group.Kind.NETWORK,
        name_km="បណ្តាញស្ងៀមស្ងាត់",
        name_latin="Quiet network",
        place=place,
        keeps_names=False,
    )
    consent = GivenConsent(Consent.Purpose.TAKE_PART, "1", "km", Consent.How.SPOKEN, today - dt.timedelta(days=60))
    for family, given in (("ទេព", "មុនី"), ("សុខ", "រដ្ឋា"), ("ចាន់", "បុប្ផា")):
        person = add_person(
            NewPerson(Identity(family, given, "", "", ""), gender="woman", birth_year=1990, consents=(consent,)),
            organisation_id=organisation.pk,
            by=System("tests"),
        )
        Membership.objects.create(group=circle, person=person, since=today - dt.timedelta(days=60))
    for key, group, sensitive, title in (
        ("circle-today", circle, False, "វគ្គក្រុមរៀនសូត្រ"),
        ("circle-names", circle, False, "វគ្គដែលកត់ឈ្មោះ"),
        ("quiet-today", quiet, True, "ការជួបជុំស្ងៀមស្ងាត់"),
    ):
        activity = Activity.objects.create(
            key=key,
            programme=programme,
            organisation=organisation,
            group=group,
            kind=Activity.Kind.TRAINING,
            title_km=title,
            title_en=key,
            place=place,
            starts_on=today,
            ends_on=today,
            is_sensitive=sensitive,
            facilitator=leader,
        )
        Session.objects.create(activity=activity, number=1, held_on=today)


def main(arguments: Sequence[str] = ()) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samaki.project.settings")
    import django

    django.setup()
    make()


if __name__ == "__main__":
    main()
