from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.kernel.records import Record


class Gender(models.TextChoices):
    """Five different answers; the last is the absence of one."""

    WOMAN = "woman", _("Woman")
    MAN = "man", _("Man")
    ANOTHER_TERM = "another_term", _("Another term (in my own words)")
    PREFERS_NOT_TO_SAY = "prefers_not_to_say", _("Prefers not to say")
    NOT_RECORDED = "not_recorded", _("Not recorded (gender)")


class AgeBand(models.TextChoices):
    UNDER_18 = "under_18", _("Under 18")
    AGE_18_24 = "18_24", _("18–24 years")
    AGE_25_34 = "25_34", _("25–34 years")
    AGE_35_49 = "35_49", _("35–49 years")
    AGE_50_64 = "50_64", _("50–64 years")
    AGE_65_UP = "65_up", _("65 years and over")
    NOT_RECORDED = "not_recorded", _("Age not recorded")


class Person(Record):
    """A person without her name. `organisation` owns the record; nobody else sees it.

    `merged_into` points at the one record that stands for a person entered twice; never at a merged one.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    gender = models.CharField(max_length=20, choices=Gender.choices, default=Gender.NOT_RECORDED)
    birth_year = models.PositiveSmallIntegerField(null=True)
    age_band = models.CharField(max_length=12, choices=AgeBand.choices, default=AgeBand.NOT_RECORDED)
    age_band_on = models.DateField(null=True)  # when the band was given, where no birth year was
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="+")
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    withdrawn_at = models.DateTimeField(null=True)
    # Both follow from consents, comparisons and a steward's decisions (across.standing): who stands for her where an
    # answer spans organisations, and whether she agreed to that and was compared.
    linked_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="linked")
    compared_across = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [models.Index(fields=["organisation", "id"], name="person_organisation")]
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="person_not_merged_into_self"),
            models.CheckConstraint(condition=~Q(linked_into=F("id")), name="person_not_linked_into_self"),
            models.CheckConstraint(
                condition=Q(birth_year__isnull=True) | Q(birth_year__range=(1900, 2100)),
                name="person_birth_year_plausible",
            ),
        ]


class PersonKey(models.Model):
    """The salt of a person's own sealing key. It names a slot of the vault: destroying that makes her name unreadable
    in every copy of the database."""

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE, related_name="key")
    salt = models.BinaryField()


class PersonIdentity(models.Model):
    """Names, phone and own gender term, sealed as one JSON text bound to the person's id."""

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE, related_name="identity")
    sealed = models.BinaryField()


class BlockingKey(models.Model):
    """Keyed, truncated hashes that bring likely equals together; no name can be read from them."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="blocking_keys")
    organisation_id = models.BigIntegerField()
    key = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["organisation_id", "key"], name="blocking_key")]


class MatchCandidate(models.Model):
    """Two records of one organisation that may be one person; its own staff decide."""

    class State(models.TextChoices):
        OPEN = "open", _("Possible duplicate")
        SAME = "same", _("The same person")
        DIFFERENT = "different", _("Different people")
        UNSURE = "unsure", _("Not sure yet")  # looked at, and to be looked at again: as undecided as an open one

    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    likeness = models.PositiveSmallIntegerField()  # 0–100
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="match_candidate_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="match_candidate_in_order"),
        ]


UNDECIDED = (MatchCandidate.State.OPEN, MatchCandidate.State.UNSURE)


class ComparedAcross(models.Model):
    """That a person who agreed to be counted across organisations was compared with all others who did, in a programme
    she takes part in. Gone with her consent, and with a correction that makes the comparison stale."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    compared_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "person"], name="compared_across_once")]


class AcrossPair(models.Model):
    """Two records of two organisations that may be one person. What a steward sees of it stands in `agreement`, in
    words that name nothing (across.masks)."""

    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    likeness = models.PositiveSmallIntegerField()  # 0–100
    agreement = models.JSONField(default=dict)  # trait → a key of across.masks.Mask
    state = models.CharField(max_length=10, choices=MatchCandidate.State.choices, default=MatchCandidate.State.OPEN)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="across_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="across_pair_in_order"),
        ]


class Tombstone(models.Model):
    """That somebody of this name and birth year withdrew here: a keyed hash, so that a list sent again does not bring
    her back unasked. It names nobody."""

    organisation_id = models.BigIntegerField()
    digest = models.BinaryField()
    withdrawn_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organisation_id"], name="tombstone_organisation")]


class Withdrawal(Record):
    """That a person asked to leave. Her consents (`consents`: their ids) are taken back at once; all that names her is
    erased on `erase_on`, and until then she may think again."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="withdrawals")
    asked_on = models.DateField()
    erase_on = models.DateField()
    consents = models.JSONField(default=list)
    recorded_by = models.CharField(max_length=150)
    taken_back_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(taken_back_at__isnull=True, erased_at__isnull=True),
                name="withdrawal_one_waiting",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True) | Q(erased_at__isnull=True), name="withdrawal_one_end"
            ),
            models.CheckConstraint(condition=Q(erase_on__gte=F("asked_on")), name="withdrawal_in_order"),
        ]


class Consent(Record):
    class Purpose(models.TextChoices):
        TAKE_PART = "take_part", _("Take part")
        BE_CONTACTED = "be_contacted", _("Be contacted")
        BE_COUNTED_ACROSS = "be_counted_across", _("Be counted across organisations")
        STORY = "story", _("Story")
        PHOTO = "photo", _("Photo")
        PUBLIC_ROLE = "public_role", _("Public role")

    class How(models.TextChoices):
        SIGNATURE = "signature", _("Signature")
        THUMBPRINT = "thumbprint", _("Thumbprint with a witness")
        SPOKEN = "spoken", _("Spoken")
        AUDIO = "audio", _("Recorded audio")

    class GivenBy(models.TextChoices):
        OWN = "own", _("The person")
        GUARDIAN = "guardian", _("The guardian")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    text_version = models.CharField(max_length=20)
    language = models.CharField(max_length=5)
    how = models.CharField(max_length=12, choices=How.choices)
    given_by = models.CharField(max_length=10, choices=GivenBy.choices, default=GivenBy.OWN)
    guardian_not_asked = models.BooleanField(default=False)  # asking would have exposed the young person
    given_on = models.DateField()
    recorded_by = models.CharField(max_length=150)
    withdrawn_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("given_on")), name="consent_in_order"
            ),
            models.CheckConstraint(
                condition=Q(guardian_not_asked=False) | Q(given_by="own"), name="consent_spares_guardian_by_own"
            ),
        ]
