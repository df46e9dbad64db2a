"""`samaki match`: who may be entered twice, in one organisation or across those of a programme."""

from __future__ import annotations

from argparse import Namespace

from samaki.ground.people.across import operations as across
from samaki.ground.people.models import Person
from samaki.ground.people.operations import match_with_splink, propose_matches
from samaki.interfaces.cli.naming import organisation_named, programme_named
from samaki.interfaces.cli.outcome import Outcome
from samaki.interfaces.cli.site import acting


def match(arguments: Namespace) -> int:
    by = acting(arguments)
    if arguments.across:
        new = across.compare(programme_named(by, arguments.where).pk, by=by)
    else:
        organisation = organisation_named(by, arguments.where)
        if arguments.using == "splink":
            new = match_with_splink(organisation.pk, by=by, train=arguments.train)
        else:
            people = Person.objects.filter(organisation=organisation, withdrawn_at__isnull=True)
            new = propose_matches(organisation.pk, people.values_list("pk", flat=True), by=by)
    print(f"{new:,} pairs proposed that were not before.")
    return Outcome.DONE
