"""Forms that carry what only named staff may read (T4): no app that stores in the clear gets them, and
they have no table."""

from __future__ import annotations

from django.db.models import Q

from samaki.engines.fieldforms.models import Form
from samaki.kernel.form_handlers import Tier, form_handlers


def is_t4(form: Form) -> bool:
    """As its maker said, or by the handler it is bound to."""
    return form.is_sensitive or (form.handler in form_handlers and form_handlers[form.handler].tier is Tier.T4)


def not_t4() -> Q:
    """Submissions to all other forms."""
    sensitive = [handler.key for handler in form_handlers if handler.tier is Tier.T4]
    return Q(form__is_sensitive=False) & ~Q(form__handler__in=sensitive)
