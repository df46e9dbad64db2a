"""Pages of import: translate in, one operation, translate out."""

from __future__ import annotations

import io

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samaki.interfaces.imports import queries, reads, runs
from samaki.interfaces.imports.access import kind_named, kinds_for, places_to_take
from samaki.interfaces.imports.examples import example_workbook
from samaki.interfaces.imports.mending import wrong_rows
from samaki.interfaces.imports.models import ImportRun
from samaki.interfaces.imports.remembered import is_of_cases
from samaki.interfaces.imports.web.forms import ColumnsForm, ReasonForm, UploadForm
from samaki.interfaces.web.requests import ActorRequest, page, told_in
from samaki.interfaces.web.uploads import kept_in_memory
from samaki.kernel.policy import refusal
from samaki.kernel.tables import table_kinds
from samaki.kernel.tables.content import MOST_BYTES, Unusable, as_invalid
from samaki.ui.tables import Column, Entry, Table

RUNS_SHOWN = 20
FAULTS_SHOWN = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_GET
def imports(request: ActorRequest) -> HttpResponse:
    """What can be imported, and the runs so far."""
    kinds = kinds_for(request.actor)
    if not kinds:
        raise refusal(request.actor, next(iter(table_kinds)).action)
    after = request.GET.get("after", "")
    found = queries.runs(request.actor)
    total = found.count()
    if after.isascii() and after.isdigit():
        found = found.filter(pk__lt=int(after))
    listed = list(found[: RUNS_SHOWN + 1])
    more = listed[RUNS_SHOWN - 1].pk if len(listed) > RUNS_SHOWN else None
    shown = [(one, kind_named(one.kind)) for one in listed[:RUNS_SHOWN]]
    return page(request, "imports/imports.html", {"kinds": kinds, "runs": shown, "next_after": more, "total": total})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@kept_in_memory(MOST_BYTES)
def send(request: ActorRequest, kind: str) -> HttpResponse:
    """Send a file: it is checked, not saved."""
    table_kind = kind_named(kind)
    places = places_to_take(request.actor, table_kind)
    if not places:
        raise refusal(request.actor, table_kind.action)
    form = UploadForm(request.POST or None, request.FILES or None, places=places)
    if request.method == "POST" and form.is_valid():
        programme, organisation = form.cleaned_data["where"].split("/")
        file = form.cleaned_data["file"]
        with told_in(form):
            taken = runs.receive(
                kind,
                file.read(),
                name=file.name,
                by=request.actor,
                at=timezone.now(),
                programme=programme,
                organisation=organisation,
            )
            return redirect("import_run", taken.pk)
    context = {"form": form, "kind": table_kind}
    return page(request, "imports/send.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def import_run(request: ActorRequest, run_id: int) -> HttpResponse:
    """Where a run stands: under way, what is to mend, what it would do, what it did."""
    taken = runs.note_interrupted(queries.import_run(request.actor, run_id), now=timezone.now())
    context = {
        "run": taken,
        "kind": kind_named(taken.kind),
        "under_way": taken.state in queries.UNDER_WAY,
        "can_discard": taken.state in runs.CAN_DISCARD,
        "whole_file": [],
    }
    if taken.state in (ImportRun.State.FAULTY, ImportRun.State.CHECKED):
        told = reads.faults_seen(taken, by=request.actor)
        context |= {
            "whole_file": [fault for fault in told if fault.row is None],
            "faults": _faults_table([fault for fault in told if fault.row is not None][:FAULTS_SHOWN]),
            "shown": min(len(told), FAULTS_SHOWN),
            "withheld": not reads.shows_rows(taken, request.actor),
        }
    return page(request, "imports/run.html", context, fragment="imports/run_state.html")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: ActorRequest, run_id: int) -> HttpResponse:
    """What the file's headings mean; remembered for the organisation's next file."""
    taken = queries.import_run(request.actor, run_id)
    kind = kind_named(taken.kind)
    try:
        seen = reads.headings_seen(taken, by=request.actor)
    except Unusable as unusable:
        raise as_invalid(unusable) from None
    form = ColumnsForm(
        request.POST or None, kind=kind, seen=seen, day_first=taken.day_first, corrections=taken.corrections
    )
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            runs.answer(
                taken,
                headings=form.chosen(),
                day_first=form.day_first(),
                corrections=bool(form.cleaned_data.get("corrections")),
                by=request.actor,
                at=timezone.now(),
            )
            return redirect("import_run", taken.pk)
    context = {"form": form, "run": taken, "kind": kind, "no_headings": "" if seen else runs.NO_HEADING_ROW}
    return page(request, "imports/columns.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def step(request: ActorRequest, run_id: int, step: str) -> HttpResponse:
    """Save, check again, or discard."""
    taken = queries.import_run(request.actor, run_id)
    deed = {"save": runs.confirm, "again": runs.again, "discard": runs.discard}[step]
    deed(taken, by=request.actor, at=timezone.now())
    return redirect("import_run", taken.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mend(request: ActorRequest, run_id: int) -> HttpResponse:
    """The wrong rows and beside them the right ones, to mend and send again whole. Cases ask why first."""
    taken = queries.import_run(request.actor, run_id)
    kind = kind_named(taken.kind)
    form = ReasonForm(request.POST or None)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    if is_of_cases(kind) and not reason:
        context = {"form": form, "run": taken, "kind": kind}
        return page(request, "imports/reason.html", context, status=422 if form.errors else 200)
    target = io.BytesIO()
    try:
        content, table = reads.checked_table(taken, by=request.actor, at=timezone.now(), reason=reason)
        wrong_rows(content, table, kind, target)
    except Unusable as unusable:
        raise as_invalid(unusable) from None
    return _workbook(target, f"{taken.kind}-{taken.pk}-wrong-rows.xlsx")


@login_required
@require_GET
def example(request: ActorRequest, kind: str) -> HttpResponse:
    """A workbook to start from; it holds invented rows only, so whoever signed in may have it."""
    target = io.BytesIO()
    example_workbook(kind_named(kind).key, target)
    return _workbook(target, f"{kind}.xlsx")


def _workbook(target: io.BytesIO, name: str) -> HttpResponse:
    response = HttpResponse(target.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _faults_table(faults: list[queries.Told]) -> Table:
    sheets = {fault.sheet for fault in faults}
    head = [Column(_("Row"), numeric=True), Column(_("Column")), Column(_("Value")), Column(_("What to mend"))]
    rows = []
    for fault in faults:
        row = [
            Entry(str(fault.row)),
            Entry(f"{fault.letter} {fault.heading}".strip()),
            Entry(fault.value),
            Entry(f"{fault.what} {fault.remedy}".strip()),
        ]
        rows.append([*row[:1], Entry(fault.sheet), *row[1:]] if len(sheets) > 1 else row)
    if len(sheets) > 1:
        head.insert(1, Column(_("Sheet")))
    return Table(_("Rows to mend"), head, rows)
