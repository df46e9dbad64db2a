"""The working group's curriculum and how its second version came about; what Banteay Srei's learning groups asked to
learn. That there was one workshop late in 2023 in Kampong Chhnang is from the description; modules, words and days are
invented."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from samaki.ground.activities.models import Activity, Session
from samaki.ground.groups.models import Group, Membership
from samaki.ground.needs.models import LearningNeed
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Gender
from samaki.ground.programmes.models import Programme
from samaki.interfaces.demo.organisations import ORIGIN
from samaki.strands.learning.models import (
    Curriculum,
    CurriculumVersion,
    Material,
    Module,
    Review,
    Series,
    SessionUse,
    Theme,
)

KEY = "twg-transformative-masculinities"
FIRST_AGREED, SECOND_AGREED = dt.date(2022, 9, 15), dt.date(2023, 12, 15)
WORKSHOP = dt.date(2023, 11, 28)
OPENED = dt.date(2023, 2, 1)
MARKS = {"is_example": True, "origin": ORIGIN}
THEMES = (
    ("feminist-principles", "គោលការណ៍ស្ត្រីនិយម", "Feminist principles"),
    ("lgbtiq-rights", "សិទ្ធិ LGBTIQ+", "LGBTIQ+ rights"),
    ("transformative-masculinities", "ភាពជាបុរសដែលនាំឱ្យផ្លាស់ប្តូរ", "Transformative masculinities"),
)
FEMINIST, LGBTIQ, MASCULINITIES = (key for key, _km, _en in THEMES)


@dataclass(frozen=True)
class Part:
    """A module of the example."""

    title_km: str
    title_en: str
    aims_km: str
    aims_en: str
    minutes: int
    themes: tuple[str, ...]


FIRST = (
    Part(
        "យេនឌ័រក្នុងជីវិតប្រចាំថ្ងៃ",
        "Gender in daily life",
        "អ្នករៀនរៀបរាប់ពីអ្វីដែលគេរំពឹងពីបុរស និងស្ត្រី។",
        "Participants describe what is expected of men and of women.",
        120,
        (MASCULINITIES,),
    ),
    Part(
        "អំណាច និងសិទ្ធិ",
        "Power and rights",
        "អ្នករៀនស្គាល់អំណាចលើគេ អំណាចជាមួយគ្នា និងអំណាចក្នុងខ្លួន។",
        "Participants tell power over, power with and power within apart.",
        120,
        (FEMINIST,),
    ),
    Part(
        "បុរស និងការថែទាំ",
        "Men and care",
        "អ្នករៀនគិតថា ការងារផ្ទះ និងការថែទាំកូនជាការងាររបស់អ្នកណា។",
        "Participants ask whose work housework and the care of children is.",
        90,
        (MASCULINITIES,),
    ),
    Part(
        "របៀបដឹកនាំវគ្គ",
        "How to lead a session",
        "អ្នករៀនសាកដឹកនាំវគ្គខ្លីមួយ។",
        "Participants try to lead a short session.",
        150,
        (),
    ),
)
SECOND = (
    FIRST[0],
    replace(
        FIRST[1],
        aims_km="អ្នករៀនស្គាល់គោលការណ៍ស្ត្រីនិយម និងអំណាចបួនបែប។",
        aims_en="Participants know feminist principles and four kinds of power.",
        minutes=150,
    ),
    Part(
        "ភាពចម្រុះនៃយេនឌ័រ និងសិទ្ធិ LGBTIQ+",
        "Gender diversity and LGBTIQ+ rights",
        "អ្នករៀនស្តាប់បទពិសោធន៍ ហើយរកវិធីគាំទ្រមនុស្សគ្រប់រូបក្នុងភូមិ។",
        "Participants listen to experiences and find ways to support everyone in the village.",
        150,
        (LGBTIQ, FEMINIST),
    ),
    FIRST[2],
    Part(
        "បញ្ឈប់អំពើហិង្សា",
        "Ending violence",
        "អ្នករៀនស្គាល់ច្បាប់ឆ្នាំ 2005 និងសេវាជួយក្នុងខេត្ត។",
        "Participants know the law of 2005 and the services of the province.",
        120,
        (MASCULINITIES, FEMINIST),
    ),
    replace(FIRST[3], minutes=180),
)
# Who said it: an office, a group or staff. What was proposed, then each answer: step, days after the first, who, words.
TALK = (
    (
        ("Women and non-binary members of the working group", "A module on gender diversity and LGBTIQ+ rights."),
        (
            ("discussed", 1, "Working group", "Wanted by all; two hours are too short, take two and a half."),
            ("agreed", 2, "Working group", "Added as module 3, 150 minutes."),
        ),
    ),
    (
        ("Provincial trainers", "Power and rights should start from feminist principles."),
        (("agreed", 2, "Working group", "Module 2 is rewritten and is half an hour longer."),),
    ),
    (
        ("Programme staff", "Drop the module on care, to save a morning."),
        (("declined", 2, "Working group", "It is what men talk about afterwards; it stays."),),
    ),
    (
        ("Programme staff", "A module on ending violence, with the services of each province."),
        (("agreed", 2, "Working group", "Added as module 5."),),
    ),
)


def load_curriculum(programme: Programme, diakonia: Organisation, group: Group) -> None:
    """The working group's curriculum, where there is none: what somebody changed since stays changed."""
    if Curriculum.objects.filter(programme=programme).exists():
        return
    themes = {
        key: Theme.objects.get_or_create(
            programme=programme, key=key, defaults={"name_km": km, "name_en": en, **MARKS}
        )[0]
        for key, km, en in THEMES
    }
    curriculum = Curriculum.objects.create(
        programme=programme,
        organisation=diakonia,
        key=KEY,
        title_km="កម្មវិធីសិក្សាស្តីពីភាពជាបុរសដែលនាំឱ្យផ្លាស់ប្តូរ",
        title_en="Transformative masculinities",
        **MARKS,
    )
    curriculum.themes.set(themes.values())
    first = _version(curriculum, 1, FIRST, themes, FIRST_AGREED, "កំណែដំបូងរបស់ក្រុមការងារ។", "The working group’s first.")
    second = _version(
        curriculum,
        2,
        SECOND,
        themes,
        SECOND_AGREED,
        "កែសម្រួលនៅសិក្ខាសាលាខេត្តកំពង់ឆ្នាំង ខែវិច្ឆិកា ឆ្នាំ 2023។",
        "Refined at the workshop in Kampong Chhnang in November 2023.",
    )
    CurriculumVersion.objects.filter(pk=first.pk).update(state=CurriculumVersion.State.RETIRED)
    _talk(second, diakonia)
    _taught(programme, second)
    Series.objects.filter(programme=programme, version=None, is_example=True).update(version=second)
    _hand_over(group)


