"""Where these pages stand under More."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.devices import sending_roles
from samaki.kernel.actors import Role
from samaki.kernel.panels import MenuEntry, menu

menu.register(
    MenuEntry(
        "devices",
        _("Phones"),
        "devices",
        _("Your account"),
        hint=_("Connect ODK Collect or KoboCollect, and close a phone that was lost."),
        roles=sending_roles() | {Role.ADMINISTRATOR},
        order=60,
    )
)
