"""Who taught whom: reach by generation with what stands beside it, and the tree of facilitators."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from samaki.ground.people.models import Gender
from samaki.ground.people.queries import reveal_many
from samaki.ground.places.queries import provinces
from samaki.ground.programmes.models import Programme
from samaki.ground.programmes.queries import programmes_for
from samaki.kernel.errors import DomainError
from samaki.kernel.figures import Cell, Figure
from samaki.kernel.policy import Action, refusal
from samaki.strands.learning.measures.generations import NAMES
from samaki.strands.learning.queries import cascade as queries
from samaki.strands.learning.rules.cascade import OF_LEADERS
from samaki.strands.learning.web.entries import Reason
from samaki.ui import words
from samaki.ui.charts import Bar, Chart, bars
from samaki.ui.requests import ActorRequest, page, told_in
from samaki.ui.tables import Column, Entry, Table
from samaki.ui.templatetags.words import named


class Filters(forms.Form):
    """Each may be left out."""

    period = forms.CharField(
        label=gettext_lazy("Period"),
        required=False,
        max_length=10,
        help_text=gettext_lazy("A year (2008), a quarter (2008-Q1) or a month (2008-03)"),
    )
    place = forms.ChoiceField(label=gettext_lazy("Province"), required=False)
    gender = forms.ChoiceField(
        label=gettext_lazy("Gender"), required=False, choices=[("", gettext_lazy("All")), *Gender.choices]
    )

    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(data)
        offered = [("", _("All")), *((one.code, named(one)) for one in provinces())]
        self.fields["place"].choices = offered  # type: ignore[attr-defined]  # of a ChoiceField

    def asked(self) -> queries.Asked:
        """What is asked; of an address that is wrong, the parts that are right."""
        self.is_valid()
        said = {name: self.cleaned_data.get(name, "") for name in ("period", "place", "gender")}
        return queries.Asked(**said)


@require_GET
def cascades(request: ActorRequest) -> HttpResponse:
    """Straight to the programme's cascade; to choose where there are several."""
    within = list(programmes_for(request.actor, Action.SEE_PROGRAMME))
    if not within:
        raise refusal(request.actor, Action.SEE_PROGRAMME)
    if len(within) == 1:
        return redirect("cascade", within[0].key)
    return page(request, "learning/cascades.html", {"programmes": within})


@require_http_methods(["GET", "POST"])
def cascade(request: ActorRequest, key: str) -> HttpResponse:
    """The page; by POST with a reason the names of the facilitators, for a minute."""
    where = queries.open_programme(request.actor, key)
    form = Filters(request.GET)
    reason = Reason(request.POST if request.method == "POST" else None)
    asked, found = form.asked(), None
    with told_in(form):
        found = _figures(request, where, asked, form)
    tree = queries.tree(request.actor, where)
    names: Mapping[int, str] = {}
    if request.method == "POST" and reason.is_valid() and tree.roots:
        with told_in(reason):
            opened = reveal_many(request.actor, tree.person_ids, reason.cleaned_data["reason"])
            language = get_language() or "km"
            names = {pk: identity.name(language) for pk, identity in opened.items()}
    context: dict[str, object] = {
        "programme": where,
        "form": form,
        "reason": reason,
        "tree": tree,
        "others": [(NAMES[generation], count) for generation, count in tree.others.items()],
        "names": names,
    }
    if found is not None:
        address = _address(where, asked)
        context |= {
            "chart": _chart(found, address),
            "table": _table(found, address),
            "multiplier": _multiplier(found),
            "csv": address["csv"],
            "figure": found[queries.REACH],
        }
    return page(request, "learning/cascade.html", context, status=422 if form.errors or reason.errors else 200)


def _figures(
    request: ActorRequest, where: Programme, asked: queries.Asked, form: Filters
) -> Mapping[str, Figure] | None:
    """None where what the reader may see cannot be limited so; the form says why."""
    try:
        return queries.by_generation(request.actor, where, asked)
    except DomainError as error:
        if error.status != 403 or not asked.gender:
            raise
        form.add_error("gender", error.message)
        return None


def _cells(found: Mapping[str, Figure], name: str) -> dict[str, Cell]:
    figure = found.get(name)
    return {} if figure is None else {cell.dimensions["generation"]: cell for cell in figure.by}


