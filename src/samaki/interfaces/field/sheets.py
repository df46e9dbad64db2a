"""The sign-in sheet: made and printed for a session, then keyed by ticking the same rows on the screen."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samaki.ground.activities import queries
from samaki.ground.activities import sheets as ground
from samaki.ground.activities.models import SignInSheet
from samaki.ground.people.models import Gender
from samaki.interfaces.field.paper import Paper, PaperRow, pdf
from samaki.interfaces.web.requests import ActorRequest, page, told_in
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import NotFound
from samaki.ui import words
from samaki.ui.entries import CountField
from samaki.ui.templatetags.words import named

BLANK_ROWS = 10


class Blank(forms.Form):
    """How many rows to leave for people who are not on the list yet."""

    blank_rows = CountField(label=gettext_lazy("Blank rows"), required=False)


class Keying(forms.Form):
    """People in blank rows, by gender; the ticks are read by number of the person."""

    def __init__(self, *arguments: object, **keywords: object) -> None:
        super().__init__(*arguments, **keywords)  # type: ignore[arg-type]  # those of a form
        for value, label in Gender.choices:
            self.fields[value] = CountField(label=label, required=False)


@require_POST
def make(request: ActorRequest, activity_key: str, number: int) -> HttpResponse:
    activity = queries.activity(request.actor, activity_key)
    session = activity.sessions.filter(number=number).first()
    if session is None:
        raise NotFound("no_such_session", _("There is no such session."))
    session.activity = activity
    form = Blank(request.POST)
    asked = form.cleaned_data.get("blank_rows") if form.is_valid() else None
    made = ground.make_sheet(
        session=session, blank_rows=BLANK_ROWS if asked is None else asked, by=request.actor, at=timezone.now()
    )
    return redirect("sheet", made.token)


@require_http_methods(["GET", "POST"])
def sheet(request: ActorRequest, token: str) -> HttpResponse:
    """The twin of the paper: the same rows in the same order. Its facilitator sees names, others the number of each."""
    found = ground.sheet(request.actor, token)
    ticked, unnamed = ground.keyed(request.actor, found)
    form = Keying(request.POST if request.method == "POST" else None, initial=unnamed)
    if request.method == "POST" and form.is_valid():
        ticked = frozenset(int(one) for one in request.POST.getlist("person") if one.isdecimal())
        with told_in(form):
            ground.key_sheet(
                sheet=found,
                present=ticked,
                unnamed={gender: count for gender, count in form.cleaned_data.items() if count},
                by=request.actor,
                at=timezone.now(),
            )
        if not form.errors:
            messages.success(request, _("Attendance is recorded."))
            return redirect("activity", found.session.activity.key)
    leads = queries.facilitates(request.actor, found.session.activity)
    names = ground.names_on(request.actor, found, to="screen") if leads else {}
    language = get_language() or "km"
    rows = [
        (row, names[row.person_id].name(language) if row.person_id in names else "", row.person_id in ticked)
        for row in ground.rows_of(request.actor, found)
    ]
    context = {"sheet": found, "activity": found.session.activity, "rows": rows, "form": form, "leads": leads}
    return page(request, "field/sheet.html", context, status=422 if form.errors else 200)


@require_GET
def paper(request: ActorRequest, token: str) -> HttpResponse:
    found = ground.sheet(request.actor, token)
    address = request.build_absolute_uri(reverse("sheet", args=[found.token]))
    answer = HttpResponse(pdf(paper_of(request.actor, found, address)), content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="sheet.pdf"'  # no name of anybody in a file's name
    return answer


def paper_of(actor: AnyActor, found: SignInSheet, address: str) -> Paper:
    """What stands on the paper, with names: each time it is made they are opened in the audit trail."""
    session, activity = found.session, found.session.activity
    names = ground.names_on(actor, found, to="paper")
    language = get_language() or "km"
    about = [words.day(session.held_on, long=True), named(activity.place) if activity.place else ""]
    return Paper(
        title=named(activity),
        about=[line for line in about if line],
        headings=[_("No. (of a row)"), _("Name"), _("Gender"), _("Signature or thumbprint")],
        rows=[
            PaperRow(str(row.number), names[row.person_id].name(language) if row.person_id in names else "")
            for row in ground.rows_of(actor, found)
        ],
        footer=_("Sign-in sheet. Keep it locked; key it in, then store or destroy it."),
        address=address,
        lang=language,
    )
