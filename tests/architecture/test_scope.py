"""Every table says whose its rows are, or why they are nobody's: without a scope it cannot be narrowed to a reader."""

from __future__ import annotations

from django.apps import apps
from django.db import models

SCOPES = {"organisation", "organisation_id", "programme", "programme_id"}
# Model → how its rows are narrowed, or why they need not be.
WITHOUT_SCOPE = {
    "accounts.User": "by its role grants; listed to administrators alone",
    "activities.Attendance": "by its session's activity",
    "activities.Session": "by its activity",
    "accounts.SpentNonce": "a nonce that was used; read by the door alone",
    "fieldforms.Attachment": "by its submission",
    "fieldforms.FormMedia": "by its version's form",
    "fieldforms.FormVersion": "by its form",
    "fieldforms.Verdict": "by its submission",
    "activities.SignInSheet": "by its session's activity",
    "activities.Tally": "by its session's activity",
    "audit.AuditSeal": "a digest; by its entry",
    "counselling.CaseKey": "by its case",
    "counselling.CaseRequest": "by its case",
    "counselling.CaseSession": "by its case",
    "counselling.Declaration": "by its case",
    "counselling.EmergencyAccess": "by its case",
    "counselling.Risk": "by its case",
    "counselling.Routing": "by its case",
    "counselling.Outcome": "by its case",
    "groups.Membership": "by its group",
    "keyrings.Erasure": "slots of the vault and keyed digests, read by the journal alone",
    "keyrings.ErasuresApplied": "how far the journal was applied",
    "keyrings.KeyMark": "digests of keys, read at the start alone",
    "learning.Assessment": "by its series",
    "learning.CurriculumVersion": "by its curriculum",
    "learning.EarlierAnswers": "by its response",
    "learning.InstrumentItem": "by its version",
    "learning.InstrumentVersion": "a definition; public",
    "learning.Lead": "by its session's activity",
    "learning.Material": "by its module",
    "learning.Module": "by its version",
    "learning.SeriesActivity": "by its series",
    "learning.SessionUse": "by its session's activity",
    "organisations.Organisation": "is the scope; that it exists is public",
    "people.AcrossPair": "by its two people, of two organisations; a steward reads masks of it",
    "people.Consent": "by its person",
    "people.PersonIdentity": "by its person",
    "people.PersonKey": "by its person",
    "people.Withdrawal": "by its person",
    "places.GazetteerEdition": "the gazetteer is public",
    "places.Place": "the gazetteer is public",
    "places.PlaceFault": "the gazetteer is public",
    "places.PlaceName": "the gazetteer is public",
    "programmes.Programme": "is the scope; that it exists is public",
    "results.Baseline": "by its placement's framework",
    "results.Change": "numbers of changed rows, read by the engine alone",
    "results.Indicator": "definitions are public",
    "results.IndicatorVersion": "definitions are public",
    "results.Node": "by its framework",
    "results.Placement": "by its node's framework",
    "results.Snapshot": "by its lock",
    "results.Target": "by its placement's framework",
    "survivors.FileKey": "by its file",
    "survivors.HerFollowUp": "by its file",
    "survivors.HerRisk": "by its file",
    "survivors.Referral": "by its file",
    "vetting.Allegation": "by its candidacy",
    "vetting.Answer": "by its question",
    "vetting.BarDigest": "a keyed hash; by its bar",
    "vetting.CandidacyKey": "by its candidacy",
    "vetting.Decision": "by its candidacy",
    "vetting.Exemption": "by its question; read by the gate alone",
    "vetting.Question": "by its bar to who answers, by its candidacy to who asked",
    "vetting.Step": "by its candidacy",
}


def _ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("samaki.") and not model._meta.proxy]


def _has_scope(model: type[models.Model]) -> bool:
    return bool(SCOPES & {field.name for field in model._meta.get_fields() if not field.auto_created})


def test_every_table_carries_its_scope_or_the_reason_why_not() -> None:
    missing = {model._meta.label for model in _ours() if not _has_scope(model)}
    assert missing - set(WITHOUT_SCOPE) == set()


def test_the_exceptions_still_stand() -> None:
    missing = {model._meta.label for model in _ours() if not _has_scope(model)}
    assert set(WITHOUT_SCOPE) - missing == set()
