"""The programme a list is narrowed to, among those the actor sees into."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from samaki.ground.programmes.models import Programme
from samaki.ground.programmes.queries import programmes_for
from samaki.interfaces.web.requests import ActorRequest
from samaki.kernel.policy import Action
from samaki.ui.templatetags.words import named


class ByProgramme(forms.Form):
    programme = forms.ChoiceField(label=_("Programme"), required=False)

    def __init__(self, data: QueryDict | None, programmes: list[Programme]) -> None:
        super().__init__(data)
        choices = [("", _("All")), *((one.key, named(one)) for one in programmes)]
        self.fields["programme"].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField


def chosen_programme(request: ActorRequest) -> tuple[Programme | None, ByProgramme]:
    """The programme named in the address, None for all or for one the actor sees nothing of; and the form to choose."""
    within = list(programmes_for(request.actor, Action.SEE_PROGRAMME))
    form = ByProgramme(request.GET or None, within)
    key = request.GET.get("programme", "")
    return next((one for one in within if one.key == key), None), form
