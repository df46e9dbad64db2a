"""Forms of an administrator: a user, and a role with where it is held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import ROLE_LABELS
from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import Role
from samaki.ui.templatetags.words import named

Place = tuple[Organisation, Programme | None]
EVERY = _("every programme")


class GivenRole(forms.Form):
    """A role and where; `given` is what the operations take."""

    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, label) for role, label in ROLE_LABELS.items()])
    place = forms.ChoiceField(label=_("Organisation and programme"))
    group = forms.ChoiceField(
        label=_("Group"), required=False, help_text=_("A group coordinator, and only she, has a group.")
    )

    def __init__(self, data: QueryDict | None, *, places: Sequence[Place], groups: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.places = {f"{one.pk}-{programme.pk if programme else ''}": (one, programme) for one, programme in places}
        choices = [
            (key, f"{named(one)}, {named(programme) if programme else EVERY}")
            for key, (one, programme) in self.places.items()
        ]
        self.fields["place"].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField
        if groups:
            self.fields["group"].choices = [("", _("None")), *groups]  # type: ignore[attr-defined]  # of a ChoiceField
        else:
            del self.fields["group"]

    def given(self) -> dict[str, Any]:
        """Role, organisation, programme and group of a form that is valid."""
        organisation, programme = self.places[self.cleaned_data["place"]]
        group = self.cleaned_data.get("group")
        return {
            "role": Role(self.cleaned_data["role"]),
            "organisation": organisation,
            "programme_id": programme.pk if programme else None,
            "group_id": int(group) if group else None,
        }


class NewUser(GivenRole):
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=[("km", _("Khmer")), ("en", _("English"))])

    field_order = ("username", "language", "role", "place", "group")
