import datetime as dt
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.kernel.actors import Role


class User(AbstractUser):
    """A person who signs in. What she may do stands in her role grants, never in Django's staff flags."""

    language = models.CharField(max_length=5, default="km")
    is_example = models.BooleanField(default=False)

    REQUIRED_FIELDS: ClassVar[list[str]] = []


ROLE_LABELS = {
    Role.FACILITATOR: _("Facilitator"),
    Role.GROUP_COORDINATOR: _("Group coordinator (men’s group)"),
    Role.COUNSELLOR: _("Counsellor"),
    Role.WOMENS_SERVICE_WORKER: _("Women’s-service worker"),
    Role.CASE_SUPERVISOR: _("Case supervisor"),
    Role.SAFEGUARDING_FOCAL: _("Safeguarding focal person"),
    Role.PARTNER_ME: _("M&E officer"),
    Role.PARTNER_FINANCE: _("Finance officer"),
    Role.PROGRAMME_OFFICER: _("Programme officer"),
    Role.AUDITOR: _("Auditor"),
    Role.DONOR: _("Donor"),
    Role.AUTHORITY: _("Local authority"),
    Role.ADMINISTRATOR: _("Administrator (system)"),
}


class RoleGrant(models.Model):
    """A role held at an organisation, in one programme or (null) all of its programmes, over a span of dates.

    Programme and group are held by id alone: accounts stand below them in the ground.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=24, choices=[(role.value, label) for role, label in ROLE_LABELS.items()])
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    programme_id = models.BigIntegerField(null=True)
    group_id = models.BigIntegerField(null=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "user",
                "role",
                Coalesce("organisation", 0),
                Coalesce("programme_id", 0),
                Coalesce("group_id", 0),
                Coalesce("since", dt.date.min),
                name="role_grant_once",
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
                name="role_grant_in_order",
            ),
        ]
