"""Counts of contacts as forms send them, many at once. A count is corrected by its own form and by no other."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.models import Group
from samaki.ground.groups.naming import groups_named
from samaki.ground.organisations.models import Organisation
from samaki.ground.periods.locks import lock_over, locked_periods
from samaki.ground.places.naming import places_named
from samaki.ground.places.rules import folded
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import Act, record_all
from samaki.kernel.database.bulk import among, insert_columns, reserve_ids, rows_among
from samaki.kernel.errors import Conflict, DomainError, Invalid, RowsInvalid
from samaki.kernel.leave import Leave
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope
from samaki.strands.outreach.models import Campaign, OutreachTally
from samaki.strands.outreach.operations import CHANNELS, Series, Span
from samaki.strands.outreach.rules import TallyRow, double_counts, tally_faults

Fault = tuple[int, DomainError]


@dataclass(frozen=True)
class SentCount:
    """What a form says of contacts; `place`, `group` and `campaign` stand as written, "" where nothing is."""

    origin: str
    by: AnyActor
    since: dt.date
    until: dt.date
    contacts: int
    place: str
    channel: str = OutreachTally.Channel.NOT_RECORDED
    group: str = ""
    campaign: str = ""


def take_sent_counts(sent: Sequence[SentCount], *, programme_id: int, organisation_id: int, at: dt.datetime) -> None:
    """Writes the counts, replacing what each origin made before; the same again changes nothing.

    Raises RowsInvalid naming each faulty count: Refused; Invalid of `rules.tally_faults`, place_unknown,
    place_ambiguous, no_such_group, group_ambiguous, no_such_campaign, tally_overlaps; Conflict: already_counted where
    another form, list or page counted the same, period_locked. Call in a transaction.
    """
    if not sent:
        return
    with transaction.atomic():
        programme = Programme.objects.get(pk=programme_id)
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
        before = _of_origins([one.origin for one in sent], programme_id, organisation_id)
        rows = _rows(sent, programme_id, organisation_id)
        leave = Leave(organisation_id=organisation_id, programme_id=programme_id)
        _refuse(_faults(sent, rows, before, leave, on=timezone.localdate(at)))
        told = [row for row in rows if isinstance(row, TallyRow)]
        changing = [index for index, row in enumerate(told) if _row_of(before.get(sent[index].origin)) != row]
        locks = locked_periods(programme)
        held: list[Fault] = []
        for index in changing:
            spans = [(row.since, row.until) for row in (told[index], _row_of(before.get(sent[index].origin))) if row]
            conflicts = (lock_over(locks, *span) for span in spans)
            held += [(index, conflict) for conflict in conflicts if conflict is not None][:1]
        _refuse(iter(held or _counted_already(sent, told, before, programme_id, organisation_id)))
        _write([(sent[index], told[index]) for index in changing], before, programme, organisation)


def counts_of(origins: Sequence[str]) -> Mapping[str, int]:
    """The key of the tally each origin became; one that became nothing is left out. Asks nobody's leave."""
    return {origin: pk for pk, origin in rows_among(OutreachTally, ("id", "origin"), "origin", origins)}


def take_back_sent_counts(origins: Sequence[str], *, programme_id: int, organisation_id: int, by: AnyActor) -> None:
    """Removes what the origins made. Raises Refused, or Conflict("period_locked"), and then has removed nothing."""
    tallies = _of_origins(origins, programme_id, organisation_id).values()
    leave = Leave(organisation_id=organisation_id, programme_id=programme_id)
    locks = locked_periods(Programme.objects.get(pk=programme_id))
    for group_id in {tally.group_id for tally in tallies} or {None}:
        if (refusal := leave.refusal(by, Action.RECORD_TALLY, group_id)) is not None:
            raise refusal
    for tally in tallies:
        if (conflict := lock_over(locks, tally.since, tally.until)) is not None:
            raise conflict
    scope = Scope(organisation_id=organisation_id, programme_id=programme_id)
    with transaction.atomic():
        record_all([_act(by, "take_back_tally", tally.pk, tally.origin, scope) for tally in tallies])
        OutreachTally.objects.filter(pk__in=[tally.pk for tally in tallies]).delete()


def _refuse(faults: Iterator[Fault]) -> None:
    if found := list(faults):
        raise RowsInvalid(found)


def _of_origins(origins: Sequence[str], programme_id: int, organisation_id: int) -> dict[str, OutreachTally]:
    where = {"programme_id": programme_id, "organisation_id": organisation_id}
    keys = [pk for (pk,) in rows_among(OutreachTally, ("id",), "origin", origins, where)]
    return {one.origin: one for one in OutreachTally.objects.filter(among("pk", keys))} if keys else {}


def _row_of(tally: OutreachTally | None) -> TallyRow | None:
    if tally is None:
        return None
    return TallyRow(
        tally.place_id,
        tally.channel,
        tally.since,
        tally.until,
        tally.contacts,
        tally.campaign_id,
        tally.group_id,
    )


