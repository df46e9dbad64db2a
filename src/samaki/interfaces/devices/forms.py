"""The form of a new phone."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.devices import LONGEST_LABEL, may_send
from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import Actor
from samaki.ui.templatetags.words import named

Where = tuple[Programme, Organisation]


class PhoneForm(forms.Form):
    where = forms.ChoiceField(label=_("Programme and organisation"))
    label = forms.CharField(
        label=_("Which phone is it?"),
        help_text=_("Such as “the old Samsung”, so that you know later which one to close."),
        max_length=LONGEST_LABEL,
        required=False,
    )

    def __init__(self, *args: object, places: Sequence[Where], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passes on what it was given
        self.places = {f"{one.pk}-{other.pk}": (one, other) for one, other in places}
        choices = [(key, f"{named(one)} – {named(other)}") for key, (one, other) in self.places.items()]
        field = self.fields["where"]
        assert isinstance(field, forms.ChoiceField)
        if len(choices) == 1:
            field.widget, field.initial = forms.HiddenInput(), choices[0][0]
        field.choices = choices if len(choices) == 1 else [("", _("Please choose")), *choices]

    def chosen(self) -> Where:
        return self.places[self.cleaned_data["where"]]


def places_to_send(actor: Actor) -> list[Where]:
    """Where she records something, be it for one group alone, by programme."""
    organisations = Organisation.objects.in_bulk({grant.organisation_id for grant in actor.grants})
    programmes = Programme.objects.filter(roles__organisation__in=organisations).distinct().order_by("key")
    parts = set(programmes.values_list("pk", "roles__organisation_id"))
    return [
        (programme, organisation)
        for programme in programmes
        for organisation in organisations.values()
        if (programme.pk, organisation.pk) in parts
        and may_send(actor, organisation_id=organisation.pk, programme_id=programme.pk)
    ]
