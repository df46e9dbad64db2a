"""What was said at follow-ups, for a figure that a journey releases: read by the system alone, never by anybody."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import System
from samaki.kernel.sealed import SealBroken
from samaki.strands.survivors.access import keep
from samaki.strands.survivors.models import HerFollowUp, ServiceFile
from samaki.strands.survivors.queries.files import as_said, as_told
from samaki.strands.survivors.rules import Told

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Word:
    """What A or B said on a day, of the case of that code. The code is in no other answer of this side."""

    case_code: str
    organisation_id: int
    window: int
    asked_on: dt.date
    told: Told


def words_of(actor: System, programme: Programme, *, until: dt.date) -> Sequence[Word]:
    """Every follow-up up to the day whose file names a case. Opened in memory, kept nowhere; that it was read stands in
    the trail without a programme. Files that do not open any more say nothing."""
    files = ServiceFile.objects.filter(programme=programme, key__isnull=False).select_related("key")
    coded = {one.pk: (one, code) for one in files if (code := _code(one))}
    found = []
    for one in HerFollowUp.objects.filter(file__in=coded, asked_on__lte=until).order_by("pk"):
        file, code = coded[one.file_id]
        try:
            told = as_told(file, one)
        except SealBroken:
            logger.warning("Follow-up %s does not open and is not counted", one.pk)
            continue
        found.append(Word(code, file.organisation_id, one.window, one.asked_on, told))
    keep(actor, "count_outcomes", ("survivors.herfollowup", ""), organisation_id=None)
    return found


def _code(file: ServiceFile) -> str:
    try:
        return as_said(file).case_code
    except SealBroken:
        return ""
