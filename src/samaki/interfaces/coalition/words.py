"""The words in which a pair is described to a steward."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samaki.ground.people.across.masks import BIRTH_YEAR, GENDER, KHMER, LATIN, PHONE, PLACE, SOUND, Mask

TRAITS: Mapping[str, Promise] = {
    KHMER: _("Name in Khmer"),
    LATIN: _("Name in Latin letters"),
    SOUND: _("Name, one in Khmer and one in Latin letters"),
    BIRTH_YEAR: _("Birth year"),
    GENDER: _("Gender"),
    PHONE: _("Phone number"),
    PLACE: _("Place"),
}
MASKS: Mapping[str, Promise] = {
    Mask.SAME: _("the same"),
    Mask.SWAPPED: _("the same, in another order"),
    Mask.ALIKE: _("sounds the same, written otherwise"),
    Mask.NEAR: _("one or two years apart"),
    Mask.DIFFERENT: _("differs"),
    Mask.UNKNOWN: _("not known of both"),
}
AGREES = frozenset({Mask.SAME.value, Mask.SWAPPED.value})
