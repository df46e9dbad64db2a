"""Assessed, certified, the certificate on paper, withdrawn; and the public page that a certificate's code opens."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from samaki.kernel.errors import Conflict, NotFound
from samaki.kernel.policy import Action, may
from samaki.strands.learning.models import Assessment, Certification, Series
from samaki.strands.learning.operations.certification import assess, certify, withdraw_certificates
from samaki.strands.learning.queries import certificates as queries
from samaki.strands.learning.queries import series as series_queries
from samaki.strands.learning.rules.practice import as_code
from samaki.strands.learning.web.certificate_paper import Certificate, pdf
from samaki.strands.learning.web.entries import Certify, Judged, Withdraw
from samaki.ui import words
from samaki.ui.requests import ActorRequest, page, told_in
from samaki.ui.templatetags.words import named

LANGUAGES = ("km", "en")


@require_http_methods(["GET", "POST"])
def judge(request: ActorRequest, key: str, person_id: int) -> HttpResponse:
    """One person at the end of a series: assessed, then certified."""
    series = series_queries.series(request.actor, key)
    told = series_queries.attended_by(request.actor, series, [person_id]).get(person_id)
    if told is None:
        raise NotFound("not_found", _("This is not in your list."))
    now, last = timezone.now(), series_queries.last_session_on(series)
    asked = request.POST if request.method == "POST" else None
    judged = Judged(asked if asked and "result" in asked else None, initial={"assessed_on": series.ends_on or last})
    certified = Certify(
        asked if asked and "certify" in asked else None, initial={"certified_on": timezone.localdate(now)}
    )
    if judged.is_bound and judged.is_valid():
        given = judged.cleaned_data
        with told_in(judged):
            assess(
                series=series,
                person_id=person_id,
                result=Assessment.Result(given["result"]),
                assessed_on=given["assessed_on"],
                by=request.actor,
                at=now,
            )
            messages.success(request, _("The assessment is written down."))
            return redirect("series_person", key, person_id)
    if certified.is_bound and certified.is_valid():
        with told_in(certified):
            on = certified.cleaned_data["certified_on"]
            made = certify(series=series, person_id=person_id, certified_on=on, by=request.actor, at=now)
            messages.success(request, _("The certificate is given."))
            return redirect("certificate", made.pk)
    context = {
        "series": series,
        "told": told,
        "assessment": series_queries.latest_assessments(series).get(person_id),
        "certificate": series_queries.certificate_in(request.actor, series, person_id),
        "judged": judged,
        "certified": certified,
        "certifies": may(request.actor, Action.CERTIFY, **series_queries.scope_of(series)),
    }
    wrong = judged.errors or certified.errors
    return page(request, "learning/series_person.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "POST"])
def certificate(request: ActorRequest, certification_id: int) -> HttpResponse:
    """How it stands; by POST it is withdrawn."""
    found = queries.certification(request.actor, certification_id)
    today = timezone.localdate()
    form = Withdraw(request.POST if request.method == "POST" else None, initial={"on": today})
    if request.method == "POST" and form.is_valid():
        given = request.POST.get("revision", "")
        with told_in(form):
            withdraw_certificates(
                certification=found,
                revision=int(given) if given.isdecimal() and len(given) < 10 else 0,
                on=form.cleaned_data["on"],
                because=form.cleaned_data["because"],
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, _("The certificate is withdrawn."))
            return redirect("certificate", found.pk)
    context = {
        "certificate": found,
        "stand": queries.stand_of(request.actor, found, on=today),
        "person_id": found.person.merged_into_id or found.person_id,
        "form": form,
        "certifies": may(request.actor, Action.CERTIFY, **series_queries.scope_of(found)),
        "address": _address(request, found),
    }
    return page(request, "learning/certificate.html", context, status=422 if form.errors else 200)


@require_GET
def paper(request: ActorRequest, certification_id: int, language: str) -> HttpResponse:
    """The certificate as a PDF; the name is opened for it, and that is written down."""
    found = queries.certification(request.actor, certification_id)
    if language not in LANGUAGES:
        raise NotFound("no_such_certificate", _("There is no such certificate."))
    if queries.stand_of(request.actor, found, on=timezone.localdate()).standing == "withdrawn":
        raise Conflict("already_withdrawn", _("This certificate was withdrawn already."))
    identity = queries.holder(request.actor, found)
    with translation.override(language):
        series = found.series
        content = pdf(
            Certificate(
                language=language,
                name=identity.name(language),
                title=named(series) if series else "",
                curriculum=named(series.version.curriculum) if series and series.version else "",
                held=words.days(series.starts_on, series.ends_on) if series else "",
                certified_on=words.day(found.certified_on, long=True),
                organisation=named(found.organisation),
                renewed=found.kind == Certification.Kind.RENEWED,
                code=found.code,
                address=_address(request, found),
            )
        )
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="certificate.pdf"'  # no name of anybody in a file's name
    return answer


@login_not_required
@require_GET
def check(request: ActorRequest) -> HttpResponse:
    """Where a code copied from paper is typed; it leads to the page of the code."""
    code = as_code(request.GET.get("code", "")[:100])
    if code:
        return redirect("public_certificate", code)
    return page(request, "learning/public_certificate.html", {"shown": None, "asked": False})


@login_not_required
@require_GET
def public(request: ActorRequest, code: str) -> HttpResponse:
    """For anybody who holds the paper: whether it stands. The same words and work for every code that is none."""
    shown = queries.shown_by_code(request.actor, as_code(code), on=timezone.localdate())
    kind = Series.Kind(shown.kind).label if shown else ""
    context = {"shown": shown, "kind": kind, "asked": True}
    answer = page(request, "learning/public_certificate.html", context, status=200 if shown else 404)
    answer.headers["Cache-Control"] = "no-store"
    # The address is the code. "no-referrer" would send the choice of language with no origin, and it would be refused.
    answer.headers["Referrer-Policy"] = "strict-origin"
    return answer


def _address(request: ActorRequest, found: Certification) -> str:
    return request.build_absolute_uri(reverse("public_certificate", args=[found.code]))