def _rows(sent: Sequence[SentCount], programme_id: int, organisation_id: int) -> list[TallyRow | list[DomainError]]:
    """Each count with what it names looked up, or why it cannot be."""
    own = Scope(organisation_id=organisation_id, programme_id=programme_id)
    places = places_named(one.place for one in sent)
    groups = groups_named(
        (one.group for one in sent if one.group), programme_id=programme_id, organisation_id=organisation_id
    )
    campaigns: dict[str, int] = {}
    if any(one.campaign for one in sent):
        for campaign in Campaign.objects.filter(**own):
            campaigns |= {folded(name): campaign.pk for name in (campaign.title_km, campaign.title_en, campaign.key)}
    rows: list[TallyRow | list[DomainError]] = []
    for one in sent:
        place = places[one.place]
        group = groups[one.group] if one.group else None
        campaign_id = campaigns.get(folded(one.campaign)) if one.campaign else None
        faults = [fault for fault in (place, group) if isinstance(fault, DomainError)]
        if one.campaign and campaign_id is None:
            words = _("Your organisation has no campaign named %(name)s.")
            faults.append(Invalid("no_such_campaign", words, field="campaign", name=one.campaign))
        if isinstance(place, int) and not faults:
            group_id = group.pk if isinstance(group, Group) else None
            rows.append(TallyRow(place, one.channel, one.since, one.until, one.contacts, campaign_id, group_id))
        else:
            rows.append(faults)
    return rows


def _faults(
    sent: Sequence[SentCount],
    rows: Sequence[TallyRow | list[DomainError]],
    before: Mapping[str, OutreachTally],
    leave: Leave,
    *,
    on: dt.date,
) -> Iterator[Fault]:
    for index, (one, row) in enumerate(zip(sent, rows, strict=True)):
        if not isinstance(row, TallyRow):
            yield from ((index, fault) for fault in row)
            continue
        stood = before.get(one.origin)
        touched = {row.group_id} | ({stood.group_id} if stood else set())
        refusals = [
            refusal for group_id in touched if (refusal := leave.refusal(one.by, Action.RECORD_TALLY, group_id))
        ]
        for fault in refusals[:1] or tally_faults(row, CHANNELS, on=on):
            yield index, fault


def _counted_already(
    sent: Sequence[SentCount],
    rows: Sequence[TallyRow],
    before: Mapping[str, OutreachTally],
    programme_id: int,
    organisation_id: int,
) -> Iterator[Fault]:
    """Counts that share a day with another of their series: the same contacts would count twice."""
    others: defaultdict[Series, list[Span]] = defaultdict(list)
    own = {tally.pk for tally in before.values()}
    near = OutreachTally.objects.filter(
        among("place_id", {row.place_id for row in rows}),
        programme=programme_id,
        organisation=organisation_id,
        since__lte=max(row.until for row in rows),
        until__gte=min(row.since for row in rows),
    )
    columns = ("pk", "campaign_id", "group_id", "place_id", "channel", "since", "until")
    for pk, campaign_id, group_id, place_id, channel, since, until in near.values_list(*columns):
        if pk not in own:
            others[campaign_id, group_id, place_id, channel].append((since, until))
    # Who counted first keeps it.
    for index in sorted(range(len(sent)), key=lambda index: sent[index].origin not in before):
        row = rows[index]
        spans = others[row.series]
        if (row.since, row.until) in spans:
            words = _(
                "Contacts of this channel, place and time are counted already by another form. "
                "Please correct that one, or take this one back."
            )
            yield index, Conflict("already_counted", words, field="contacts")
        elif (twice := double_counts(row, spans)) is not None:
            yield index, twice
        spans.append((row.since, row.until))


def _write(
    rows: Sequence[tuple[SentCount, TallyRow]],
    before: Mapping[str, OutreachTally],
    programme: Programme,
    organisation: Organisation,
) -> None:
    """What is corrected is taken out and stands again under its key: two counts may change places."""
    if not rows:
        return
    size, now = len(rows), timezone.now()
    known = [before.get(one.origin) for one, _row in rows]
    fresh = iter(reserve_ids(OutreachTally, known.count(None)))
    ids = [tally.pk if tally else next(fresh) for tally in known]
    if again := [tally.pk for tally in known if tally]:
        OutreachTally.objects.filter(among("pk", again)).delete()
    insert_columns(
        OutreachTally,
        {
            "id": ids,
            "programme_id": [programme.pk] * size,
            "organisation_id": [organisation.pk] * size,
            "campaign_id": [row.campaign_id for _one, row in rows],
            "group_id": [row.group_id for _one, row in rows],
            "place_id": [row.place_id for _one, row in rows],
            "channel": [row.channel for _one, row in rows],
            "since": [row.since for _one, row in rows],
            "until": [row.until for _one, row in rows],
            "contacts": [row.contacts for _one, row in rows],
            "is_example": [organisation.is_example] * size,
            "origin": [one.origin for one, _row in rows],
            "revision": [tally.revision + 1 if tally else 1 for tally in known],
            "created_at": [tally.created_at if tally else now for tally in known],
            "updated_at": [now] * size,
        },
    )
    scope = Scope(organisation_id=organisation.pk, programme_id=programme.pk)
    record_all(
        [
            _act(one.by, "correct_tally" if tally else "record_tally", pk, one.origin, scope)
            for (one, _row), tally, pk in zip(rows, known, ids, strict=True)
        ]
    )


def _act(by: AnyActor, action: str, pk: int, origin: str, scope: Scope) -> Act:
    return Act(by, action, ("outreach.outreachtally", pk), **scope, details={"origin": origin})
