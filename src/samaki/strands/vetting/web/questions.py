"""Whoever barred somebody answers whether another organisation's candidate is that person."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from samaki.strands.vetting import operations, queries
from samaki.strands.vetting.rules import Verdict
from samaki.strands.vetting.web.entries import AnotherForm
from samaki.ui.requests import ActorRequest, page, told_in

CAME_TO: dict[Verdict, str | Promise] = {
    Verdict.WAITING: gettext_lazy("Your word is kept. A second decider is awaited."),
    Verdict.WOMAN_WANTED: gettext_lazy("Your word is kept. A woman decides with you."),
    Verdict.APPROVED: gettext_lazy("Two of you say: another person. Your bar does not hold him."),
    Verdict.REJECTED: gettext_lazy("It is written down: the same person. The bar holds him."),
}


@require_http_methods(["GET", "POST"])
def question(request: ActorRequest, question_id: int) -> HttpResponse:
    now = timezone.now()
    asked = queries.question(request.actor, question_id, at=now)
    form = AnotherForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            is_another = form.cleaned_data["answer"] == "another"
            came_to = operations.answer(question=asked.question, is_another=is_another, by=request.actor, at=now)
            messages.success(request, str(CAME_TO[came_to]))
            return redirect("vetting")
    context = {"asked": asked, "form": form}
    return page(request, "vetting/question.html", context, status=422 if form.errors else 200)
