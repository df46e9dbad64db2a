"""Loading the example: the same every time, and nothing the second time."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import User
from samaki.ground.groups.models import Group
from samaki.ground.places.models import Place
from samaki.ground.places.operations import load_gazetteer
from samaki.interfaces.demo import mpp
from samaki.interfaces.demo.organisations import BODIES, load_organisations
from samaki.interfaces.demo.programmes import load_programmes, place_codes
from samaki.interfaces.demo.users import load_users
from samaki.kernel.actors import System
from samaki.kernel.errors import Conflict


def load(records: bool = True, progress: Callable[[str], object] = print) -> None:
    """Loads the example into the database; loading it again changes nothing.

    With `records=False` only what records hang on: places, organisations, programmes, groups, users. Raises Conflict on
    a site where someone other than an example user can sign in.
    """
    if User.objects.filter(is_example=False).exists():
        raise Conflict(
            "not_an_example_site",
            _("This database has real users. The example is loaded into an empty one only."),
        )
    load_gazetteer(by=System("example data"))
    progress("places")
    with transaction.atomic():
        _load(records, progress)


def _load(records: bool, progress: Callable[[str], object]) -> None:
    at = timezone.now()
    codes = {*place_codes(), *(body.place for body in BODIES if body.place)}
    places = {place.code: place for place in Place.objects.filter(code__in=codes, valid_until__isnull=True)}
    organisations = load_organisations(places)
    programmes = load_programmes(organisations, places)
    mens_groups = mpp.load_groups(programmes["mpp"], organisations["wela"], places)
    load_users(organisations, programmes, {group.key: group for group in Group.objects.all()})
    progress("organisations, programmes, groups, users")
    if records:
        mpp.load_records(programmes["mpp"], organisations["wela"], mens_groups, places, at)
        progress("mpp")
