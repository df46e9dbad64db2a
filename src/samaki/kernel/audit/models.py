from django.db import models


class AuditEntry(models.Model):
    """One act. Written in the transaction of the act; chained within a second by the sealer."""

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    action = models.CharField(max_length=60)
    refused = models.BooleanField(default=False)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=64)
    organisation_id = models.BigIntegerField(null=True)
    programme_id = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_object"),
            models.Index(fields=["organisation_id", "at"], name="audit_organisation"),
            models.Index(
                fields=["programme_id", "id"], name="audit_programme"
            ),  # read the latest first, a page at a time
        ]


class AuditSeal(models.Model):
    """The link of one entry in the chain: SHA-256 over the link before and the entry's own content."""

    position = models.BigAutoField(primary_key=True)
    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, related_name="seal")
    digest = models.CharField(max_length=64)
