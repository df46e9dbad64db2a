"""Words for how rows make a figure."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def part_name(key: str) -> str:
    """The name of a part in RecordPage.groups."""
    return {
        "rows": _("Rows"),
        "persons": _("People, each counted once"),
        "contacts": _("Contacts (times reached, not persons)"),
        "numerator": _("Numerator"),
        "denominator": _("Denominator"),
        "cases": _("Cases"),
        "reports": _("Monthly reports of groups without cases"),
        "reported": _("Counted in those reports"),
    }.get(key, key)
