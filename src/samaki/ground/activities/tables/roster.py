"""A roster: people of a group, or at a session of an activity, by name and with their consent."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Session
from samaki.ground.activities.rosters import RosterRow, take_roster
from samaki.ground.groups.columns import GROUP, groups_of
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.identities import Identity, of_whole_name
from samaki.ground.people.models import AgeBand, Consent, Gender
from samaki.ground.people.operations.recording import GivenConsent, NewPerson
from samaki.ground.people.rules import may_be_under_18
from samaki.ground.places.columns import PLACE_COLUMNS, places_of
from samaki.ground.programmes.models import Programme
from samaki.kernel.policy import Action
from samaki.kernel.records import Written
from samaki.kernel.tables import Checked, Column, Setting, Table, TableKind
from samaki.kernel.tables.cells import Answer, allowed, choice, code, folded, text
from samaki.kernel.tables.dates import past_day, year
from samaki.kernel.tables.reasons import reason

GENDERS = (
    Answer(Gender.WOMAN, "Woman", "ស្ត្រី", ("female", "f", "w", "ស្រី", "ស")),
    Answer(Gender.MAN, "Man", "បុរស", ("male", "m", "ប្រុស", "ប")),
    Answer(Gender.ANOTHER_TERM, "Another term (in my own words)", "ពាក្យផ្សេង (តាមពាក្យខ្ញុំ)", ("another term", "other")),
    Answer(Gender.PREFERS_NOT_TO_SAY, "Prefers not to say", "មិនចង់ប្រាប់"),
    Answer(Gender.NOT_RECORDED, "Not recorded (gender)", "មិនបានកត់ត្រា", ("not recorded", "unknown")),
)
BANDS = (
    Answer(AgeBand.UNDER_18, "Under 18", "ក្រោម 18 ឆ្នាំ", ("<18", "0-17")),
    Answer(AgeBand.AGE_18_24, "18–24 years", "18–24 ឆ្នាំ", ("18-24",)),
    Answer(AgeBand.AGE_25_34, "25–34 years", "25–34 ឆ្នាំ", ("25-34",)),
    Answer(AgeBand.AGE_35_49, "35–49 years", "35–49 ឆ្នាំ", ("35-49",)),
    Answer(AgeBand.AGE_50_64, "50–64 years", "50–64 ឆ្នាំ", ("50-64",)),
    Answer(AgeBand.AGE_65_UP, "65 years and over", "65 ឆ្នាំឡើង", ("65+", ">65")),
    Answer(AgeBand.NOT_RECORDED, "Age not recorded", "មិនបានកត់ត្រាអាយុ", ("not recorded",)),
)
WAYS = (
    Answer(Consent.How.SIGNATURE, "Signature", "ហត្ថលេខា", ("signed",)),
    Answer(Consent.How.THUMBPRINT, "Thumbprint with a witness", "ស្នាមមេដៃ មានសាក្សី", ("thumbprint", "ស្នាមមេដៃ")),
    Answer(Consent.How.SPOKEN, "Spoken", "ដោយមាត់", ("oral", "verbal")),
    Answer(Consent.How.AUDIO, "Recorded audio", "ថតជាសំឡេង", ("audio",)),
)
_NO_GENDER, _NO_BAND = Gender.NOT_RECORDED.value, AgeBand.NOT_RECORDED.value
NO_TEXT = "not_recorded"  # a roster does not say which text was read out

reason("name_wanted", _("There is no name."), _("Please write the name in Khmer or in Latin letters."))
reason(
    "session_unknown",
    _("Your organisation has no such activity on that date."),
    _("Please check the name of the activity and the date, or record the activity first."),
)
reason(
    "session_twice",
    _("Several sessions fit this activity and date."),
    _("Please write the key of the activity and the date of the session."),
)
reason(
    "guardian_wanted",
    _("This person may be under 18, and the guardian’s consent is missing."),
    _("Please write how the guardian gave consent, or count this person without her name."),
)
reason("consent_date_wanted", _("It is not said when consent was given."), _("Please write the date of consent."))

COLUMNS = (
    Column("family_km", "Family name (Khmer)", "នាមត្រកូល", text(80), ("នាមត្រកូល (ខ្មែរ)", "គោត្តនាម"), width=18),
    Column("given_km", "Given name (Khmer)", "នាមខ្លួន", text(80), ("នាមខ្លួន (ខ្មែរ)",), width=18),
    Column("family_latin", "Family name (Latin)", "នាមត្រកូល (ឡាតាំង)", text(80),
           ("family name", "surname", "last name"), width=18),
    Column("given_latin", "Given name (Latin)", "នាមខ្លួន (ឡាតាំង)", text(80), ("given name", "first name"), width=18),
    Column("name", "Name (family name first)", "ឈ្មោះ", text(120), ("name", "full name", "ឈ្មោះពេញ", "គោត្តនាម នាម"),
           help_en="Instead of the four columns before: the first word is the family name.",
           help_km="ជំនួសជួរឈរទាំងបួនខាងមុខ៖ ពាក្យទីមួយជានាមត្រកូល។", width=24),
    Column("gender", "Gender", "យេនឌ័រ", choice(*GENDERS), ("sex", "ភេទ"), allowed=allowed(*GENDERS), width=18,
           help_en="As the person says. Leave empty where nobody asked.", help_km="តាមពាក្យម្ចាស់ខ្លួន។ ទុកទទេ បើមិនបានសួរ។"),
    Column("birth_year", "Birth year", "ឆ្នាំកំណើត", year, ("year of birth", "born")),
    Column("age_band", "Age band", "ក្រុមអាយុ", choice(*BANDS), ("age group", "age"), allowed=allowed(*BANDS),
           help_en="Only where no birth year is known.", help_km="តែពេលមិនដឹងឆ្នាំកំណើត។"),
    *(Column(c.key, c.label_en, c.label_km, c.parser, c.names, width=c.width, help_en=c.help_en, help_km=c.help_km)
      for c in PLACE_COLUMNS),
    Column("village", "Village", "ភូមិ", text(120), ("phum", "village name", "ឈ្មោះភូមិ")),
    Column("phone", "Phone number", "លេខទូរស័ព្ទ", code(30), ("phone", "telephone", "ទូរស័ព្ទ")),
    Column("group", GROUP.label_en, GROUP.label_km, GROUP.parser, GROUP.names, width=GROUP.width),
    Column("role", "Role in the group", "តួនាទីក្នុងក្រុម", text(40), ("role", "តួនាទី")),
    Column("joined_on", "Joined on", "ថ្ងៃចូលជាសមាជិក", past_day, ("joined", "member since", "date joined", "ថ្ងៃចូលក្រុម")),
    Column("activity", "Activity", "សកម្មភាព", text(200), ("activity name", "training", "ឈ្មោះសកម្មភាព"), width=30),
    Column("session_date", "Date of the session", "ថ្ងៃនៃវគ្គ", past_day, ("session date", "date", "កាលបរិច្ឆេទ")),
    Column("consent", "Consent to take part: how given", "ការយល់ព្រមចូលរួម៖ តាមវិធីណា", choice(*WAYS),
           ("consent", "ការយល់ព្រម"), allowed=allowed(*WAYS), width=24),
    Column("consent_on", "Consent given on", "ថ្ងៃផ្តល់ការយល់ព្រម", past_day, ("consent date", "date of consent")),
    Column("guardian_consent", "Guardian’s consent: how given", "ការយល់ព្រមរបស់អាណាព្យាបាល៖ តាមវិធីណា", choice(*WAYS),
           ("guardian consent", "ការយល់ព្រមរបស់អាណាព្យាបាល"), allowed=allowed(*WAYS), width=24,
           help_en="For a person under 18 who is named.", help_km="សម្រាប់អ្នកអាយុក្រោម 18 ឆ្នាំដែលមានឈ្មោះ។"),
)  # fmt: skip
NAMES = ("family_km", "given_km", "family_latin", "given_latin", "name")


def check(table: Table, setting: Setting) -> Checked:
    places = places_of(table, village=True)
    groups = groups_of(table, setting, Action.EDIT_PEOPLE)
    sessions = _sessions_of(table, setting)
    identities = _identities(table)
    column = table.columns
    told = zip(
        identities, column["gender"], column["birth_year"], column["age_band"], places, _consents(table), strict=True
    )
    part = zip(groups, column["role"], column["joined_on"], sessions, strict=True)
    known: dict[tuple[object, ...], NewPerson] = {}  # a person stands in a row for each session she was at
    rows: list[RosterRow] = []
    where: list[int] = []
    for row, (who, (group, role, joined_on, session)) in enumerate(zip(told, part, strict=True)):
        if row in table.faulty_rows or who[0] is None:
            continue
        key = (id(who[0]), *who[1:5], id(who[5]))  # the same words are the same identity and consents
        person = known.get(key)
        if person is None:
            identity, gender, birth_year, age_band, place_id, consents = who
            person = _person(identity, gender, birth_year, age_band, place_id, consents, setting.today)
            known[key] = person
            minor = may_be_under_18(person.birth_year, setting.today, given=person.age_band)
            ways = {consent.given_by for consent in person.consents}
            if minor and ways == {Consent.GivenBy.OWN}:
                table.fault(row, "guardian_consent", "guardian_wanted")
        rows.append(RosterRow(person, group, role or "member", joined_on, session))  # type: ignore[arg-type]  # read so
        where.append(row)
    return table.without_faults(rows, where)


def _person(
    identity: Identity,
    gender: object,
    birth_year: object,
    age_band: object,
    place_id: int | None,
    consents: tuple[GivenConsent, ...],
    today: dt.date,
) -> NewPerson:
    return NewPerson(
        identity,
        str(gender or _NO_GENDER),
        birth_year,  # type: ignore[arg-type]  # read as a year
        str(age_band or _NO_BAND),
        today if age_band else None,
        place_id,
        consents,
    )


def _identities(table: Table) -> list[Identity | None]:
    """Names as written; a whole name in one cell begins with the family name."""
    found: list[Identity | None] = []
    columns = [table.columns[key] for key in (*NAMES, "phone")]
    known: dict[tuple[object, ...], Identity] = {}
    for row, parts in enumerate(zip(*columns, strict=True)):
        if parts not in known:
            family_km, given_km, family_latin, given_latin, whole, phone = (str(part or "") for part in parts)
            if whole and not any((family_km, given_km, family_latin, given_latin)):
                known[parts] = of_whole_name(whole, phone=phone)
            else:
                known[parts] = Identity(family_km, given_km, family_latin, given_latin, phone)
        identity = known[parts]
        if not identity.full_km and not identity.full_latin:
            if row not in table.faulty_rows:
                table.fault(row, "name", "name_wanted")
            found.append(None)
        else:
            found.append(identity)
    return found


def _consents(table: Table) -> list[tuple[GivenConsent, ...]]:
    """What each row tells of consent; the same words are the same consents."""
    columns = (table.columns[key] for key in ("consent", "guardian_consent", "consent_on"))
    known: dict[tuple[object, ...], tuple[GivenConsent, ...]] = {}
    found: list[tuple[GivenConsent, ...]] = []
    for row, told in enumerate(zip(*columns, strict=True)):
        if told not in known:
            known[told] = _given(*told)
        own, guardian, given_on = told
        if (own or guardian) and given_on is None and row not in table.faulty_rows:
            table.fault(row, "consent_on", "consent_date_wanted")
        found.append(known[told])
    return found


def _given(own: object, guardian: object, given_on: object) -> tuple[GivenConsent, ...]:
    if not isinstance(given_on, dt.date):
        return ()
    return tuple(
        GivenConsent(Consent.Purpose.TAKE_PART, NO_TEXT, "km", str(how), given_on, who)
        for how, who in ((own, Consent.GivenBy.OWN), (guardian, Consent.GivenBy.GUARDIAN))
        if how
    )


def _sessions_of(table: Table, setting: Setting) -> list[Session | None]:
    """The session each row names by activity (key or title) and date; the date may be left out where there is one."""
    names, dates = table.columns["activity"], table.columns["session_date"]
    by_name: defaultdict[str, list[Session]] = defaultdict(list)
    if any(names):
        scope = {"activity__programme": setting.programme_id, "activity__organisation": setting.organisation_id}
        for session in Session.objects.filter(**scope).select_related("activity__group").order_by("pk"):
            activity = session.activity
            for name in {folded(activity.key), folded(activity.title_km), folded(activity.title_en)} - {""}:
                by_name[name].append(session)
    answers: dict[tuple[object, object], list[Session]] = {}
    found: list[Session | None] = []
    for row, asked in enumerate(zip(names, dates, strict=True)):
        if asked not in answers:
            sessions = by_name.get(folded(str(asked[0])), []) if asked[0] else []
            answers[asked] = [one for one in sessions if asked[1] in (None, one.held_on)]
        meant = answers[asked]
        if asked[0] and len(meant) != 1:
            table.fault(row, "activity", "session_twice" if meant else "session_unknown")
        found.append(meant[0] if len(meant) == 1 else None)
    return found


def save(checked: Checked, setting: Setting) -> Written:
    return take_roster(
        checked.rows,  # type: ignore[arg-type]  # what `check` made
        programme=Programme.objects.get(pk=setting.programme_id),
        organisation=Organisation.objects.get(pk=setting.organisation_id),
        by=setting.actor,
        at=setting.at,
        origin=setting.origin,
    )


ROSTER = TableKind(
    "roster",
    _("Roster of people"),
    Action.EDIT_PEOPLE,
    COLUMNS,
    check,
    save,
    field_columns={
        "family_km": "name",
        "person": "name",
        "people": "consent",
        "birth_year": "birth_year",
        "gender": "gender",
        "age_band": "age_band",
        "phone": "phone",
        "since": "joined_on",
        "held_on": "session_date",
        "group": "group",
        "activity": "activity",
    },
    holds_names=True,
)
