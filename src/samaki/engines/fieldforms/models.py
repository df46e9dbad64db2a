from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import DeviceCredential, User
from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme
from samaki.kernel.records import Record


class Form(Record):
    """A form by its XForm id. `handler` "" keeps what is sent as data; `mapping` joins the form's fields to the
    handler's (see `mapping.plan_of`). `organisation` null offers it to every organisation of the programme."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="forms")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    title_km = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    handler = models.CharField(max_length=40, blank=True)
    mapping = models.JSONField(default=dict)
    is_open = models.BooleanField(default=True)
    is_sensitive = models.BooleanField(default=False)  # asks what only named staff may read (T4)
    is_built_in = models.BooleanField(default=False)  # made from its handler's own fields, not uploaded

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "key"], name="form_key_once")]


class FormVersion(models.Model):
    """One version of a form's definition; once published its bytes never change."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft (form)")
        PUBLISHED = "published", _("Published (form)")
        WITHDRAWN = "withdrawn", _("Withdrawn (form)")

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="versions")
    version = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    xform = models.TextField()
    md5 = models.CharField(max_length=32)  # of the bytes of `xform`, as OpenRosa names them
    questions = models.JSONField(default=list)  # see `xforms.Question`
    repeats = models.JSONField(default=list)  # paths of the repeated parts
    source = models.BinaryField(null=True)  # the workbook it was made from
    source_name = models.CharField(max_length=200, blank=True)
    notices = models.JSONField(default=list)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.CharField(max_length=150)
    published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "version"], name="form_version_once"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False), name="form_version_published_when"
            ),
        ]


class FormMedia(models.Model):
    """A file that goes with a version: picture, prompt to be heard, table to choose from."""

    version = models.ForeignKey(FormVersion, on_delete=models.CASCADE, related_name="media")
    name = models.CharField(max_length=200)
    md5 = models.CharField(max_length=32)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()

    class Meta:
        verbose_name_plural = "media"
        constraints = [models.UniqueConstraint(fields=["version", "name"], name="form_media_once")]


class Submission(models.Model):
    """What a phone sent, whole and sealed, before anything is made of it. Its id is the number the sender is told.

    `root` is the first of a chain of corrections (itself null); only the last is current. `answers` is the same read
    into JSON (see `xforms.Answers`). Records made of it carry `origin` of the root.
    """

    class State(models.TextChoices):
        HANDLED = "handled", _("Received and recorded")
        KEPT = "kept", _("Kept as data")
        FAILED = "failed", _("To be mended")
        REVIEW = "review", _("To be looked at")
        DELETED = "deleted", _("Deleted (submission)")

    class Review(models.TextChoices):
        WAITING = "waiting", _("Waiting for verification")
        RETURNED = "returned", _("Returned (submission)")
        VERIFIED = "verified", _("Verified (submission)")

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="submissions")
    form_version = models.ForeignKey(FormVersion, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.CharField(max_length=200, blank=True)  # as the phone said it
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    device = models.ForeignKey(DeviceCredential, null=True, on_delete=models.SET_NULL, related_name="+")
    instance_id = models.CharField(max_length=255)
    root = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    is_current = models.BooleanField(default=True)
    digest = models.BinaryField()  # SHA-256 of the XML's bytes; of one redacted, a keyed hash of that
    is_redacted = models.BooleanField(default=False, db_default=False)  # somebody who withdrew was taken out
    salt = models.BinaryField()
    xml = models.BinaryField()  # sealed
    answers = models.BinaryField()  # sealed
    is_encrypted = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices)
    faults = models.JSONField(default=list)  # see `rules.StoredFault`
    review = models.CharField(max_length=8, choices=Review.choices, default=Review.WAITING)
    received_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "instance_id"], name="submission_once"),
            models.UniqueConstraint(
                fields=["root"], condition=Q(is_current=True, root__isnull=False), name="submission_one_current"
            ),
            models.CheckConstraint(condition=~Q(root=F("id")), name="submission_root_is_another"),
        ]
        indexes = [
            models.Index(fields=["programme", "organisation", "state"], name="submission_state"),
            models.Index(fields=["user", "id"], name="submission_user"),
        ]

    @property
    def origin(self) -> str:
        """How records name what they came from."""
        return f"submission:{self.root_id or self.pk}"


class Attachment(models.Model):
    """A file that a submission names; `stored` is its sealed file under the site's folder, "" until it has arrived."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    digest = models.BinaryField(null=True)  # SHA-256
    stored = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "name"], name="attachment_once")]


class Verdict(models.Model):
    """What a verifier said of a submission; a return says why."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="verdicts")
    review = models.CharField(max_length=8, choices=Submission.Review.choices)
    reason = models.TextField(blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(review="returned") | ~Q(reason=""), name="verdict_returned_with_reason")
        ]
