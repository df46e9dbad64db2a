"""Every component on one page, for whoever builds or checks pages; on an example site only."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from samaki.ground.accounts.queries import is_example_site
from samaki.ground.places.models import Level, Place
from samaki.interfaces.web.requests import page
from samaki.kernel.figures import Figure, Published, Stated
from samaki.ui import charts, icons, words
from samaki.ui.charts.tiles import PLACES
from samaki.ui.entries import CountField, DayField
from samaki.ui.statuses import STATUSES
from samaki.ui.tables import Column, Entry, Table


class Searched(forms.Form):
    search = forms.CharField(label=gettext_lazy("Search"), required=False)
    gender = forms.ChoiceField(
        label=gettext_lazy("Gender"),
        choices=[("", gettext_lazy("All")), ("woman", gettext_lazy("Woman"))],
        required=False,
    )


class ShownForm(forms.Form):
    number = CountField(label=gettext_lazy("Number (count)"))
    date = DayField(label=gettext_lazy("Date"))
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 4}), required=False)
    gender = forms.ChoiceField(
        label=gettext_lazy("Gender"),
        widget=forms.RadioSelect,
        choices=[
            ("woman", gettext_lazy("Woman")),
            ("man", gettext_lazy("Man")),
            ("unsaid", gettext_lazy("Prefers not to say")),
        ],
    )
    agreed = forms.BooleanField(label=gettext_lazy("Consent"), required=False)


BASE = Figure(
    programme="mpp", indicator="shown", version=1, unit="case", period=None, as_of=None, place=None, value=None
)


def _figures() -> list[tuple[str, Figure]]:
    stated = Stated("65 per cent", "65 ភាគរយ", "65%", True, "example")
    published = Published(2, dt.datetime(2024, 3, 5, 7, 30, tzinfo=dt.UTC), "3f2a" * 16)
    return [
        (_("Contacts (times reached, not persons)"), replace(BASE, unit="contact", value=6322)),
        (_("Percent"), replace(BASE, value=0.658, numerator=50, denominator=76, stated=(stated,))),
        (_("Persons counted once"), replace(BASE, unit="person", low=36, high=76, candidates_open=3)),
        (_("Attendance"), replace(BASE, unit="person", unknown=2)),
        (_("Case"), replace(BASE, suppressed=True)),
        (_("Activity"), replace(BASE, unit="activity", value=0, published=published)),
    ]


def _charts() -> list[charts.Chart]:
    months = [words.period(f"2024-{month:02d}") for month in range(1, 9)]
    values: list[int | None] = [12, 18, None, 25, 31, 30, 38, 44]
    bullet_rows = [
        charts.Bullet(_("Participant"), 184, 240, 60),
        charts.Bullet(_("Improved"), 50, 60, suppressed=False, shown=words.ratio(50, 76)),
        charts.Bullet(_("Attendance"), None, 40),
        charts.Bullet(_("Older people"), None, 40, suppressed=True),
    ]
    genders = [_("Woman"), _("Man"), _("Another term (in my own words)"), _("Not recorded (gender)")]
    areas: dict[str, list[int | None]] = {
        _("Old area (of the programme)"): [22, 30, None, 4],
        _("New area"): [25, 41, 12, 0],
    }
    return [
        charts.bullets(bullet_rows, finding=_("One of four has a value near its target."), caption=_("Indicator")),
        charts.trend(
            [charts.Point(label, value) for label, value in zip(months, values, strict=True)],
            finding=_("It grew from 12 to 44 in eight months; one month is not known."),
            caption=_("Activity"),
            target=40,
        ),
        charts.bars(
            [
                charts.Bar(name, value)
                for name, value in (("Partner D", 12), ("Partner B", 0), ("Partner A", 31), ("Partner C", None))
            ],
            finding=_("Between 0 and 31; one partner is not known."),
            caption=_("Partner organisation"),
            what=_("Partner organisation"),
        ),
        charts.multiples(
            {
                area: [
                    charts.Bar(label, value, suppressed=value is None)
                    for label, value in zip(genders, row, strict=True)
                ]
                for area, row in areas.items()
            },
            finding=_("More men than women in both areas."),
            caption=_("Gender"),
            what=_("Old and new areas"),
        ),
    ]


def _tiles() -> charts.TileMap:
    names = {place.code: place for place in Place.objects.filter(level=Level.PROVINCE)}
    shown = {"04": 36, "14": 18, "15": 22, "16": 4, "19": 0}
    tiles = {
        code: charts.Tile(
            code,
            words.in_language({"km": names[code].name_km, "en": names[code].name_latin}) if code in names else code,
            shown.get(code),
            suppressed=code == "16",
        )
        for code in PLACES
    }
    return charts.tile_map(
        tiles, finding=_("Four provinces have records; one number is too small to show."), caption=_("Province")
    )


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    """404 on a real site, as if it did not exist."""
    if not is_example_site():
        raise Http404
    wrong = ShownForm({"number": "many", "date": "", "gender": ""})
    table = Table(
        _("Monthly report"),
        [Column(_("Month")), Column(_("Status")), Column(_("Participant"), True)],
        [
            [
                Entry(words.period("2024-01"), "#table"),
                Entry(str(STATUSES["verified"].word), status="verified"),
                Entry("1,204"),
            ],
            [
                Entry(words.period("2024-02"), "#table"),
                Entry(str(STATUSES["late"].word), status="late"),
                Entry(words.number(None)),
            ],
        ],
        foot=[Entry(_("Total")), Entry(""), Entry("1,204")],
        csv="#csv",
    )
    tasks = [
        {"label": _("Check the figures"), "href": "#tasks", "status": "done"},
        {"label": _("Write the narrative"), "href": "#tasks", "status": "not_started"},
    ]
    context = {
        "blank": Searched(request.GET),
        "wrong": wrong,
        "statuses": list(STATUSES),
        "icons": list(icons.PATHS),
        "table": table,
        "tasks": tasks,
        "figures": _figures(),
        "charts": _charts(),
        "tiles": _tiles(),
        "now": timezone.now(),
    }
    return page(request, "web/gallery.html", context)
