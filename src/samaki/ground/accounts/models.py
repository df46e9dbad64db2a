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

    class Gender(models.TextChoices):
        WOMAN = "woman", _("Woman")
        MAN = "man", _("Man")
        ANOTHER_TERM = "another_term", _("Another term (in my own words)")

    language = models.CharField(max_length=5, default="km")
    gender = models.CharField(
        max_length=20, choices=Gender.choices, blank=True
    )  # as she says: one of two vets is a woman
    person_id = models.BigIntegerField(null=True, unique=True)  # who she is among people; by id alone: they stand above
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
    Role.STEWARD: _("Steward of counting across organisations"),
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


class DeviceCredential(models.Model):
    """What a phone sends with, instead of a password: random, for submitting alone, and ended at once when revoked.

    An app (ODK Collect) proves it by Digest, so its HA1 is kept, sealed; a browser shows its token, of which only a
    keyed digest is kept.
    """

    class Kind(models.TextChoices):
        APP = "app", _("App (ODK Collect, KoboCollect)")
        BROWSER = "browser", _("Browser (on a phone)")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    programme_id = models.BigIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    label = models.CharField(max_length=80, blank=True)
    username = models.CharField(max_length=40, unique=True)
    salt = models.BinaryField()
    secret = models.BinaryField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)
    used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)


class SpentNonce(models.Model):
    """A nonce and count of Digest that was used: the same again is a replay. Swept when the nonce has expired."""

    nonce = models.CharField(max_length=80)
    count = models.PositiveIntegerField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["nonce", "count"], name="nonce_spent_once")]
        indexes = [models.Index(fields=["expires_at"], name="nonce_expires")]
