"""The cascade in the menu."""

from django.utils.translation import gettext_lazy as _

from samaki.kernel.panels import MenuEntry, menu
from samaki.strands.learning.panels.pathway import INSIDE, LEARNING

menu.register(MenuEntry("cascades", _("Who taught whom"), "cascades", LEARNING, roles=INSIDE, order=50))