def load_needs(programme: Programme, banteay_srei: Organisation, groups: dict[str, Group]) -> None:
    """What the learning groups asked to learn, where nothing was asked yet."""
    if LearningNeed.objects.filter(programme=programme).exists():
        return
    activities = {one.key: one for one in Activity.objects.filter(programme=programme)}
    order = 0
    for code, group in groups.items():
        analysed, voted, first, again, second = (activities[f"bs-{code}-{step}"] for step in (1, 2, 3, 5, 7))
        asked = [
            (analysed, "របៀបចុះបញ្ជីប័ណ្ណដី និងអ្វីដែលភរិយាត្រូវចុះហត្ថលេខា។", voted, first),
            (again, "របៀបនិយាយនៅមុខក្រុមប្រឹក្សាឃុំ។", again, second),
            (again, "របៀបកាន់បញ្ជីក្រុមសន្សំប្រាក់។", again, None),
            (second, "ច្បាប់ការងារសម្រាប់អ្នកធ្វើការស៊ីឈ្នួលប្រចាំថ្ងៃ។", None, None),
        ]
        for raised, text, ordered, answer in asked:
            order += 1 if ordered is not None and answer is None else 0
            state = LearningNeed.State.RAISED
            if answer is not None:
                state = LearningNeed.State.ANSWERED
            elif ordered is not None:
                state = LearningNeed.State.PRIORITISED
            LearningNeed.objects.create(
                programme=programme,
                organisation=banteay_srei,
                group=group,
                place=group.place,
                raised_by=LearningNeed.RaisedBy.COMMUNITY,
                raised_on=raised.starts_on,
                text=text,
                state=state,
                priority=(order if answer is None else 1) if ordered is not None else None,
                prioritised_on=ordered.starts_on if ordered is not None else None,
                answered_by=answer,
                closed_on=answer.ends_on if answer is not None else None,
                **MARKS,
            )
    LearningNeed.objects.create(
        programme=programme,
        organisation=banteay_srei,
        raised_by=LearningNeed.RaisedBy.PARTNER,
        raised_on=dt.date(2023, 6, 1),
        text="វគ្គអំពីការធ្វើផែនទីដោយដ្រូន សម្រាប់បុគ្គលិកសហគមន៍។",
        state=LearningNeed.State.DECLINED,
        closed_on=dt.date(2023, 6, 20),
        declined_because="គ្មានក្រុមណាស្នើទេ។ ប័ណ្ណដីត្រូវមកមុន។",
        **MARKS,
    )


