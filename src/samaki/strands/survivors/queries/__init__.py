"""Reads of her side. Every one says why and stands in the trail of the service; a refused one too."""

from samaki.strands.survivors.queries.files import FileView, RiskView, ToldView, file, files, follow_up
from samaki.strands.survivors.queries.referrals import Received, by_link, received, received_one, referral, services
from samaki.strands.survivors.queries.warnings import WarningView, waiting, warning, warnings
from samaki.strands.survivors.queries.words import Word, words_of

__all__ = [
    "FileView",
    "Received",
    "RiskView",
    "ToldView",
    "WarningView",
    "Word",
    "by_link",
    "file",
    "files",
    "follow_up",
    "received",
    "received_one",
    "referral",
    "services",
    "waiting",
    "warning",
    "warnings",
    "words_of",
]
