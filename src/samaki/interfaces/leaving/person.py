"""A person's consents, one by one, and her leaving altogether: said plainly before it is done, undone until her day."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from samaki.ground.people import operations, queries, rules
from samaki.ground.people.models import Consent
from samaki.interfaces.web.requests import ActorRequest, page
from samaki.kernel.errors import DomainError

_Purpose = Consent.Purpose
WITHOUT: Mapping[str, Promise] = {
    _Purpose.TAKE_PART: gettext_lazy("She is named at no activity from then on; where she comes, she is counted."),
    _Purpose.BE_CONTACTED: gettext_lazy("She may not be called or written to any more."),
    _Purpose.BE_COUNTED_ACROSS: gettext_lazy("She is compared with nobody any more, and no link of hers is left."),
    _Purpose.STORY: gettext_lazy("No story of hers may be shown any more."),
    _Purpose.PHOTO: gettext_lazy("No picture of her may be shown any more."),
    _Purpose.PUBLIC_ROLE: gettext_lazy("Her name may not stand beside a public role any more."),
}


class Leave(forms.Form):
    asked = forms.BooleanField(label=gettext_lazy("She asked for this herself, or her guardian did"))


@require_GET
def leaving(request: ActorRequest, person_id: int) -> HttpResponse:
    return _page(request, person_id, Leave())


@require_POST
def step(request: ActorRequest, person_id: int, step: str) -> HttpResponse:
    try:
        if step == "stay":
            operations.stay(person_id, by=request.actor)
            messages.success(request, _("She stays. Her consents stand as before."))
            return redirect("leaving", person_id)
        form = Leave(request.POST)
        if not form.is_valid():
            return _page(request, person_id, form, status=422)
        operations.ask_to_leave(person_id, by=request.actor)
        messages.success(request, _("It is noted that she leaves. Until the day below she may think again."))
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.warning(request, error.message)
    return redirect("leaving", person_id)


@require_POST
def end_consent(request: ActorRequest, person_id: int, consent_id: int) -> HttpResponse:
    found = queries.leaving(request.actor, person_id)
    if consent_id in {consent.id for consent in found.consents}:
        try:
            operations.withdraw_consent(consent_id, on=timezone.localdate(), by=request.actor)
            messages.success(request, _("This consent is taken back from today."))
        except DomainError as error:
            if error.status in {403, 404}:
                raise
            messages.warning(request, error.message)
    return redirect("leaving", person_id)


def _page(request: ActorRequest, person_id: int, form: Leave, *, status: int = 200) -> HttpResponse:
    found, today = queries.leaving(request.actor, person_id), timezone.localdate()
    context = {
        "found": found,
        "consents": [
            (one, _Purpose(one.purpose).label, Consent.How(one.how).label, WITHOUT[one.purpose])
            for one in found.consents
        ],
        "form": form,
        "erase_on": rules.erase_on(today),
        "gone_by": rules.gone_by(today),
    }
    return page(request, "leaving/person.html", context, status=status)