def _generations(found: Mapping[str, Figure]) -> list[str]:
    there = {key for name in found for key in _cells(found, name)}
    return [key for key in OF_LEADERS if key in there]


def _address(where: Programme, asked: queries.Asked) -> dict[str, str]:
    """Of an indicator, with what it is limited to, the rows of a generation (after `only_generation=`) and the file."""
    limits = {"period": asked.period, "place": asked.place}
    gender = {"only_gender": asked.gender} if asked.gender else {}
    rows = urlencode({name: value for name, value in {**limits, **gender}.items() if value})
    file = urlencode({**{name: value for name, value in limits.items() if value}, "by_1": "generation"})
    found = {"csv": f"{reverse('figure_csv', args=[where.key, queries.REACH])}?{file}"}
    for name in queries.ASKED:
        found[name] = f"{reverse('figure_records', args=[where.key, name])}?{rows}{'&' if rows else ''}only_generation="
    return found


def _chart(found: Mapping[str, Figure], address: Mapping[str, str]) -> Chart | None:
    cells = _cells(found, queries.REACH)
    shown = [key for key in OF_LEADERS if key in cells]
    if not shown:
        return None
    drawn = [
        Bar(
            str(NAMES[key]),
            cells[key].value if cells[key].value is not None else cells[key].low,
            cells[key].suppressed,
            words.figure(cells[key]),
            address[queries.REACH] + key,
            cells[key].high if cells[key].value is None and cells[key].low != cells[key].high else None,
        )
        for key in shown
    ]
    finding = _("The cascade reaches as far as: %(generation)s.") % {"generation": NAMES[shown[-1]]}
    return bars(drawn, finding=finding, caption=_("Persons taught, by generation"), what=_("Generation"))


def _table(found: Mapping[str, Figure], address: Mapping[str, str]) -> Table:
    names = [queries.REACH, queries.NEW, queries.TALLIED, queries.ATTENDANCES, queries.GAIN, queries.FACILITATORS]
    cells = {name: _cells(found, name) for name in names}
    rows = []
    for key in _generations(found):
        row = [Entry(NAMES[key])]
        for name in names:
            cell = cells[name].get(key)
            if name == queries.ATTENDANCES:
                row.append(Entry(_dose(cell, cells[queries.REACH].get(key))))
            elif cell is None:
                row.append(Entry(_nothing(found, name, key)))
            else:
                row.append(Entry(words.figure(cell), "" if cell.suppressed else address[name] + key))
        rows.append(row)
    columns = [
        Column(_("Generation")),
        Column(_("Persons taught"), True),
        Column(_("For the first time"), True),
        Column(_("Counted without names (beside, not added)"), True),
        Column(_("Sessions attended, on average"), True),
        Column(_("Knowledge gained (mean g)"), True),
        Column(_("Facilitators who led"), True),
    ]
    return Table(_("By generation"), columns, rows)


def _nothing(found: Mapping[str, Figure], name: str, key: str) -> str:
    """No cell is 0 where it was counted; what cannot be asked, or of whom nothing can be, is a dash."""
    if name not in found or (key == OF_LEADERS[0] and name != queries.FACILITATORS):
        return "–"
    if name == queries.GAIN:  # a mean of nobody is not 0
        return words.number(None)
    return words.number(0 if found[name].value is not None or found[name].low is not None else None)


def _dose(attendances: Cell | None, persons: Cell | None) -> str:
    """Attendances over persons, to one decimal; unknown where either is, or is a range."""
    if attendances is None or persons is None:
        return "–"
    if not attendances.value or not persons.value:
        return words.number(None)
    return _over(attendances.value, persons.value)


def _over(number: float, of: float) -> str:
    return str((Decimal(number) / Decimal(of)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))


def _multiplier(found: Mapping[str, Figure]) -> str:
    """New persons of generation 2 over the facilitators of generation 1 who led, with both numbers."""
    new, led = (_cells(found, name).get(key) for name, key in ((queries.NEW, "2"), (queries.FACILITATORS, "1")))
    if new is None or led is None or not led.value or new.value is None:
        return ""
    return _("%(times)s: %(new)s new persons of generation 2 for %(led)s facilitators of generation 1 who led.") % {
        "times": _over(new.value, led.value),
        "new": words.number(new.value),
        "led": words.number(led.value),
    }
