"""The form of a session: what was held, where, and who came, by number, by name or by count."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.feedback import Said, feedback_of, take_back_feedback, take_feedback
from samaki.ground.activities.models import Activity, Feedback
from samaki.ground.activities.rules import ADDING_UP, ALL, Counts
from samaki.ground.activities.sittings import (
    RIGHTSHOLDER_GROUP,
    Listed,
    Sitting,
    sittings_of,
    take_back_sittings,
    take_sittings,
    with_total,
)
from samaki.ground.people.identities import Identity, of_whole_name
from samaki.ground.people.models import AgeBand, Consent, Gender
from samaki.ground.people.operations.recording import GivenConsent, NewPerson
from samaki.ground.people.rules import age_band
from samaki.ground.programmes.offers import rightsholder_groups, working_places
from samaki.kernel.errors import Invalid
from samaki.kernel.form_handlers import (
    Choice,
    Entry,
    FormHandler,
    HandlerField,
    Kind,
    Records,
    Step,
    Tier,
    form_handlers,
)
from samaki.kernel.policy import Action

NO_TEXT = "not_recorded"  # a form does not say which text was read out
PEOPLE, RIGHTSHOLDERS = "people", "rightsholders"
_NAMES = ("family_km", "given_km", "family_latin", "given_latin")
_GENDERS = tuple(Choice(value, label) for value, label in Gender.choices)
_BANDS = tuple(Choice(value, label) for value, label in AgeBand.choices)
_WAYS = tuple(Choice(value, label) for value, label in Consent.How.choices)

# The counts of a session, by the field that tells each.
COUNTS: Mapping[str, tuple[str, str]] = {
    "all": ALL,
    "women": ("gender", Gender.WOMAN.value),
    "men": ("gender", Gender.MAN.value),
    "another_term": ("gender", Gender.ANOTHER_TERM.value),
    "prefers_not": ("gender", Gender.PREFERS_NOT_TO_SAY.value),
    "gender_not_recorded": ("gender", Gender.NOT_RECORDED.value),
    **{f"age_{band}": ("age_band", band) for band in AgeBand.values},
}

FIELDS = (
    HandlerField("held_on", _("Date of the session"), Kind.DATE, required=True),
    HandlerField(
        "kind",
        _("Kind of activity"),
        Kind.CHOICE,
        choices=tuple(Choice(value, label) for value, label in Activity.Kind.choices),
        hint=_("Needed unless an activity of the system is named."),
    ),
    HandlerField("title", _("What it was about"), Kind.TEXT),
    HandlerField("place", _("Place"), Kind.PLACE, offers=working_places),
    HandlerField("group", _("Group"), Kind.GROUP, hint=_("Name or key, where it was a meeting of a group.")),
    HandlerField("activity", _("Activity"), Kind.ACTIVITY, hint=_("Key of an activity that is in the system already.")),
    HandlerField("is_sensitive", _("Sensitive activity (counts only, no names)"), Kind.YES_NO),
    HandlerField("all", _("How many came, in all"), Kind.COUNT, hint=_("Without those listed by name or number.")),
    HandlerField("women", _("Of them women"), Kind.COUNT),
    HandlerField("men", _("Of them men"), Kind.COUNT),
    HandlerField("another_term", _("Of them with another term"), Kind.COUNT),
    HandlerField("prefers_not", _("Of them who prefer not to say"), Kind.COUNT),
    HandlerField("gender_not_recorded", _("Of them, gender not recorded"), Kind.COUNT),
    *(HandlerField(f"age_{value}", label, Kind.COUNT) for value, label in AgeBand.choices),
    HandlerField(
        RIGHTSHOLDER_GROUP, _("Rightsholder group"), Kind.TEXT, repeat=RIGHTSHOLDERS, offers=rightsholder_groups
    ),
    HandlerField("count", _("How many of them came"), Kind.COUNT, repeat=RIGHTSHOLDERS),
    HandlerField("person", _("Number of the person"), Kind.PERSON, repeat=PEOPLE, hint=_("Such as P000123.")),
    HandlerField("name", _("Name (family name first)"), Kind.TEXT, repeat=PEOPLE),
    HandlerField("family_km", _("Family name (Khmer)"), Kind.TEXT, repeat=PEOPLE),
    HandlerField("given_km", _("Given name (Khmer)"), Kind.TEXT, repeat=PEOPLE),
    HandlerField("family_latin", _("Family name (Latin)"), Kind.TEXT, repeat=PEOPLE),
    HandlerField("given_latin", _("Given name (Latin)"), Kind.TEXT, repeat=PEOPLE),
    HandlerField("gender", _("Gender"), Kind.CHOICE, repeat=PEOPLE, choices=_GENDERS),
    HandlerField("birth_year", _("Birth year"), Kind.YEAR, repeat=PEOPLE),
    HandlerField(
        "age_band",
        _("Age band"),
        Kind.CHOICE,
        repeat=PEOPLE,
        choices=_BANDS,
        hint=_("Only where no birth year is known."),
    ),
    HandlerField("village", _("Village"), Kind.PLACE, repeat=PEOPLE),
    HandlerField("phone", _("Phone number"), Kind.TEXT, repeat=PEOPLE),
    HandlerField("consent", _("Consent to take part: how given"), Kind.CHOICE, repeat=PEOPLE, choices=_WAYS),
    HandlerField("guardian_consent", _("Guardian’s consent: how given"), Kind.CHOICE, repeat=PEOPLE, choices=_WAYS),
)

# On a phone: which activity, or what, when and where; how many came; who of those the activity knows. A phone's token
# adds nobody to the list of people.
STEPS = (
    Step("activity", _("Activity"), ("activity",)),
    Step("kind", _("Kind of activity"), ("kind",)),
    Step("held_on", _("Date of the session"), ("held_on",)),
    Step("place", _("Place"), ("place",)),
    Step("group", _("Group"), ("group",), aside=True),
    Step("title", _("What it was about"), ("title",), aside=True),
    Step("is_sensitive", _("Sensitive activity (counts only, no names)"), ("is_sensitive",), aside=True),
    Step(
        "counts",
        _("How many came"),
        ("all", "women", "men", "another_term", "prefers_not", "gender_not_recorded"),
    ),
    Step("ages", _("How many came, by age"), tuple(f"age_{value}" for value in AgeBand.values), aside=True),
    Step(
        RIGHTSHOLDERS,
        _("How many came, by rightsholder group"),
        (RIGHTSHOLDER_GROUP, "count"),
        repeat=RIGHTSHOLDERS,
        aside=True,
    ),
    Step(PEOPLE, _("Who came"), ("person",), repeat=PEOPLE),
)


def sitting_of(entry: Entry) -> Sitting:
    """Raises Invalid: value_missing; counted_twice where people without a name are counted and listed too."""
    held_on = entry.values.get("held_on")
    if not isinstance(held_on, dt.date):
        raise Invalid("value_missing", _("Please write the date."), field="held_on")
    numbers: set[int] = set()
    listed: list[Listed] = []
    unnamed: list[Mapping[str, object]] = []
    for row in entry.repeats.get(PEOPLE, ()):
        if isinstance(number := row.get("person"), int):
            numbers.add(number)
        elif any(row.get(part) for part in ("name", *_NAMES)):
            listed.append(_listed(row, held_on))
        elif row:
            unnamed.append(row)
    return Sitting(
        origin=entry.origin,
        by=entry.by,
        received_at=entry.received_at,
        held_on=held_on,
        kind=_text(entry.values, "kind"),
        title=_text(entry.values, "title")[:200],
        place=_text(entry.values, "place"),
        group=_text(entry.values, "group"),
        activity=_text(entry.values, "activity"),
        is_sensitive=entry.values.get("is_sensitive") is True,
        counts=_counts(entry, unnamed, held_on),
        numbers=frozenset(numbers),
        listed=tuple(listed),
    )


def _text(values: Mapping[str, object], key: str) -> str:
    return str(values.get(key) or "").strip()


def _counts(entry: Entry, unnamed: Sequence[Mapping[str, object]], held_on: dt.date) -> Counts:
    """What is said in numbers, or counted off people listed without a name; rightsholder groups beside either."""
    said = {key: count for field, key in COUNTS.items() if isinstance(count := entry.values.get(field), int)}
    if said and unnamed:
        words = _("People without names are counted in numbers and listed too. Please keep one of the two.")
        raise Invalid("counted_twice", words, field=PEOPLE)
    found: Counter[tuple[str, str]] = Counter(said)
    for row in unnamed:
        year, band = row.get("birth_year"), str(row.get("age_band") or AgeBand.NOT_RECORDED.value)
        found[ALL] += 1
        found["gender", str(row.get("gender") or Gender.NOT_RECORDED.value)] += 1
        found["age_band", age_band(year if isinstance(year, int) else None, held_on, given=band)] += 1
    for row in entry.repeats.get(RIGHTSHOLDERS, ()):
        group, count = _text(row, RIGHTSHOLDER_GROUP), row.get("count")
        if group and isinstance(count, int):
            if (RIGHTSHOLDER_GROUP, group) in found:
                words = _("This rightsholder group stands twice. Please keep one of the two.")
                raise Invalid("counted_twice", words, field=RIGHTSHOLDER_GROUP)
            found[RIGHTSHOLDER_GROUP, group] = count
    return with_total(dict(found))


def _listed(row: Mapping[str, object], held_on: dt.date) -> Listed:
    family_km, given_km, family_latin, given_latin = parts = tuple(_text(row, part) for part in _NAMES)
    phone = _text(row, "phone")
    identity = Identity(family_km, given_km, family_latin, given_latin, phone)
    if not any(parts):
        identity = of_whole_name(_text(row, "name"), phone=phone)
    consents = tuple(
        GivenConsent(Consent.Purpose.TAKE_PART, NO_TEXT, "km", how, held_on, who)
        for field, who in (("consent", Consent.GivenBy.OWN), ("guardian_consent", Consent.GivenBy.GUARDIAN))
        if (how := _text(row, field))
    )
    year, band = row.get("birth_year"), _text(row, "age_band")
    person = NewPerson(
        identity,
        gender=_text(row, "gender") or Gender.NOT_RECORDED.value,
        birth_year=year if isinstance(year, int) else None,
        age_band=band or AgeBand.NOT_RECORDED.value,
        age_band_on=held_on if band else None,
        consents=consents,
    )
    return Listed(person, _text(row, "village"))


RECORDS = Records("activities.session", sitting_of, take_sittings, take_back_sittings, sittings_of)

SESSION = form_handlers.register(
    FormHandler(
        key="session",
        label=_("Session with attendance"),
        action=Action.RECORD_ACTIVITY,
        fields=FIELDS,
        take=RECORDS.take,
        take_back=RECORDS.take_back,
        find=RECORDS.find,
        tier=Tier.T3,
        hint=_("A training, meeting or event that was held, and who came."),
        job=1,
        steps=STEPS,
        sums=tuple(
            ("all", tuple(field for field, (name, _value) in COUNTS.items() if name == dimension))
            for dimension in ADDING_UP
        ),
    )
)

FEEDBACK_FIELDS = (
    HandlerField("given_on", _("Date"), Kind.DATE, required=True),
    HandlerField("activity", _("Activity"), Kind.ACTIVITY, hint=_("Key of an activity that is in the system already.")),
    HandlerField("place", _("Place"), Kind.PLACE, offers=working_places),
    HandlerField(
        "felt_heard",
        _("Did the person feel heard?"),
        Kind.CHOICE,
        choices=tuple(Choice(value, label) for value, label in Feedback.FeltHeard.choices),
    ),
    HandlerField("asked_for", _("What the person asks for"), Kind.TEXT, hint=_("In her own words, without names.")),
)


def said_in(entry: Entry) -> Said:
    """Raises Invalid("value_missing")."""
    given_on = entry.values.get("given_on")
    if not isinstance(given_on, dt.date):
        raise Invalid("value_missing", _("Please write the date."), field="given_on")
    return Said(
        origin=entry.origin,
        by=entry.by,
        given_on=given_on,
        felt_heard=_text(entry.values, "felt_heard") or Feedback.FeltHeard.NOT_RECORDED.value,
        asked_for=_text(entry.values, "asked_for"),
        activity=_text(entry.values, "activity"),
        place=_text(entry.values, "place"),
    )


FEEDBACK_RECORDS = Records("activities.feedback", said_in, take_feedback, take_back_feedback, feedback_of)

FEEDBACK = form_handlers.register(
    FormHandler(
        key="feedback",
        label=_("Feedback after an activity"),
        action=Action.RECORD_ACTIVITY,
        fields=FEEDBACK_FIELDS,
        take=FEEDBACK_RECORDS.take,
        take_back=FEEDBACK_RECORDS.take_back,
        find=FEEDBACK_RECORDS.find,
        hint=_("Whether people felt heard, and what they ask for. Nobody is named."),
    )
)
