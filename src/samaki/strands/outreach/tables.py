"""Outreach tallies from a workbook: contacts by commune, channel and time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.columns import GROUP, groups_of
from samaki.ground.organisations.models import Organisation
from samaki.ground.places.columns import PLACE_COLUMNS, places_of
from samaki.ground.programmes.models import Programme
from samaki.kernel.policy import Action
from samaki.kernel.records import Written
from samaki.kernel.tables import Checked, Column, Setting, Table, TableKind, table_kinds
from samaki.kernel.tables.cells import Answer, allowed, choice, count, folded, text
from samaki.kernel.tables.corrections import CORRECTION, in_two_takes
from samaki.kernel.tables.dates import day, month, year
from samaki.kernel.tables.reasons import reason
from samaki.strands.outreach.models import Campaign, OutreachTally
from samaki.strands.outreach.operations import record_tallies
from samaki.strands.outreach.rules import TallyRow

_CHANNEL = OutreachTally.Channel
CHANNELS = (
    Answer(_CHANNEL.CAMPAIGN, "Campaign", "យុទ្ធនាការ"),
    Answer(_CHANNEL.FLIER, "Flier", "ខិត្តប័ណ្ណ", ("leaflet", "fliers", "ប័ណ្ណផ្សព្វផ្សាយ")),
    Answer(_CHANNEL.HOUSE_VISIT, "House visit", "ការចុះសួរសុខទុក្ខតាមផ្ទះ", ("home visit", "house visits", "ចុះតាមផ្ទះ")),
    Answer(_CHANNEL.SOCIAL_MEDIA, "Social media", "បណ្តាញសង្គម", ("facebook", "telegram")),
    Answer(_CHANNEL.MATERIALS, "Materials and tools given", "សម្ភារៈ និងឧបករណ៍ដែលបានផ្តល់", ("materials", "សម្ភារៈ")),
    Answer(_CHANNEL.NOT_RECORDED, "Not recorded", "មិនបានកត់ត្រា", ("unknown", "មិនដឹង")),
)

reason(
    "no_time_given",
    _("It is not said when."),
    _("Please write From and Until, or the month, or the year."),
)
reason(
    "time_given_twice",
    _("The time is given in two ways."),
    _("Please keep either From and Until, or the month, or the year."),
)
reason(
    "campaign_unknown",
    _("Your organisation has no campaign of this name."),
    _("Please check the name of the campaign."),
)

COLUMNS = (
    *PLACE_COLUMNS,
    Column("channel", "Channel", "បណ្តាញ", choice(*CHANNELS),
           ("how", "by", "ប្រភេទ", "មធ្យោបាយ"), allowed=allowed(*CHANNELS), width=24,
           help_en="Leave empty where it was not recorded.", help_km="ទុកទទេ បើមិនបានកត់ត្រា។"),
    Column("since", "From", "ពីថ្ងៃទី", day,
           ("since", "start", "start date", "first day", "from date", "ចាប់ពី", "ថ្ងៃចាប់ផ្តើម")),
    Column("until", "Until", "ដល់ថ្ងៃទី", day,
           ("to", "end", "end date", "last day", "to date", "ដល់", "ថ្ងៃបញ្ចប់")),
    Column("month", "Month", "ខែ", month, ("reporting month", "ខែរបាយការណ៍"),
           help_en="Instead of From and Until, such as 2024-03.", help_km="ជំនួសពីថ្ងៃ ដល់ថ្ងៃ ដូចជា 2024-03។"),
    Column("year", "Year", "ឆ្នាំ", year, help_en="Instead of From and Until.", help_km="ជំនួសពីថ្ងៃ ដល់ថ្ងៃ។"),
    Column("contacts", "Contacts (times reached, not persons)", "ចំនួនដងដែលបានជួប", count,
           ("contacts", "number of contacts", "times reached", "ចំនួនដង"), required=True,
           help_en="Times people were reached; 0 where nobody was.", help_km="ចំនួនដងដែលបានជួប។ 0 បើមិនបានជួប។", width=22),
    Column("campaign", "Campaign", "យុទ្ធនាការ", text(200), ("campaign name", "ឈ្មោះយុទ្ធនាការ", "campaign key")),
    Column("group", GROUP.label_en, GROUP.label_km, GROUP.parser, GROUP.names, width=GROUP.width),
    CORRECTION,
)  # fmt: skip


def check(table: Table, setting: Setting) -> Checked:
    places = places_of(table)
    groups = groups_of(table, setting, Action.RECORD_TALLY)
    campaigns = _campaigns_of(table, setting)
    spans = _spans_of(table)
    channels = table.columns["channel"]
    contacts = table.columns["contacts"]
    faulty = table.faulty_rows
    rows: list[TallyRow] = []
    where: list[int] = []
    for row, place_id in enumerate(places):
        span = spans[row]
        if row in faulty or place_id is None or span is None:
            continue
        group = groups[row]
        rows.append(
            TallyRow(
                place_id,
                str(channels[row] or _CHANNEL.NOT_RECORDED.value),
                span[0],
                span[1],
                contacts[row],  # type: ignore[arg-type]  # read by `count`, and a missing one is a fault
                campaigns[row],
                group.pk if group else None,
            )
        )
        where.append(row)
    _note_twice(table, rows, where)
    return table.without_faults(rows, where)


def _note_twice(table: Table, rows: Sequence[TallyRow], where: Sequence[int]) -> None:
    seen: dict[tuple[object, ...], int] = {}
    for tally, row in zip(rows, where, strict=True):
        key = (*tally.series, tally.since, tally.until)
        if key in seen:
            table.fault(row, "contacts", "row_twice", row=table.lines[seen[key]])
        else:
            seen[key] = row


def _spans_of(table: Table) -> list[tuple[dt.date, dt.date] | None]:
    """The first and last day of each row; None where a fault is noted."""
    found: list[tuple[dt.date, dt.date] | None] = []
    columns = (table.columns[key] for key in ("since", "until", "month", "year"))
    for row, (since, until, first, number) in enumerate(zip(*columns, strict=True)):
        span = None
        given = (since is not None or until is not None) + (first is not None) + (number is not None)
        if given == 1:
            span = _span(since, until, first, number)
            if span is None and row not in table.faulty_rows:
                table.fault(row, "until" if until is None else "since", "value_missing")
        elif isinstance(first, dt.date) and number == first.year and since is until is None:
            span = _span(None, None, first, None)  # the year says again what the month says
        elif given > 1:
            table.fault(row, "since", "time_given_twice")
        elif row not in table.faulty_rows:
            table.fault(row, "since", "no_time_given")
        found.append(span)
    return found


def _span(since: object, until: object, first: object, number: object) -> tuple[dt.date, dt.date] | None:
    if isinstance(since, dt.date) and isinstance(until, dt.date):
        return since, until
    if isinstance(first, dt.date):
        after = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
        return first, after - dt.timedelta(days=1)
    if isinstance(number, int):
        return dt.date(number, 1, 1), dt.date(number, 12, 31)
    return None


def _campaigns_of(table: Table, setting: Setting) -> list[int | None]:
    column = table.columns["campaign"]
    if not any(column):
        return [None] * len(table)
    known: dict[str, int] = {}
    for campaign in Campaign.objects.filter(programme=setting.programme_id, organisation=setting.organisation_id):
        known |= {folded(name): campaign.pk for name in (campaign.key, campaign.title_km, campaign.title_en)}
    found = [known.get(folded(str(written))) if written else None for written in column]
    for row, (written, campaign_id) in enumerate(zip(column, found, strict=True)):
        if written and campaign_id is None:
            table.fault(row, "campaign", "campaign_unknown")
    return found


def save(checked: Checked, setting: Setting) -> Written:
    programme = Programme.objects.get(pk=setting.programme_id)
    organisation = Organisation.objects.get(pk=setting.organisation_id)

    def take(rows: Sequence[object], corrections: bool) -> Written:
        return record_tallies(
            rows,  # type: ignore[arg-type]  # what `check` made
            programme=programme,
            organisation=organisation,
            by=setting.actor,
            at=setting.at,
            origin=setting.origin,
            corrections=corrections,
        )

    return in_two_takes(checked, setting, take)


table_kinds.register(
    TableKind(
        "tallies",
        _("Outreach tallies"),
        Action.RECORD_TALLY,
        COLUMNS,
        check,
        save,
        field_columns={"channel": "channel", "since": "since", "until": "until", "contacts": "contacts"},
    )
)
