"""The five programmes of the example, modelled on their published descriptions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from samaki.ground.organisations.models import Organisation
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme, ProgrammePlace, ProgrammeRole, RightsholderGroup, Risk
from samaki.interfaces.demo.organisations import ORIGIN

Part = ProgrammeRole.Part
Area = ProgrammePlace.Area
OLD_COMMUNES = ("040102", "040203", "140103", "150103")
NEW_COMMUNES = ("040403", "140203", "140303", "150203", "150303")


@dataclass(frozen=True)
class Plan:
    key: str
    name_en: str
    name_km: str
    summary_en: str
    summary_km: str
    starts_on: dt.date
    ends_on: dt.date | None
    roles: tuple[tuple[Part, str], ...]
    places: tuple[tuple[str, Area], ...]
    sdg_targets: tuple[str, ...]
    gender_marker: int | None = None
    themes: tuple[str, ...] = ()
    risks: tuple[tuple[str, str], ...] = ()
    rightsholder_groups: tuple[tuple[str, str, str], ...] = field(default=())


FIA_PARTNERS = ("banteay-srei", *(f"fia-partner-{number}" for number in range(2, 7)))
RIGHTSHOLDERS = (
    ("people-with-disabilities", "People with disabilities", "ជនមានពិការភាព"),
    ("lgbtiq", "LGBTIQ+ people", "សហគមន៍ឥន្ទធនូ (LGBTIQ+)"),
    ("people-living-with-hiv", "People living with HIV", "អ្នករស់នៅជាមួយមេរោគអេដស៍"),
    ("vulnerable-youth-and-elderly", "Vulnerable youth and elderly", "យុវជន និងមនុស្សចាស់ងាយរងគ្រោះ"),
    ("indigenous-people", "Indigenous people", "ជនជាតិដើមភាគតិច"),
)
OFFICES = (
    "office-women-16",
    "office-social-16",
    "office-labour-16",
    "office-health-16",
    "office-education-16",
    "local-authorities-16",
)

PLANS = (
    Plan(
        "twg",
        "Working group on transformative masculinities, feminism and LGBTIQ rights",
        "ក្រុមការងារស្តីពីភាពជាបុរសដែលនាំឱ្យផ្លាស់ប្តូរ ស្ត្រីនិយម និងសិទ្ធិ LGBTIQ",
        "Refines a curriculum, trains trainers in the provinces; they teach their communities.",
        "កែលម្អកម្មវិធីសិក្សា បណ្តុះបណ្តាលគ្រូបង្គោលនៅតាមខេត្ត ហើយពួកគាត់បង្រៀនសហគមន៍។",
        dt.date(2016, 1, 1),
        None,
        ((Part.LEAD, "diakonia"),),
        (("04", Area.UNDIVIDED), ("19", Area.UNDIVIDED)),
        ("5.1", "5.2"),
    ),
    Plan(
        "mpp",
        "Men’s Perspective Project",
        "គម្រោងទស្សនៈបុរស",
        "Community men’s groups counsel men who were violent and reach people by campaigns, fliers and house visits.",
        "ក្រុមបុរសសហគមន៍ប្រឹក្សាបុរសដែលបានប្រើហិង្សា ហើយផ្សព្វផ្សាយតាមយុទ្ធនាការ ខិត្តប័ណ្ណ និងការចុះតាមផ្ទះ។",
        dt.date(2008, 1, 1),  # the year its description counts
        dt.date(2008, 12, 31),
        ((Part.LEAD, "wela"), (Part.PARTNER, "womens-service")),
        (
            *((code, Area.OLD) for code in OLD_COMMUNES),
            *((code, Area.NEW) for code in NEW_COMMUNES),
        ),
        ("5.2",),
        themes=("alcohol", "stis", "health_workers"),
    ),
    Plan(
        "fia",
        "Feminists in Action",
        "ស្ត្រីនិយមក្នុងសកម្មភាព",
        "Six local partners: capacity, protection networks that engage authorities, livelihoods, reflection.",
        "អង្គការដៃគូក្នុងស្រុក 6៖ សមត្ថភាព បណ្តាញការពារដែលធ្វើការជាមួយអាជ្ញាធរ ជីវភាព និងការឆ្លុះបញ្ចាំង។",
        dt.date(2023, 1, 1),
        None,
        (
            (Part.LEAD, "care"),
            (Part.DONOR, "afd"),
            *((Part.PARTNER, partner) for partner in FIA_PARTNERS),
        ),
        tuple((code, Area.UNDIVIDED) for code in ("04", "14", "15", "16", "19")),
        ("5.1", "5.2", "5.5"),
        risks=(
            ("Funding may fall before partners have other sources.", "មូលនិធិអាចថយចុះ មុនពេលដៃគូមានប្រភពផ្សេង។"),
            ("Partners have competing priorities.", "ដៃគូមានការងារអាទិភាពច្រើនក្នុងពេលតែមួយ។"),
        ),
        rightsholder_groups=RIGHTSHOLDERS,
    ),
    Plan(
        "cop-women",
        "Community of Practice – Women",
        "សហគមន៍រៀនសូត្ររួម – ស្ត្រី",
        "Five rightsholder groups meet duty bearers: life stories, a round table, commitments.",
        "ក្រុមម្ចាស់សិទ្ធិ 5 ជួបអ្នកមានកាតព្វកិច្ច៖ រឿងជីវិត តុមូល និងការប្តេជ្ញាចិត្ត។",
        dt.date(2023, 1, 1),
        None,
        (
            (Part.LEAD, "linking-learning"),
            (Part.DONOR, "voice"),
            *((Part.MEMBER, f"cop-member-{number}") for number in range(1, 6)),
            *((Part.DUTY_BEARER, office) for office in OFFICES),
        ),
        (("16", Area.UNDIVIDED),),
        ("5.1", "5.c"),
        rightsholder_groups=RIGHTSHOLDERS,
    ),
    Plan(
        "banteay-srei",
        "Rights-based learning cycle",
        "វដ្តរៀនសូត្រផ្អែកលើសិទ្ធិ",
        "A community analyses its situation, asks for training, builds women leaders, advocates until there is change.",
        "សហគមន៍វិភាគស្ថានភាពរបស់ខ្លួន ស្នើសុំវគ្គបណ្តុះបណ្តាល កសាងអ្នកដឹកនាំស្ត្រី ហើយតស៊ូមតិរហូតមានការផ្លាស់ប្តូរ។",
        dt.date(2022, 1, 1),
        None,
        ((Part.LEAD, "banteay-srei"),),
        (("15", Area.UNDIVIDED),),
        ("5.1", "5.5"),
        rightsholder_groups=RIGHTSHOLDERS,
    ),
)


def place_codes() -> frozenset[str]:
    return frozenset(code for plan in PLANS for code, _area in plan.places)


def load_programmes(organisations: dict[str, Organisation], places: dict[str, Place]) -> dict[str, Programme]:
    """Programmes by key with roles, places, risks and rightsholder groups, made where they are not there yet."""
    known = set(Programme.objects.values_list("key", flat=True))
    for plan in PLANS:
        if plan.key not in known:
            _load(plan, organisations, places)
    return {programme.key: programme for programme in Programme.objects.all()}


def _load(plan: Plan, organisations: dict[str, Organisation], places: dict[str, Place]) -> None:
    programme = Programme.objects.create(
        key=plan.key,
        name_km=plan.name_km,
        name_en=plan.name_en,
        summary_km=plan.summary_km,
        summary_en=plan.summary_en,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        gender_marker=plan.gender_marker,
        sdg_targets=list(plan.sdg_targets),
        themes=list(plan.themes),
        is_example=True,
        origin=ORIGIN,
    )
    ProgrammeRole.objects.bulk_create(
        ProgrammeRole(programme=programme, organisation=organisations[key], part=part, since=None)
        for part, key in plan.roles
    )
    ProgrammePlace.objects.bulk_create(
        ProgrammePlace(programme=programme, place=places[code], area=area) for code, area in plan.places
    )
    Risk.objects.bulk_create(Risk(programme=programme, text_en=en, text_km=km) for en, km in plan.risks)
    RightsholderGroup.objects.bulk_create(
        RightsholderGroup(programme=programme, key=key, name_en=en, name_km=km)
        for key, en, km in plan.rightsholder_groups
    )
