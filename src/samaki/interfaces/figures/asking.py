"""From the address of a page to a question, and back; what the address says wrongly is told at its field."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from samaki.engines.reports import labels
from samaki.engines.results.frameworks import Described
from samaki.ground.organisations.models import Organisation
from samaki.kernel.figures import FigureQuery, Source
from samaki.kernel.measures import TIMES
from samaki.ui.entries import DayField
from samaki.ui.templatetags.words import named

NONE = ("", _("None"))
ONLY = "only_"
AT_MOST = 3  # dimensions of one cell


class Question(forms.Form):
    """Period, place, breakdowns and date of state; every one may be left out."""

    period = forms.CharField(
        label=_("Period"),
        required=False,
        max_length=10,
        help_text=_("A year (2008), a quarter (2008-Q1) or a month (2008-03)"),
    )
    by_1 = forms.ChoiceField(label=_("Broken down by"), required=False)
    by_2 = forms.ChoiceField(label=_("and by"), required=False)
    by_3 = forms.ChoiceField(label=_("and by"), required=False)
    place = forms.CharField(label=_("Place (name or code)"), required=False, max_length=120)
    organisation = forms.ChoiceField(label=_("Organisation"), required=False)
    as_of = DayField(label=_("As of"), required=False)
    source = forms.ChoiceField(
        label=_("Locked periods"),
        required=False,
        choices=[("", _("As published")), (Source.CURRENT.value, _("As of now"))],
    )

    def __init__(
        self, data: Mapping[str, object] | None, definition: Described, organisations: list[Organisation]
    ) -> None:
        super().__init__(data)
        keys = (*definition.dimensions, *TIMES)
        choices = [(key, labels.dimension(key, definition.measure)) for key in keys]
        for name in ("by_1", "by_2", "by_3"):
            self.fields[name].choices = [NONE, *choices]  # type: ignore[attr-defined]  # of a ChoiceField
        if organisations:
            offered = [("", _("All")), *((one.key, named(one)) for one in organisations)]
            self.fields["organisation"].choices = offered  # type: ignore[attr-defined]  # of a ChoiceField
        else:
            del self.fields["organisation"]

    def query(self, programme: str, indicator: str) -> FigureQuery:
        """The question asked; of an address that is wrong, the parts that are right."""
        self.is_valid()
        said = self.cleaned_data
        chosen = [said.get(name) for name in ("by_1", "by_2", "by_3")]
        return FigureQuery(
            programme,
            indicator,
            period=said.get("period") or None,
            as_of=said.get("as_of"),
            place=said.get("place") or None,
            by=tuple(dict.fromkeys(one for one in chosen if one)),
            organisation=said.get("organisation") or None,
            source=Source(said["source"]) if said.get("source") else Source.BEST,
        )


def cell_of(data: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """The cell named in an address as `only_gender=woman`, at most as many dimensions as a figure may have."""
    found = [(name.removeprefix(ONLY), str(data[name])[:80]) for name in data if name.startswith(ONLY)]
    return tuple(sorted(found)[:AT_MOST])


def address_of(query: FigureQuery, **more: str) -> str:
    """The question as the part of an address after "?"."""
    said = {
        "period": query.period,
        "place": query.place,
        "organisation": query.organisation,
        "as_of": query.as_of.isoformat() if query.as_of else None,
        "source": query.source.value if query.source is not Source.BEST else None,
        **{f"by_{at}": name for at, name in enumerate(query.by, 1)},
        **{f"{ONLY}{name}": value for name, value in query.only},
        **more,
    }
    return urlencode({name: value for name, value in said.items() if value})