def _version(
    curriculum: Curriculum,
    number: int,
    parts: tuple[Part, ...],
    themes: dict[str, Theme],
    agreed_on: dt.date,
    summary_km: str,
    summary_en: str,
) -> CurriculumVersion:
    version = CurriculumVersion.objects.create(
        curriculum=curriculum,
        number=number,
        summary_km=summary_km,
        summary_en=summary_en,
        **MARKS,
    )
    for at, part in enumerate(parts, start=1):
        module = Module.objects.create(
            version=version,
            number=at,
            title_km=part.title_km,
            title_en=part.title_en,
            aims_km=part.aims_km,
            aims_en=part.aims_en,
            minutes=part.minutes,
            **MARKS,
        )
        module.themes.set(themes[key] for key in part.themes)
        for language, title, text in (
            (Material.Language.KHMER, "ក្រដាសចែក", f"{part.title_km}\n\n{part.aims_km}\n"),
            (Material.Language.ENGLISH, "Handout", f"{part.title_en}\n\n{part.aims_en}\n"),
        ):
            Material.objects.create(
                module=module,
                language=language,
                title=title,
                name=f"handout-{language}.txt",
                content_type="text/plain",
                content=text.encode(),
                **MARKS,
            )
    version.state, version.agreed_on = CurriculumVersion.State.AGREED, agreed_on  # from here on it stands
    version.save()
    return version


def _talk(version: CurriculumVersion, diakonia: Organisation) -> None:
    for (by, text), answers in TALK:
        proposal = Review.objects.create(
            version=version, step="proposed", on=WORKSHOP, by=by, organisation=diakonia, text=text, **MARKS
        )
        for step, days, said_by, words in answers:
            Review.objects.create(
                version=version,
                answers=proposal,
                step=step,
                on=WORKSHOP + dt.timedelta(days=days),
                by=said_by,
                organisation=diakonia,
                text=words,
                **MARKS,
            )


def _taught(programme: Programme, version: CurriculumVersion) -> None:
    """Each session of the trainings since then taught the module of its number, the later days the last one."""
    modules = list(version.modules.order_by("number"))
    kinds = (Activity.Kind.TRAINING, Activity.Kind.TRAINING_OF_TRAINERS)
    held = Session.objects.filter(
        activity__programme=programme, activity__kind__in=kinds, held_on__gte=SECOND_AGREED
    ).order_by("pk")
    SessionUse.objects.bulk_create(
        SessionUse(session=one, version=version, module=modules[min(one.number, len(modules)) - 1], **MARKS)
        for one in held
    )


def _hand_over(group: Group) -> None:
    """When the group opened, a woman who joined took the chair, and it was written down who comes from where."""
    sent_by = list(Organisation.objects.filter(key__in=("wela", "banteay-srei", "diakonia")).order_by("key"))
    members = list(group.memberships.select_related("person").order_by("pk"))
    for number, one in enumerate(members):
        one.representing = sent_by[number % len(sent_by)] if number % 4 else None
        one.save()
    chair = next((one for one in members if one.role == "chair"), None)
    woman = next((one for one in members if one.person.gender == Gender.WOMAN and one.since == OPENED), None)
    if chair is None or woman is None:
        return
    chair.until = OPENED
    chair.save()
    Membership.objects.create(
        group=group, person=chair.person, role="member", representing=chair.representing, since=OPENED, **MARKS
    )
    woman.role = "chair"
    woman.save()
