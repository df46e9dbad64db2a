"""Everything learning keeps, by subject."""

from samaki.strands.learning.models.certification import Certification, CoachingVisit
from samaki.strands.learning.models.curricula import (
    Curriculum,
    CurriculumVersion,
    Material,
    Module,
    Review,
    SessionUse,
    Theme,
)
from samaki.strands.learning.models.follow_ups import FollowUp
from samaki.strands.learning.models.instruments import (
    EarlierAnswers,
    Instrument,
    InstrumentItem,
    InstrumentVersion,
    Response,
)
from samaki.strands.learning.models.series import Assessment, Lead, Series, SeriesActivity

__all__ = [
    "Assessment",
    "Certification",
    "CoachingVisit",
    "Curriculum",
    "CurriculumVersion",
    "EarlierAnswers",
    "FollowUp",
    "Instrument",
    "InstrumentItem",
    "InstrumentVersion",
    "Lead",
    "Material",
    "Module",
    "Response",
    "Review",
    "Series",
    "SeriesActivity",
    "SessionUse",
    "Theme",
]
