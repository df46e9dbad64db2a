"""Monthly reports of men's groups: one row a group and month, counts only. Empty is "not said", 0 is none."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.columns import GROUP, groups_of
from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme
from samaki.kernel.policy import Action
from samaki.kernel.records import Written
from samaki.kernel.tables import Checked, Column, Setting, Table, TableKind
from samaki.kernel.tables.cells import count
from samaki.kernel.tables.corrections import CORRECTION, in_two_takes
from samaki.kernel.tables.dates import month, past_day
from samaki.strands.counselling.operations import receive_group_months
from samaki.strands.counselling.rules import GroupMonthRow

COLUMNS = (
    GROUP,
    Column("month", "Month", "ខែ", month,
           ("reporting month", "report month", "period", "ខែរបាយការណ៍", "ខែ ឆ្នាំ"),
           required=True, help_en="Such as 2024-03.", help_km="ដូចជា 2024-03។"),
    Column("received_on", "Received on", "ថ្ងៃទទួលរបាយការណ៍", past_day,
           ("date received", "received", "report received", "ថ្ងៃទទួល"), required=True,
           help_en="The day the group’s report was in your hands.", help_km="ថ្ងៃដែលបានទទួលរបាយការណ៍របស់ក្រុម។"),
    Column("sessions_held", "Sessions held", "ចំនួនលើកដែលបានប្រជុំ", count,
           ("sessions", "number of sessions", "meetings held", "ចំនួនវគ្គ")),
    Column("men_counselled", "Men counselled for the first time", "បុរសដែលបានទទួលការផ្តល់ប្រឹក្សាលើកដំបូង", count,
           ("men counselled", "counselled", "new men counselled", "បុរសដែលបានទទួលការផ្តល់ប្រឹក្សា"), width=24,
           help_en="Men whose first session was in this month.", help_km="បុរសដែលលើកទីមួយនៅក្នុងខែនេះ។"),
    Column("men_success", "Of them, judged improved or stopped", "ក្នុងនោះ បានប្រសើរឡើង ឬបានឈប់", count,
           ("success", "improved or stopped", "of whom success", "men success", "ក្នុងនោះ ជោគជ័យ"), width=24),
    Column("men_stopped", "Of those, stopped physical violence", "ក្នុងនោះ បានឈប់អំពើហិង្សាលើរាងកាយ", count,
           ("stopped", "stopped physical violence", "men stopped", "បានឈប់អំពើហិង្សាលើរាងកាយ"), width=24),
    CORRECTION,
)  # fmt: skip


def check(table: Table, setting: Setting) -> Checked:
    groups = groups_of(table, setting, Action.SUBMIT_REPORT)
    column = table.columns
    rows: list[GroupMonthRow] = []
    where: list[int] = []
    seen: dict[tuple[int, object], int] = {}
    for row, (group, first, received_on) in enumerate(zip(groups, column["month"], column["received_on"], strict=True)):
        if group is None or first is None:
            continue
        if (key := (group.pk, first)) in seen:
            table.fault(row, "month", "row_twice", row=table.lines[seen[key]])
        seen.setdefault(key, row)
        if row in table.faulty_rows:
            continue
        rows.append(
            GroupMonthRow(
                group.pk,
                first,  # type: ignore[arg-type]  # read as a month
                received_on,  # type: ignore[arg-type]  # read as a date
                *(column[key][row] for key in ("sessions_held", "men_counselled", "men_success", "men_stopped")),  # type: ignore[arg-type]
            )
        )
        where.append(row)
    return table.without_faults(rows, where)


def save(checked: Checked, setting: Setting) -> Written:
    programme = Programme.objects.get(pk=setting.programme_id)
    organisation = Organisation.objects.get(pk=setting.organisation_id)

    def take(rows: Sequence[object], corrections: bool) -> Written:
        return receive_group_months(
            rows,  # type: ignore[arg-type]  # what `check` made
            programme=programme,
            organisation=organisation,
            by=setting.actor,
            at=setting.at,
            origin=setting.origin,
            corrections=corrections,
        )

    return in_two_takes(checked, setting, take)


GROUP_REPORTS = TableKind(
    "group-reports",
    _("Monthly group reports"),
    Action.SUBMIT_REPORT,
    COLUMNS,
    check,
    save,
    field_columns={
        key: key
        for key in ("group", "month", "received_on", "sessions_held", "men_counselled", "men_success", "men_stopped")
    },
)
