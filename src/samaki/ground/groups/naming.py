"""Groups as a form's answer names them, by key or name, a batch at once. Another organisation's is not there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.models import Group
from samaki.ground.places.rules import folded
from samaki.kernel.errors import DomainError, Invalid


def groups_named(
    texts: Iterable[str], *, programme_id: int, organisation_id: int, field: str = "group"
) -> dict[str, Group | DomainError]:
    """The organisation's group in the programme that each text names, or the fault to mend: no_such_group, or
    group_ambiguous. A key comes before a name. Leave upon the group is for the caller to ask."""
    asked = list(dict.fromkeys(texts))
    if not asked:
        return {}
    by_key: dict[str, Group] = {}
    by_name: defaultdict[str, list[Group]] = defaultdict(list)
    for group in Group.objects.filter(programme=programme_id, organisation=organisation_id).order_by("key"):
        by_key[group.key] = group
        for name in {folded(group.name_km), folded(group.name_latin)} - {""}:
            by_name[name].append(group)
    return {text: by_key.get(text.strip()) or _by_name(text, by_name, field) for text in asked}


def _by_name(text: str, by_name: defaultdict[str, list[Group]], field: str) -> Group | DomainError:
    found = by_name.get(folded(text), [])
    if len(found) == 1:
        return found[0]
    if found:
        return Invalid(
            "group_ambiguous",
            _("Several groups are named %(name)s: %(keys)s. Please write the key of the group."),
            field=field,
            name=text,
            keys=", ".join(group.key for group in found),
        )
    return Invalid("no_such_group", _("Your organisation has no group named %(name)s."), field=field, name=text)
