"""What the example's figures are held against: frameworks, targets, and what the published descriptions state.

Frameworks and targets are invented. The statements are the sources' own words.
"""

from __future__ import annotations

from dataclasses import dataclass

from samaki.engines.results.models import Framework, Node, Statement
from samaki.engines.results.operations import NodeWritten, keep_statement, set_framework, set_target
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import System

BY = System("example data")
GOAL, OUTCOME, OUTPUT = Node.Level.GOAL, Node.Level.OUTCOME, Node.Level.OUTPUT
MPP_SOURCE = "Published description of the Men’s Perspective Project"
MPP_SOURCE_KM = "ឯកសារពិពណ៌នាអំពីគម្រោងទស្សនៈបុរស ដែលបានចេញផ្សាយ"


@dataclass(frozen=True)
class Plan:
    programme: str
    nodes: tuple[NodeWritten, ...]
    targets: tuple[tuple[str, str, int], ...] = ()  # indicator, period, value


PLANS = (
    Plan(
        "twg",
        (
            NodeWritten("goal", GOAL, "Communities live gender equality", "សហគមន៍រស់នៅដោយសមភាពយេនឌ័រ"),
            NodeWritten(
                "lead", OUTCOME, "The group itself is what it teaches", "ក្រុមអនុវត្តអ្វីដែលខ្លួនបង្រៀន", "goal",
                ("working_group_composition",),
            ),
            NodeWritten(
                "train", OUTPUT, "Trainers are trained in the provinces", "គ្រូបង្គោលតាមខេត្តបានទទួលការបណ្តុះបណ្តាល", "lead",
                ("participants", "attendances", "activities_held"),
            ),
        ),
        (("participants", "2024", 40), ("activities_held", "2024", 2)),
    ),
    Plan(
        "mpp",
        (
            NodeWritten("goal", GOAL, "Women and children live free from violence", "ស្ត្រី និងកុមាររស់នៅដោយគ្មានអំពើហិង្សា"),
            NodeWritten(
                "change", OUTCOME, "Men who were violent change", "បុរសដែលបានប្រើហិង្សាផ្លាស់ប្តូរ", "goal",
                (
                    "reported_success",
                    "reported_stop_of_success",
                    "reported_stop_of_counselled",
                    "verified_cessation",
                    "follow_up_coverage",
                ),
            ),
            NodeWritten(
                "counsel", OUTPUT, "Men’s groups counsel", "ក្រុមបុរសផ្តល់ប្រឹក្សា", "change",
                ("perpetrators_counselled", "group_report_timeliness"),
            ),
            NodeWritten("reach", OUTPUT, "People are reached", "ការផ្សព្វផ្សាយទៅដល់មនុស្ស", "change", ("outreach_contacts",)),
        ),
        (("outreach_contacts", "2008", 6000), ("group_report_timeliness", "2008", 90)),
    ),
    Plan(
        "fia",
        (
            NodeWritten("goal", GOAL, "Women claim their rights together", "ស្ត្រីទាមទារសិទ្ធិរបស់ខ្លួនរួមគ្នា"),
            NodeWritten(
                "strong", OUTCOME, "Partners and networks are strong", "ដៃគូ និងបណ្តាញរឹងមាំ", "goal", ("participants",)
            ),
            NodeWritten(
                "act", OUTPUT, "Networks, livelihoods and reflection at work", "បណ្តាញ ជីវភាព និងការឆ្លុះបញ្ចាំង", "strong",
                ("activities_held", "attendances"),
            ),
        ),
        (
            ("participants", "2023", 350),
            ("participants", "2024", 380),
            ("activities_held", "2023", 300),
            ("activities_held", "2024", 300),
            ("attendances", "2023", 5000),
            ("attendances", "2024", 5500),
        ),
    ),
    Plan(
        "cop-women",
        (
            NodeWritten("goal", GOAL, "Rightsholders are seen and heard", "ម្ចាស់សិទ្ធិត្រូវបានមើលឃើញ និងស្តាប់"),
            NodeWritten(
                "meet", OUTCOME, "Rightsholders meet duty bearers", "ម្ចាស់សិទ្ធិជួបអ្នកមានកាតព្វកិច្ច", "goal",
                ("activities_held", "participants"),
            ),
        ),
    ),
    Plan(
        "banteay-srei",
        (
            NodeWritten("goal", GOAL, "Women lead change in their communities", "ស្ត្រីដឹកនាំការផ្លាស់ប្តូរក្នុងសហគមន៍"),
            NodeWritten(
                "learn", OUTCOME, "Communities learn and advocate", "សហគមន៍រៀនសូត្រ និងតស៊ូមតិ", "goal",
                ("participants", "activities_held", "learning_needs_met"),
            ),
        ),
        (("participants", "2023", 60), ("activities_held", "2023", 12)),
    ),
)  # fmt: skip


def load_plans(programmes: dict[str, Programme]) -> None:
    """Frameworks with their targets, and statements, where a programme has none yet."""
    planned = set(Framework.objects.values_list("programme__key", flat=True))
    for plan in PLANS:
        if plan.programme not in planned:
            _load(plan, programmes[plan.programme])
    if not Statement.objects.filter(programme=programmes["mpp"]).exists():
        _state(programmes["mpp"])


def _load(plan: Plan, programme: Programme) -> None:
    set_framework(
        programme=programme,
        title_en=f"Results framework: {programme.name_en}",
        title_km=f"ក្របខ័ណ្ឌលទ្ធផល៖ {programme.name_km}",
        nodes=plan.nodes,
        by=BY,
        is_example=True,
    )
    for indicator, period, value in plan.targets:
        set_target(programme=programme, indicator=indicator, period=period, value=value, by=BY)


def _state(mpp: Programme) -> None:
    for indicator, period, value, approximate, text_en, text_km in (
        (
            "reported_success",
            None,
            "65 per cent",
            False,
            "65 per cent of the men counselled changed, the groups judged",
            "ក្រុមវាយតម្លៃថា បុរសដែលបានទទួលការផ្តល់ប្រឹក្សា 65 ភាគរយបានផ្លាស់ប្តូរ",
        ),
        (
            "reported_stop_of_success",
            None,
            "about half",
            True,
            "about half of them stopped physical violence",
            "ក្នុងចំណោមនោះ ប្រហែលពាក់កណ្តាលបានឈប់ប្រើហិង្សាលើរាងកាយ",
        ),
        (
            "outreach_contacts",
            "2008",
            "about 6,322",
            True,
            "about 6,322 people reached in 2008",
            "ផ្សព្វផ្សាយបានប្រហែល 6,322 ដងក្នុងឆ្នាំ 2008",
        ),
    ):
        keep_statement(
            programme=mpp,
            indicator=indicator,
            period=period,
            value=value,
            text_en=text_en,
            text_km=text_km,
            approximate=approximate,
            source=MPP_SOURCE,
            source_km=MPP_SOURCE_KM,
            by=BY,
            is_example=True,
        )
