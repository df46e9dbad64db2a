from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme
from samaki.ground.services.models import Service
from samaki.kernel.records import Record


class ServiceFile(Record):
    """A woman's file at a women's service, by the service's own code. `sealed` holds how she may safely be reached and,
    where there is one, the code of his case: that link stands nowhere else."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=30)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    sealed = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "organisation", "code"], name="service_file_code_once"),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")), name="service_file_in_order"
            ),
        ]


class FileKey(models.Model):
    """The salt of a file's own sealing key, under the ring of her side. Deleting this row makes it unreadable."""

    file = models.OneToOneField(ServiceFile, primary_key=True, on_delete=models.CASCADE, related_name="key")
    salt = models.BinaryField()


class HerRisk(Record):
    """Her risk as the women's service assesses it, sealed whole; his is another assessment."""

    file = models.ForeignKey(ServiceFile, on_delete=models.CASCADE, related_name="risks")
    assessed_on = models.DateField()
    assessed_by = models.CharField(max_length=150)
    sealed = models.BinaryField()


class HerFollowUp(Record):
    """What she (A, with her consent) or her worker (B) says at one window; `sealed` holds the values by kind of
    violence and whether there was physical or sexual violence in the last 90 days."""

    class Informant(models.TextChoices):
        SURVIVOR = "A", _("Survivor, through the women’s organisation")
        SERVICE_WORKER = "B", _("Women’s-service worker")

    file = models.ForeignKey(ServiceFile, on_delete=models.CASCADE, related_name="follow_ups")
    window = models.PositiveSmallIntegerField()  # months after his last session: 1, 3, 6, 12
    informant = models.CharField(max_length=1, choices=Informant.choices)
    asked_on = models.DateField()
    recorded_by = models.CharField(max_length=150)
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(window__in=(1, 3, 6, 12)), name="her_follow_up_window"),
            models.UniqueConstraint(fields=["file", "window", "informant", "asked_on"], name="her_follow_up_once"),
        ]


class WarningTask(Record):
    """An urgent task for the women's service: a threat was heard. `sealed` says of which case and what."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")  # the women's service
    raised_at = models.DateTimeField()
    salt = models.BinaryField()
    sealed = models.BinaryField()
    taken_at = models.DateTimeField(null=True)
    taken_by = models.CharField(max_length=150, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(taken_at__isnull=False), name="warning_taken_before_done"
            )
        ]


class Referral(Record):
    """A woman's way to a service. Her consent is for this recipient, purpose and fields, until `expires_on`; revoking
    it closes the recipient's access at once. Done only when the service or she confirms what was obtained."""

    class State(models.TextChoices):
        DRAFTED = "drafted", _("Drafted (referral)")
        SENT = "sent", _("Sent (referral)")
        ACCEPTED = "accepted", _("Accepted (referral)")
        DECLINED = "declined", _("Declined (referral)")
        CONFIRMED = "confirmed", _("Confirmed: obtained")
        NOT_OBTAINED = "not_obtained", _("Not obtained")
        REVOKED = "revoked", _("Consent taken back")

    file = models.ForeignKey(ServiceFile, on_delete=models.CASCADE, related_name="referrals")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=30)
    fields = models.JSONField(default=list)  # which of the sealed fields the recipient may read
    consented_on = models.DateField()
    consent_how = models.CharField(max_length=12)
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFTED)
    sent_at = models.DateTimeField(null=True)
    confirmed_on = models.DateField(null=True)
    confirmed_by = models.CharField(max_length=10, blank=True)  # service or survivor
    sealed = models.BinaryField(default=b"")
    link = models.CharField(max_length=64, blank=True)  # keyed digest of the link's token; the token is kept nowhere

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_on__gt=F("consented_on")), name="referral_consent_in_order"),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | (Q(confirmed_on__isnull=False) & ~Q(confirmed_by="")),
                name="referral_confirmed_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(state="revoked", revoked_at__isnull=False)
                | (~Q(state="revoked") & Q(revoked_at__isnull=True)),
                name="referral_revoked_when",
            ),
        ]
