"""`samaki organisation`, `samaki programme` and `samaki group`: what stands before anything is recorded."""

from __future__ import annotations

from argparse import Namespace

from django.utils import timezone

from samaki.engines.fieldforms.built_in import ensure_built_in
from samaki.ground.groups.models import Group
from samaki.ground.groups.operations import create_group
from samaki.ground.organisations.models import Organisation
from samaki.ground.organisations.operations import create_organisation
from samaki.ground.programmes import operations
from samaki.ground.programmes.models import ProgrammePlace, ProgrammeRole
from samaki.interfaces.cli.naming import organisation_named, place_named, programme_named
from samaki.interfaces.cli.outcome import Outcome
from samaki.interfaces.cli.site import acting


def add_organisation(arguments: Namespace) -> int:
    made = create_organisation(
        key=arguments.key,
        name_latin=arguments.name_en,
        name_km=arguments.name_km,
        kind=Organisation.Kind(arguments.kind),
        women_led=arguments.women_led,
        by=acting(arguments),
        at=timezone.now(),
    )
    print(f"{made.key} is an organisation of this site.")
    return Outcome.DONE


def add_programme(arguments: Namespace) -> int:
    by = acting(arguments)
    lead = organisation_named(by, arguments.lead)
    made = operations.create_programme(
        key=arguments.key,
        name_km=arguments.name_km,
        name_en=arguments.name_en,
        lead=lead,
        starts_on=arguments.starts,
        ends_on=arguments.ends,
        fiscal_year_starts_in=arguments.fiscal_month,
        gender_marker=arguments.gender_marker,
        by=by,
        at=timezone.now(),
    )
    ensure_built_in(made, by=by, at=timezone.now())
    print(f"{made.key} is a programme led by {lead.key}.")
    return Outcome.DONE


def give_part(arguments: Namespace) -> int:
    by = acting(arguments)
    role = operations.give_part(
        programme=programme_named(by, arguments.programme),
        organisation=organisation_named(by, arguments.organisation),
        part=ProgrammeRole.Part(arguments.part),
        since=arguments.since,
        by=by,
        at=timezone.now(),
    )
    print(f"{arguments.organisation} is {role.part} in {arguments.programme}.")
    return Outcome.DONE


def add_place(arguments: Namespace) -> int:
    by = acting(arguments)
    programme = programme_named(by, arguments.programme)
    line = operations.add_place(
        programme=programme,
        place=place_named(arguments.place),
        area=ProgrammePlace.Area(arguments.area),
        since=arguments.since,
        by=by,
        at=timezone.now(),
    )
    ensure_built_in(programme, by=by, at=timezone.now())
    print(f"{arguments.programme} works in {line.place.name_latin} ({line.place.code}), area {line.area}.")
    return Outcome.DONE


def add_group(arguments: Namespace) -> int:
    by = acting(arguments)
    programme = programme_named(by, arguments.programme)
    made = create_group(
        key=arguments.key,
        programme=programme,
        organisation=organisation_named(by, arguments.organisation),
        kind=Group.Kind(arguments.kind),
        name_km=arguments.name_km,
        name_latin=arguments.name_en,
        place=place_named(arguments.place) if arguments.place else None,
        formed_on=arguments.formed_on,
        keeps_names=arguments.keeps_names,
        by=by,
        at=timezone.now(),
    )
    ensure_built_in(programme, by=by, at=timezone.now())
    print(f"{made.key} is a group of {arguments.organisation} in {arguments.programme}.")
    return Outcome.DONE
