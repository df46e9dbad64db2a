"""An older database put back: what was said of somebody who has left since is gone, and the page of him stands."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import TestCase

from samaki.ground.people.operations import withdraw
from samaki.kernel.actors import System
from samaki.kernel.keyrings import erasures
from samaki.strands.vetting.models import Candidacy, Exemption
from samaki.strands.vetting.queries.words import words
from samaki.strands.vetting.rules import StepKind
from tests.strands.vetting.coalition import Coalition
from tests.strands.vetting.test_operations import AT, Vetting

pytestmark = pytest.mark.django_db
LATER = dt.datetime(2024, 6, 1, 3, tzinfo=dt.UTC)


def test_what_was_said_of_who_left_is_empty_where_an_older_database_is_put_back(
    tmp_path: Path, settings: LazySettings
) -> None:
    settings.VAULT = str(tmp_path / "vault")
    vetting = Vetting()
    candidacy = vetting.apply()
    for kind in StepKind:
        for _turn in range(2 if kind is StepKind.REFERENCE else 1):
            vetting.step(candidacy, kind, words="his aunt said so")
    older = transaction.savepoint()
    with TestCase.captureOnCommitCallbacks(execute=True):
        withdraw(vetting.person.pk, by=System("a test"), at=AT)
    transaction.savepoint_rollback(older)
    erasures.replay()
    found = Candidacy.objects.get(pk=candidacy.pk)
    _one, said = words(vetting.focal, found.pk, reason="an appeal", at=LATER)
    assert {one.words for one in said} == {""}


def test_what_was_alike_with_a_barred_name_goes_again_where_an_older_database_is_put_back(
    tmp_path: Path, settings: LazySettings
) -> None:
    settings.VAULT = str(tmp_path / "vault")
    its = Coalition()
    its.barred()
    its.freed()
    older = transaction.savepoint()
    with TestCase.captureOnCommitCallbacks(execute=True):
        withdraw(its.person.pk, by=System("a test"), at=AT)
    transaction.savepoint_rollback(older)
    assert Exemption.objects.count() > 0
    erasures.replay()
    assert Exemption.objects.count() == 0
