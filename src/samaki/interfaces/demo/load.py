"""Loading the example: the same every time, and nothing the second time."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.engines.fieldforms.built_in import ensure_built_in
from samaki.engines.results.operations import load_catalogue
from samaki.ground.accounts.models import User
from samaki.ground.groups.models import Group
from samaki.ground.places.models import Level, Place
from samaki.ground.places.operations import load_gazetteer
from samaki.interfaces.demo import (
    across,
    authority,
    banteay_srei,
    cop_women,
    curricula,
    fia,
    instruments,
    learning,
    mpp,
    twg,
    vetting,
    womens_service,
)
from samaki.interfaces.demo.organisations import BODIES, load_organisations
from samaki.interfaces.demo.programmes import FIA_PARTNERS, load_programmes, place_codes
from samaki.interfaces.demo.results import BY, load_plans
from samaki.interfaces.demo.users import load_users
from samaki.kernel.errors import Conflict
from samaki.strands.learning.operations.instruments import load_instruments

CAPITAL = "12"


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
    load_gazetteer(by=BY)
    progress("places")
    with transaction.atomic():
        _load(records, progress)


def _load(records: bool, progress: Callable[[str], object]) -> None:
    at = timezone.now()
    places = _places()
    bodies = load_organisations(places)
    programmes = load_programmes(bodies, places)
    mens_groups = mpp.load_groups(programmes["mpp"], bodies["wela"], places)
    working_group = twg.load_group(programmes["twg"], bodies["diakonia"])
    fia_groups = fia.load_groups(programmes["fia"], bodies)
    cop_women.load_groups(programmes["cop-women"], bodies, places)
    learning_groups = banteay_srei.load_groups(programmes["banteay-srei"], bodies["banteay-srei"], places)
    load_catalogue(by=BY)
    load_instruments(by=BY)
    load_plans(programmes)
    for programme in programmes.values():
        ensure_built_in(programme, by=BY, at=at)
    load_users(bodies, programmes, {group.key: group for group in Group.objects.all()})
    progress("organisations, programmes, groups, indicators, forms, users")
    if not records:
        return
    mpp.load_records(programmes["mpp"], bodies["wela"], mens_groups, places, at)
    vetting.load(programmes["mpp"], bodies["wela"], mens_groups, places, at)
    authority.load(programmes["mpp"], mens_groups, places, at)
    instruments.load_mpp(programmes["mpp"], bodies["wela"], places)
    womens_service.load(programmes["mpp"], bodies["womens-service"], places, at)
    progress("mpp")
    twg.load_records(programmes["twg"], bodies["diakonia"], working_group, places)
    learning.load_working_group(programmes["twg"], bodies["diakonia"], places)
    curricula.load_curriculum(programmes["twg"], bodies["diakonia"], working_group)
    instruments.load_working_group(programmes["twg"], bodies["diakonia"])
    progress("twg")
    fia.load_records(programmes["fia"], bodies, fia_groups, places)
    across.load(programmes["fia"], bodies["banteay-srei"], bodies[FIA_PARTNERS[1]])
    instruments.load_fia(programmes["fia"], bodies["banteay-srei"])
    progress("fia")
    cop_women.load_records(programmes["cop-women"], bodies, places)
    progress("cop-women")
    banteay_srei.load_records(programmes["banteay-srei"], bodies["banteay-srei"], learning_groups, places)
    learning.load_banteay_srei(programmes["banteay-srei"], bodies["banteay-srei"], learning_groups, places)
    curricula.load_needs(programmes["banteay-srei"], bodies["banteay-srei"], learning_groups)
    instruments.load_banteay_srei(programmes["banteay-srei"], bodies["banteay-srei"])
    progress("banteay-srei")


def _places() -> dict[str, Place]:
    """The places the example names, and three communes of each province its people live in, by code."""
    named = {*place_codes(), *(body.place for body in BODIES if body.place), CAPITAL}
    standing = Place.objects.filter(valid_until__isnull=True).order_by("code")
    places = {place.code: place for place in standing.filter(code__in=named)}
    for province in [code for code in places if len(code) == 2]:
        nearby = standing.filter(level=Level.COMMUNE, code__startswith=province)[:3]
        places |= {place.code: place for place in nearby}
    return places
