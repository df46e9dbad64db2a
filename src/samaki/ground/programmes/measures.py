"""Programmes as columns: their fiscal calendar, and their places divided into old and new areas."""

from django.utils.translation import gettext_lazy as _

from samaki.ground.places.measures import PLACES
from samaki.ground.programmes.models import Programme, ProgrammePlace
from samaki.kernel.measures import Calendar, Choice, Date, Division, Link, Number, Table, calendars, divisions, tables

PROGRAMMES = tables.register(
    Table(
        Programme, (Date("starts_on"), Date("ends_on"), Number("fiscal_year_starts_in"), Number("reports_due_on_day"))
    )
)
PROGRAMME_PLACES = tables.register(
    Table(
        ProgrammePlace,
        (
            Link("programme", to=PROGRAMMES.key),
            Link("place", to=PLACES.key),
            Choice("area", tuple(ProgrammePlace.Area.values)),
            Date("since"),
        ),
    )
)
calendars.register(Calendar(PROGRAMMES.key, "fiscal_year_starts_in"))
divisions.register(
    Division("area", _("Area"), PROGRAMME_PLACES.key, programme="programme", place="place", value="area", since="since")
)
