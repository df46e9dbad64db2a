from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import User
from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person
from samaki.ground.programmes.models import Programme
from samaki.kernel.records import Record


class CodeOfConduct(Record):
    """A version of what members promise. A new one gives 60 days to sign."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    text_km = models.TextField()
    text_en = models.TextField()
    published_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "number"], name="code_of_conduct_once")]


class Candidacy(Record):
    """A person's way into a men's group. `state` follows the table of `rules`; the database refuses any other step."""

    class State(models.TextChoices):
        APPLIED = "applied", _("Applied")
        DECLARED = "declared", _("Self-declaration given")
        REFERENCED = "referenced", _("Two references given")
        COMMUNITY_CHECKED = "community_checked", _("Community check done")
        INTERVIEWED = "interviewed", _("Interviewed")
        SIGNED = "signed", _("Code of conduct signed")
        PROBATION = "probation", _("On probation")
        ACTIVE = "active", _("Active (vetted)")
        REJECTED = "rejected", _("Rejected (vetting)")
        SUSPENDED = "suspended", _("Suspended (vetting)")
        REMOVED = "removed", _("Removed (vetting)")
        BARRED = "barred", _("Barred (vetting)")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    recruited_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=State.choices, default=State.APPLIED)
    state_since = models.DateField()
    applied_on = models.DateField()
    decided_on = models.DateField(null=True)  # finally approved or rejected
    approved = models.BooleanField(null=True)
    expires_on = models.DateField(null=True)
    duty_to_report = models.BooleanField(default=False)  # a village chief or police officer who declared it

    class Meta:
        verbose_name_plural = "candidacies"
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True, approved__isnull=True)
                | Q(decided_on__gte=F("applied_on"), approved__isnull=False),
                name="candidacy_decided_when",
            ),
            models.UniqueConstraint(
                fields=["person", "group"],
                condition=~Q(state__in=("rejected", "removed", "barred")),
                name="candidacy_one_standing",
            ),
        ]


class CandidacyKey(models.Model):
    """The salt of a candidacy's own sealing key. Deleting this row makes its reasons unreadable."""

    candidacy = models.OneToOneField(Candidacy, primary_key=True, on_delete=models.CASCADE, related_name="key")
    salt = models.BinaryField()


class Step(Record):
    """What was asked at one step and what came of it. `words` are sealed; who gave them is in no clear column."""

    class Kind(models.TextChoices):
        SELF_DECLARATION = "self_declaration", _("Self-declaration")
        REFERENCE = "reference", _("Reference (vetting)")
        COMMUNITY_CHECK = "community_check", _("Community check, women heard")
        INTERVIEW = "interview", _("Interview")
        SIGNATURE = "signature", _("Code of conduct signed")
        PROBATION = "probation", _("Probation")

    class Result(models.TextChoices):
        PASSED = "passed", _("Passed (step)")
        FAILED = "failed", _("Not passed (step)")
        UNAVAILABLE = "unavailable", _("Not available")

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    result = models.CharField(max_length=12, choices=Result.choices)
    taken_on = models.DateField()
    taken_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    women_heard = models.BooleanField(null=True)  # of a community check, through the women's group
    code = models.ForeignKey(CodeOfConduct, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="community_check", result="passed") | Q(women_heard=True),
                name="community_check_hears_women",
            ),
            models.CheckConstraint(
                condition=~Q(kind="signature", result="passed") | Q(code__isnull=False), name="signature_of_a_code"
            ),
        ]


class Decision(Record):
    """One decider's word on a candidacy. Two are needed, one a woman, neither the recruiter."""

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="decisions")
    round = models.PositiveSmallIntegerField(default=1)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by_a_woman = models.BooleanField()
    approves = models.BooleanField()
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["candidacy", "round", "by"], name="decision_once_each")]


class Allegation(Record):
    """Something told against a member. What and by whom is sealed; nobody of his group sees that it stands."""

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="allegations")
    received_on = models.DateField()
    is_credible = models.BooleanField()
    words = models.BinaryField(default=b"")
    settled_on = models.DateField(null=True)
    upheld = models.BooleanField(null=True)


class Bar(Record):
    """That nobody of the coalition may take this person on. Elsewhere it answers yes or no only, by `digests`; the
    reason is sealed and kept, also when the person withdraws."""

    class Appeal(models.TextChoices):
        NONE = "none", _("No appeal")
        OPEN = "open", _("Appeal under way")
        UPHELD = "upheld", _("The bar stands")
        LIFTED = "lifted", _("The bar was lifted")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    barred_on = models.DateField()
    barred_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # answers no appeal
    salt = models.BinaryField()
    reason = models.BinaryField()
    appeal = models.CharField(max_length=8, choices=Appeal.choices, default=Appeal.NONE)
    lifted_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(appeal="lifted", lifted_on__gte=F("barred_on"))
                | (~Q(appeal="lifted") & Q(lifted_on__isnull=True)),
                name="bar_lifted_when",
            )
        ]


class BarDigest(models.Model):
    """A keyed hash of name and birth year, by which another organisation's candidate is known to be barred."""

    bar = models.ForeignKey(Bar, on_delete=models.CASCADE, related_name="digests")
    digest = models.BinaryField()


class Question(Record):
    """Whether a candidate who bears the name of somebody barred is another person, asked of who barred: one for each
    bar that holds him, all with the same `asked_at`. Whoever asks learns neither how many there are nor whose."""

    class State(models.TextChoices):
        OPEN = "open", _("Awaited (question)")
        ANOTHER = "another", _("Another person")
        SAME = "same", _("The same person")
        LAPSED = "lapsed", _("No longer asked")  # no bar or candidate any more, or records were joined

    bar = models.ForeignKey(Bar, on_delete=models.CASCADE, related_name="questions")
    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # answers it never
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bar", "candidacy"], condition=Q(state="open"), name="question_once_open"),
            models.CheckConstraint(
                condition=Q(state="open", closed_on__isnull=True) | (~Q(state="open") & Q(closed_on__isnull=False)),
                name="question_closed_when",
            ),
        ]


class Answer(Record):
    """One decider's word on a question. Two, one of them a woman, say that he is another person; that he is the same,
    one alone."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by_a_woman = models.BooleanField()
    is_another = models.BooleanField()
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "by"], name="answer_once_each")]


class Exemption(models.Model):
    """That a hash of a bar and a record's own are alike by chance, once its question found another person. Ids alone,
    of what was alike on the day of asking: what becomes alike later holds until it is asked about too."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="exemptions")
    digest = models.ForeignKey(BarDigest, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "digest", "person"], name="exemption_once")]
