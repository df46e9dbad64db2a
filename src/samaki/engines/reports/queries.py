"""A programme's report of a period in one of its formats. It writes nothing; every figure passed the door."""

from __future__ import annotations

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from samaki.engines.reports import workbook
from samaki.engines.reports.content import gather
from samaki.kernel.actors import AnyActor
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
    """In the language in use. Raises Invalid("no_such_format") and what figures raise."""
    if format not in FORMATS:
        raise Invalid("no_such_format", _("A report is written as: %(formats)s."), field="format", formats="html, xlsx")
    report = gather(actor, programme, period)
    if format == "xlsx":
        content = workbook.write(report)
    else:
        page = {"report": report, "language": get_language() or "km"}
        content = render_to_string("reports/period_report.html", page).encode()
    return ReportFile(f"{report.programme.key}-{report.period.key}.{format}", FORMATS[format], content)
