"""Writes of outreach: campaigns, and contacts counted by channel."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.periods.locks import lock_over, locked_periods
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.kernel import policy
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting, keeping_refusals
from samaki.kernel.database.bulk import insert_columns
from samaki.kernel.errors import Conflict, DomainError, Invalid, RowsInvalid
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope, Written, expect_revision
from samaki.strands.outreach.models import Campaign, OutreachTally
from samaki.strands.outreach.rules import TallyRow, double_counts, tally_faults

BATCH = 500
CHANNELS = frozenset(OutreachTally.Channel.values)
Series = tuple[int | None, int | None, int, str]
Span = tuple[dt.date, dt.date]


class Kept(NamedTuple):
    """A stored tally, as far as another count of the same is compared with it."""

    id: int
    contacts: int


Known = dict[Series, dict[Span, Kept]]


def create_campaign(
    *,
    programme: Programme,
    organisation: Organisation,
    key: str,
    title_km: str,
    title_en: str,
    starts_on: dt.date | None,
    ends_on: dt.date | None,
    by: AnyActor,
    at: dt.datetime,
) -> Campaign:
    """Raises Conflict("key_in_use"), Invalid where it ends before it begins."""
    scope = Scope(organisation_id=organisation.pk, programme_id=programme.pk)
    with acting(by, Action.RECORD_ACTIVITY, ("outreach.campaign", key), **scope):
        if starts_on and ends_on and ends_on < starts_on:
            raise Invalid("dates_out_of_order", _("The last day is before the first."), field="ends_on")
        campaign, is_new = Campaign.objects.get_or_create(
            key=key,
            defaults={
                "programme": programme,
                "organisation": organisation,
                "title_km": title_km,
                "title_en": title_en,
                "starts_on": starts_on,
                "ends_on": ends_on,
                "is_example": organisation.is_example,
            },
        )
        if not is_new:
            raise Conflict("key_in_use", _("This key is in use already."), field="key")
        record(by, "create_campaign", campaign, **scope)
    return campaign


def record_tallies(
    rows: Sequence[TallyRow],
    *,
    programme: Programme,
    organisation: Organisation,
    by: AnyActor,
    at: dt.datetime,
    origin: str = "",
    corrections: bool = True,
) -> Written:
    """Takes counts of contacts, all or nothing; the same counts again change nothing.

    Another count for the same channel, place and dates corrects the first, or with `corrections=False` is a faulty row.
    Raises RowsInvalid naming every faulty row, Refused where a group is out of the actor's reach.
    """
    scope = Scope(organisation_id=organisation.pk, programme_id=programme.pk)
    with keeping_refusals(by, Action.RECORD_TALLY, ("outreach.outreachtally", ""), **scope):
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        for group_id in {row.group_id for row in rows}:
            policy.require(by, Action.RECORD_TALLY, **scope, group_id=group_id)
        known = _known(rows, programme, organisation)
        if found := list(_faults(rows, known, programme, organisation, on=timezone.localdate(at))):
            raise RowsInvalid(found)
        fresh, altered = _fresh_and_altered(rows, known)
        if held := list(_held(rows, fresh, altered, programme, corrections)):
            raise RowsInvalid(held)
        _insert(fresh, programme, organisation, origin)
        _correct_all(altered)
        written = Written(len(fresh), len(altered), len(rows) - len(fresh) - len(altered))
        if fresh or altered:
            details = {"created": written.created, "changed": written.changed, "origin": origin}
            record(by, "record_tallies", ("outreach.outreachtally", ""), **scope, details=details)
    return written


def record_tally(
    *, programme: Programme, organisation: Organisation, row: TallyRow, by: AnyActor, at: dt.datetime
) -> OutreachTally:
    """One count. The same again is taken as received; another count for the same raises Conflict("already_counted")."""
    try:
        record_tallies(
            [row], programme=programme, organisation=organisation, by=by, at=at, origin="page", corrections=False
        )
    except RowsInvalid as error:
        raise error.faults[0][1] from None
    return OutreachTally.objects.get(
        programme=programme,
        organisation=organisation,
        campaign=row.campaign_id,
        group=row.group_id,
        place=row.place_id,
        channel=row.channel,
        since=row.since,
        until=row.until,
    )


def correct_tally(
    *, tally: OutreachTally, revision: int, contacts: int, by: AnyActor, at: dt.datetime
) -> OutreachTally:
    """Corrects the number of contacts. Raises Conflict where somebody saved it after `revision`, or its period is
    locked; Invalid for a negative count."""
    scope = Scope(organisation_id=tally.organisation_id, programme_id=tally.programme_id)
    with acting(by, Action.RECORD_TALLY, tally, **scope, group_id=tally.group_id):
        tally = OutreachTally.objects.select_for_update(of=("self",)).select_related("programme").get(pk=tally.pk)
        expect_revision(tally, revision, {"contacts": contacts})
        row = TallyRow(tally.place_id, tally.channel, tally.since, tally.until, contacts)
        for fault in tally_faults(row, CHANNELS, on=timezone.localdate(at)):
            raise fault
        if (conflict := lock_over(locked_periods(tally.programme), tally.since, tally.until)) is not None:
            raise conflict
        before, tally.contacts = tally.contacts, contacts
        tally.revision += 1
        tally.save()
        record(by, "correct_tally", tally, **scope, details={"contacts": [before, contacts]})
    return tally


def _known(rows: Sequence[TallyRow], programme: Programme, organisation: Organisation) -> Known:
    """The organisation's tallies that share a day with any of the rows, by series and span."""
    found: Known = defaultdict(dict)
    if not rows:
        return found
    first, last = min(row.since for row in rows), max(row.until for row in rows)
    near = OutreachTally.objects.filter(
        programme=programme, organisation=organisation, since__lte=last, until__gte=first
    ).values_list("campaign_id", "group_id", "place_id", "channel", "since", "until", "pk", "contacts")
    for campaign_id, group_id, place_id, channel, since, until, pk, contacts in near.iterator(chunk_size=10_000):
        found[campaign_id, group_id, place_id, channel][since, until] = Kept(pk, contacts)
    return found


