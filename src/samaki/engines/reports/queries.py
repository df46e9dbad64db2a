"""A programme's report of a period in one of its formats: what may be published, whoever asks for it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from samaki.engines.reports import workbook
from samaki.engines.reports.content import Report, gather
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import Invalid

FORMATS = {
    "html": "text/html; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class ReportFile:
    """`name` holds programme and period, never a person."""

    name: str
    content_type: str
    content: bytes


def period_report(actor: AnyActor, programme: str, period: str, format: str) -> ReportFile:
    """In the language in use; who took it is written down. Raises Invalid("no_such_format") and as figures do."""
    if format not in FORMATS:
        raise Invalid("no_such_format", _("A report is written as: %(formats)s."), field="format", formats="html, xlsx")
    report = gather(programme, period)
    _written_down(actor, report, format)
    if format == "xlsx":
        content = workbook.write(report)
    else:
        page = {"report": report, "language": get_language() or "km"}
        content = render_to_string("reports/period_report.html", page).encode()
    return ReportFile(f"{report.programme.key}-{report.period.key}.{format}", FORMATS[format], content)


def _written_down(actor: AnyActor, report: Report, format: str) -> None:
    with transaction.atomic():
        record(
            actor,
            "report.export",
            report.programme,
            programme_id=report.programme.pk,
            details={"period": report.period.key, "format": format},
        )
