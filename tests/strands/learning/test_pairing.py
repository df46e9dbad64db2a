from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from samaki.strands.learning.rules.pairing import FOLLOW_UP, POST, PRE, Lack, Paired, Taken, pair, people, retained

_ids = itertools.count(1)
NEVER = dt.date(2030, 1, 1)


def _took(
    moment: str, on: str, person: int = 1, version: int = 1, training: str = "tot", scaled: int | None = 5
) -> Taken:
    return Taken(next(_ids), person, version, version // 10, training, moment, dt.date.fromisoformat(on), scaled, 10)


def _told(paired: Paired) -> tuple[list[tuple[str, str]], list[tuple[str, Lack]]]:
    return (
        [(one.first.on.isoformat(), one.second.on.isoformat()) for one in paired.pairs],
        [(one.taken.on.isoformat(), one.lack) for one in paired.alone],
    )


def test_the_latest_before_goes_with_the_first_after() -> None:
    taken = [_took(PRE, "2024-03-01"), _took(PRE, "2024-03-03"), _took(POST, "2024-03-08"), _took(POST, "2024-04-01")]
    assert _told(pair(taken)) == ([("2024-03-03", "2024-03-08")], [])


def test_before_and_after_may_be_of_one_day() -> None:
    assert _told(pair([_took(POST, "2024-03-08"), _took(PRE, "2024-03-08")])) == ([("2024-03-08", "2024-03-08")], [])


def test_an_after_dated_before_its_before_is_not_matched() -> None:
    told = _told(pair([_took(PRE, "2024-03-08"), _took(POST, "2024-03-01")]))
    assert told == ([], [("2024-03-08", Lack.POST_FIRST), ("2024-03-01", Lack.POST_FIRST)])


def test_another_version_is_not_matched_and_says_so() -> None:
    told = _told(pair([_took(PRE, "2024-03-01", version=1), _took(POST, "2024-03-08", version=2)]))
    assert told == ([], [("2024-03-01", Lack.OTHER_VERSION), ("2024-03-08", Lack.OTHER_VERSION)])


def test_another_instrument_is_no_other_version() -> None:
    told = _told(pair([_took(PRE, "2024-03-01", version=1), _took(POST, "2024-03-08", version=12)]))
    assert told == ([], [("2024-03-01", Lack.NO_POST), ("2024-03-08", Lack.NO_PRE)])


def test_people_and_trainings_are_kept_apart() -> None:
    taken = [_took(PRE, "2024-03-01", 1), _took(POST, "2024-03-08", 2), _took(POST, "2024-03-08", 1, training="other")]
    assert pair(taken).pairs == ()
    assert people(pair(taken).alone) == 2


def test_answers_too_few_to_score_stand_alone() -> None:
    told = _told(pair([_took(PRE, "2024-03-01"), _took(POST, "2024-03-08", scaled=None)]))
    assert told == ([], [("2024-03-08", Lack.NOT_SCORED)])
    told = _told(pair([_took(PRE, "2024-03-01", scaled=None), _took(POST, "2024-03-08")]))
    assert told == ([], [("2024-03-01", Lack.NOT_SCORED)])


def test_what_stayed_is_asked_five_to_seven_months_later_both_days_included() -> None:
    for on, fits in [("2024-08-07", 0), ("2024-08-08", 1), ("2024-10-08", 1), ("2024-10-09", 0)]:
        found = retained([_took(POST, "2024-03-08"), _took(FOLLOW_UP, on)], dt.date(2024, 10, 8))
        assert len(found.pairs) == fits


def test_nobody_asked_is_unknown_only_once_the_window_has_closed() -> None:
    post = [_took(POST, "2024-03-08")]
    assert _told(retained(post, dt.date(2024, 10, 8))) == ([], [])
    assert _told(retained(post, dt.date(2024, 10, 9))) == ([], [("2024-03-08", Lack.NO_FOLLOW_UP)])


def test_a_follow_up_of_nothing_stands_alone() -> None:
    assert _told(retained([_took(FOLLOW_UP, "2024-09-08")], NEVER)) == ([], [("2024-09-08", Lack.NO_POST)])


_SOME = st.builds(
    lambda moment, day, person, version, scaled: Taken(
        next(_ids), person, version, 1, "tot", moment, dt.date(2024, 1, 1) + dt.timedelta(day), scaled, 10
    ),
    st.sampled_from([PRE, POST, FOLLOW_UP]),
    st.integers(0, 400),
    st.integers(1, 3),
    st.integers(1, 2),
    st.none() | st.integers(0, 10),
)


@given(st.lists(_SOME), st.randoms())
def test_the_order_in_which_answers_arrive_does_not_matter(taken: list[Taken], random: object) -> None:
    shuffled = list(taken)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' own Random
    for found, again in [(pair(taken), pair(shuffled)), (retained(taken, NEVER), retained(shuffled, NEVER))]:
        assert set(found.pairs) == set(again.pairs)
        assert set(found.alone) == set(again.alone)


@given(st.lists(_SOME))
def test_no_answers_are_in_two_pairs_and_none_is_both_matched_and_alone(taken: list[Taken]) -> None:
    found = pair(taken)
    matched = [one.id for each in found.pairs for one in (each.first, each.second)]
    assert len(matched) == len(set(matched))
    assert set(matched).isdisjoint(one.taken.id for one in found.alone)
    for each in found.pairs:
        assert (each.first.person, each.first.version) == (each.second.person, each.second.version)
        assert each.first.on <= each.second.on
