"""The organisations of the example. Where a published description names one, it stands here by its public name; what
it leaves unnamed is plainly marked as an example."""

from __future__ import annotations

from dataclasses import dataclass

from samaki.ground.organisations.models import Organisation
from samaki.ground.places.models import Place

ORIGIN = "demo"
Kind = Organisation.Kind


@dataclass(frozen=True)
class Body:
    key: str
    name_latin: str
    name_km: str
    kind: Kind
    place: str | None = None  # code


def _partner(number: int, province_latin: str, province_km: str, code: str) -> Body:
    return Body(
        f"fia-partner-{number}",
        f"Women’s rights partner in {province_latin} (example)",
        f"អង្គការដៃគូសិទ្ធិស្ត្រី ខេត្ត{province_km} (ឧទាហរណ៍)",
        Kind.LOCAL_NGO,
        code,
    )


def _member(number: int) -> Body:
    return Body(
        f"cop-member-{number}",
        f"Member organisation {number} (example)",
        f"អង្គការសមាជិក លេខ {number} (ឧទាហរណ៍)",
        Kind.COMMUNITY_BASED,
        "16",
    )


BODIES = (
    Body("diakonia", "Diakonia", "អង្គការឌីអាកូនៀ", Kind.INTERNATIONAL_NGO),
    Body("wela", "WELA", "អង្គការ WELA", Kind.LOCAL_NGO),
    Body(
        "womens-service",
        "Women’s service (example)",
        "សេវាជួយស្ត្រី (ឧទាហរណ៍)",
        Kind.LOCAL_NGO,
        "04",
    ),
    Body("care", "CARE", "អង្គការ CARE", Kind.INTERNATIONAL_NGO),
    Body("afd", "Agence française de développement (AFD)", "ទីភ្នាក់ងារបារាំងសម្រាប់ការអភិវឌ្ឍ (AFD)", Kind.DONOR),
    Body("banteay-srei", "Banteay Srei", "អង្គការបន្ទាយស្រី", Kind.LOCAL_NGO, "15"),
    _partner(2, "Kampong Chhnang", "កំពង់ឆ្នាំង", "04"),
    _partner(3, "Prey Veng", "ព្រៃវែង", "14"),
    _partner(4, "Ratanakiri", "រតនគិរី", "16"),
    _partner(5, "Stung Treng", "ស្ទឹងត្រែង", "19"),
    _partner(6, "Pursat", "ពោធិ៍សាត់", "15"),
    Body("linking-learning", "Linking & Learning", "គម្រោងភ្ជាប់ និងរៀនសូត្រ", Kind.INTERNATIONAL_NGO),
    Body("voice", "Voice", "កម្មវិធី Voice", Kind.DONOR),
    *(_member(number) for number in range(1, 6)),
    Body(
        "office-women-16",
        "Provincial department of women’s affairs, Ratanakiri",
        "មន្ទីរកិច្ចការនារីខេត្តរតនគិរី",
        Kind.GOVERNMENT_OFFICE,
        "16",
    ),
    Body(
        "office-social-16",
        "Provincial department of social affairs, Ratanakiri",
        "មន្ទីរសង្គមកិច្ច អតីតយុទ្ធជន និងយុវនីតិសម្បទាខេត្តរតនគិរី",
        Kind.GOVERNMENT_OFFICE,
        "16",
    ),
    Body(
        "office-labour-16",
        "Provincial department of labour and vocational training, Ratanakiri",
        "មន្ទីរការងារ និងបណ្តុះបណ្តាលវិជ្ជាជីវៈខេត្តរតនគិរី",
        Kind.GOVERNMENT_OFFICE,
        "16",
    ),
    Body(
        "office-health-16",
        "Provincial health department, Ratanakiri",
        "មន្ទីរសុខាភិបាលខេត្តរតនគិរី",
        Kind.GOVERNMENT_OFFICE,
        "16",
    ),
    Body(
        "office-education-16",
        "Provincial department of education, youth and sport, Ratanakiri",
        "មន្ទីរអប់រំ យុវជន និងកីឡាខេត្តរតនគិរី",
        Kind.GOVERNMENT_OFFICE,
        "16",
    ),
    Body(
        "local-authorities-16",
        "Local authorities, Ratanakiri",
        "អាជ្ញាធរមូលដ្ឋាន ខេត្តរតនគិរី",
        Kind.GOVERNMENT_OFFICE,
        "16",
    ),
)


def load_organisations(places: dict[str, Place]) -> dict[str, Organisation]:
    """Organisations by key, made where they are not there yet."""
    known = set(Organisation.objects.values_list("key", flat=True))
    Organisation.objects.bulk_create(
        Organisation(
            key=body.key,
            name_latin=body.name_latin,
            name_km=body.name_km,
            kind=body.kind,
            place=places[body.place] if body.place else None,
            is_example=True,
            origin=ORIGIN,
        )
        for body in BODIES
        if body.key not in known
    )
    return {organisation.key: organisation for organisation in Organisation.objects.all()}
