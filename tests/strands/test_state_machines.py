"""Both state machines walked at random in plain SQL: the database takes the moves of the table and no other."""

from __future__ import annotations

from collections.abc import Mapping, Set

import pytest
from django.db import DatabaseError, connection, models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from samaki.strands.counselling import course
from samaki.strands.counselling.models import Case
from samaki.strands.vetting import rules as vetting
from samaki.strands.vetting.models import Candidacy
from tests.strands.counselling.casework_world import Work
from tests.strands.vetting.test_operations import Vetting

pytestmark = pytest.mark.django_db
WALK = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def moved(model: type[models.Model], pk: int, state: str) -> bool:
    """Whether the database took it, asked past every operation and every model."""
    table = connection.ops.quote_name(model._meta.db_table)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET state = %s WHERE id = %s", [state, pk])  # a table of our own
    except DatabaseError:
        return False
    return True


def walked(model: type[Case] | type[Candidacy], pk: int, tried: list[str], allowed: Mapping[str, Set[str]]) -> None:
    """Each move as the table says, from where the one before it led; what was refused left the state as it was."""
    stands = str(model._default_manager.values_list("state", flat=True).get(pk=pk))
    for new in tried:
        may = new == stands or new in allowed[stands]
        assert (stands, new, moved(model, pk, new)) == (stands, new, may)
        stands = new if may else stands
        assert model._default_manager.values_list("state", flat=True).get(pk=pk) == stands


class Walks(TestCase):
    @WALK
    @given(st.lists(st.sampled_from([state.value for state in vetting.State]), min_size=1, max_size=14))
    def test_a_candidacy_goes_no_way_but_the_tables(self, tried: list[str]) -> None:
        allowed = {str(old): {str(new) for new in new_ones} for old, new_ones in vetting.ALLOWED.items()}
        walked(Candidacy, Vetting().apply().pk, tried, allowed)

    @WALK
    @given(st.lists(st.sampled_from([state.value for state in course.State]), min_size=1, max_size=14))
    def test_a_case_goes_no_way_but_the_tables(self, tried: list[str]) -> None:
        allowed = {str(old): {str(new) for new in new_ones} for old, new_ones in course.ALLOWED.items()}
        walked(Case, Work().written("W-1", course.State.OPENED.value).pk, tried, allowed)


@pytest.mark.parametrize("word", ["", "ACTIVE", "approved", "nothing"])
def test_a_word_that_is_no_state_is_refused(word: str) -> None:
    assert not moved(Candidacy, Vetting("-of-vetting").apply().pk, word)
    assert not moved(Case, Work().written("W-2", course.State.OPENED.value).pk, word)