def _insert(rows: Sequence[TallyRow], programme: Programme, organisation: Organisation, origin: str) -> None:
    """A workbook brings ten thousand at a time, so without the ORM."""
    if not rows:
        return
    size, now = len(rows), timezone.now()
    insert_columns(
        OutreachTally,
        {
            "programme_id": [programme.pk] * size,
            "organisation_id": [organisation.pk] * size,
            "campaign_id": [row.campaign_id for row in rows],
            "group_id": [row.group_id for row in rows],
            "place_id": [row.place_id for row in rows],
            "channel": [row.channel for row in rows],
            "since": [row.since for row in rows],
            "until": [row.until for row in rows],
            "contacts": [row.contacts for row in rows],
            "is_example": [organisation.is_example] * size,
            "origin": [origin] * size,
            "revision": [1] * size,
            "created_at": [now] * size,
            "updated_at": [now] * size,
        },
    )


def _faults(
    rows: Sequence[TallyRow],
    known: Known,
    programme: Programme,
    organisation: Organisation,
    *,
    on: dt.date,
) -> Iterator[tuple[int, DomainError]]:
    own = {"programme": programme, "organisation": organisation}
    groups = {None, *Group.objects.filter(**own).values_list("pk", flat=True)}
    campaigns = {None, *Campaign.objects.filter(**own).values_list("pk", flat=True)}
    places = set(Place.objects.filter(pk__in={row.place_id for row in rows}).values_list("pk", flat=True))
    earlier: dict[Series, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    for index, row in enumerate(rows):
        for fault in tally_faults(row, CHANNELS, on=on):
            yield index, fault
        if row.group_id not in groups:
            yield index, Invalid("not_a_group_here", _("Please choose a group of this programme."), field="group")
        if row.campaign_id not in campaigns:
            yield (
                index,
                Invalid("not_a_campaign_here", _("Please choose a campaign of this programme."), field="campaign"),
            )
        if row.place_id not in places:
            yield index, Invalid("unknown_place", _("Please choose a place of the list."), field="place")
        if (row.since, row.until) in earlier[row.series]:
            yield index, Invalid("tally_twice", _("This count stands twice in the list."), field="contacts")
        elif (twice := double_counts(row, [*known.get(row.series, {}), *earlier[row.series]])) is not None:
            yield index, twice
        earlier[row.series].append((row.since, row.until))


def _fresh_and_altered(rows: Sequence[TallyRow], known: Known) -> tuple[list[TallyRow], list[tuple[int, TallyRow]]]:
    """Rows not counted before, and those counted otherwise with the key of the tally to correct."""
    fresh, altered = [], []
    for row in rows:
        tally = known.get(row.series, {}).get((row.since, row.until))
        if tally is None:
            fresh.append(row)
        elif tally.contacts != row.contacts:
            altered.append((tally.id, row))
    return fresh, altered


def _held(
    rows: Sequence[TallyRow],
    fresh: Sequence[TallyRow],
    altered: Sequence[tuple[int, TallyRow]],
    programme: Programme,
    corrections: bool,
) -> Iterator[tuple[int, DomainError]]:
    """Rows that would change what is locked, or what was counted where corrections are not wanted."""
    locks, again = locked_periods(programme), {row for _tally, row in altered}
    changing = again | set(fresh)
    for index, row in enumerate(rows):
        if row not in changing:
            continue
        if (conflict := lock_over(locks, row.since, row.until)) is not None:
            yield index, conflict
        elif row in again and not corrections:
            yield (
                index,
                Conflict(
                    "already_counted",
                    _("Contacts of this channel, place and time are counted already. Please correct that count."),
                    field="contacts",
                ),
            )


def _correct_all(altered: Sequence[tuple[int, TallyRow]]) -> None:
    now, contacts = timezone.now(), {pk: row.contacts for pk, row in altered}
    tallies = [
        tally
        for start in range(0, len(altered), BATCH)
        for tally in OutreachTally.objects.filter(pk__in=[pk for pk, _row in altered[start : start + BATCH]])
    ]
    for tally in tallies:
        tally.contacts, tally.updated_at = contacts[tally.pk], now
        tally.revision += 1
    OutreachTally.objects.bulk_update(tallies, ["contacts", "revision", "updated_at"], batch_size=BATCH)
