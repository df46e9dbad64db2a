"""Her agreement to be counted once across organisations, recorded and taken back by her own organisation."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from samaki.ground.people import operations
from samaki.ground.people.across import queries
from samaki.ground.people.models import Consent
from samaki.interfaces.web.requests import ActorRequest
from samaki.kernel.errors import DomainError

TEXT_VERSION = "2026-11"  # of the words below; new words are a new version
TEXT = gettext_lazy(
    "I may be counted once if I take part at several organisations. A steward says whether two entries are the same "
    "person and sees no name, phone number, birth year or village of mine. No other organisation learns that I am "
    "here. I can take this back at any time."
)


class Agreed(forms.Form):
    how = forms.ChoiceField(label=gettext_lazy("How she agreed"), choices=Consent.How.choices)
    given_by = forms.ChoiceField(label=gettext_lazy("Who agreed"), choices=Consent.GivenBy.choices)
    given_on = forms.DateField(
        label=gettext_lazy("On which day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


@require_POST
def agree(request: ActorRequest, person_id: int) -> HttpResponse:
    form = Agreed(request.POST)
    if not form.is_valid() or form.cleaned_data["given_on"] > timezone.localdate():
        messages.warning(request, _("Please say how she agreed and on which day, today or before."))
        return redirect("person", person_id)
    given = operations.GivenConsent(
        purpose=Consent.Purpose.BE_COUNTED_ACROSS,
        text_version=TEXT_VERSION,
        language=get_language() or "km",
        how=Consent.How(form.cleaned_data["how"]),
        given_on=form.cleaned_data["given_on"],
        given_by=Consent.GivenBy(form.cleaned_data["given_by"]),
    )
    try:
        operations.give_consent(person_id, given, by=request.actor)
        messages.success(request, _("Her agreement is recorded. The next comparison includes her."))
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.warning(request, error.message)
    return redirect("person", person_id)


@require_POST
def end(request: ActorRequest, person_id: int) -> HttpResponse:
    """All that stand: she is compared no more, and no link of hers is left."""
    for consent in queries.standing_consents(request.actor, person_id):
        operations.withdraw_consent(consent.pk, on=timezone.localdate(), by=request.actor)
    messages.success(request, _("Taken back. She is no longer counted across organisations."))
    return redirect("person", person_id)
