"""Answers to instruments, many people at once, however they came: by phone, keyed from paper, or from a workbook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.consents import ConsentsToBeNamed
from samaki.ground.activities.models import Activity
from samaki.ground.activities.rules import date_in_future
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person, PersonKey
from samaki.ground.periods.locks import lock_over, locked_periods
from samaki.ground.periods.rules import Period
from samaki.ground.programmes.models import Programme
from samaki.kernel import policy
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import Act, record_all
from samaki.kernel.database.bulk import among, rows_among
from samaki.kernel.errors import Conflict, DomainError, Invalid, RowsInvalid
from samaki.kernel.leave import Leave
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope, Written
from samaki.strands.learning.models import EarlierAnswers, InstrumentVersion, Response
from samaki.strands.learning.queries.instruments import published, questions_of
from samaki.strands.learning.rules.instruments import items_of
from samaki.strands.learning.rules.scoring import SCORERS, Item, OutOfRange, Score, check, is_of_age
from samaki.strands.learning.sealing import closed_answers, opened_answers

Fault = tuple[int, DomainError]
Place = tuple[int, int, str, dt.date]  # person, version, moment, day: what there is one response of
MOMENTS = frozenset(Response.Moment.values)
WASHINGTON_GROUP = "washington_group"


@dataclass(frozen=True)
class Told:
    """The answers of one person on one day. `person` is her number, `activity` the key of the training or "", `version`
    the id of the instrument's version, `answers` values by item number; what she left empty is not in it."""

    origin: str
    by: AnyActor
    person: int
    version: int
    moment: str
    answered_on: dt.date
    answers: Mapping[int, int]
    activity: str = ""


@dataclass
class _Looked:
    people: Mapping[int, int]  # number → who stands for it, of those who have not withdrawn
    born: Mapping[int, int | None]
    keys: Mapping[int, PersonKey]
    activities: Mapping[str, Activity]
    versions: Mapping[int, InstrumentVersion]
    items: Mapping[int, list[Item]]
    by_origin: Mapping[str, Response]
    by_place: dict[Place, Response]
    leave: Leave
    consents: ConsentsToBeNamed
    locks: Sequence[Period]

    def place(self, one: Told) -> Place:
        return self.people[one.person], one.version, one.moment, one.answered_on


def take_responses(
    told: Sequence[Told],
    *,
    programme_id: int,
    organisation_id: int,
    at: dt.datetime,
    corrections: bool = False,
) -> Written:
    """Writes the answers with their scores; the same again changes nothing. What another origin told of that person,
    version, moment and day is replaced only where `corrections` says so; what the same submission told always is. What
    is replaced is kept beside it (`EarlierAnswers`).

    A post-test before its pre-test, and one of another version, are taken: sheets arrive in any order. They stand
    unmatched, and say why (see `rules.pairing`). Raises RowsInvalid naming each faulty one: Refused; Invalid:
    no_such_person, no_such_activity, no_such_instrument, not_a_moment, date_in_future, before_training, tallies_only,
    nothing_answered, answer_out_of_range (field item3), too_young, consent_wanted; Conflict: answered_twice (of two
    told together), already_answered, period_locked. Call in a transaction.
    """
    if not told:
        return Written()
    with transaction.atomic():
        programme = Programme.objects.get(pk=programme_id)
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
        looked = _look(told, programme, organisation)
        today = timezone.localdate(at)
        _refuse([(index, fault) for index, one in enumerate(told) for fault in _faults(one, looked, today)])
        _refuse(list(_twice(told, looked)))
        faults: list[Fault] = []
        changing: list[tuple[Told, Response]] = []
        earlier: list[EarlierAnswers] = []
        for index, one in enumerate(told):
            response = _standing(one, looked) or Response(programme=programme, organisation=organisation, revision=0)
            days = {one.answered_on, *([response.answered_on] if response.pk else [])}
            before = _before(response, one.by, at)
            if not _fill(response, one, looked):
                continue
            if response.pk and one.origin not in looked.by_origin and not corrections:
                words = _(
                    "This person’s answers of that day stand already and say otherwise. Please mark a correction."
                )
                faults.append((index, Conflict("already_answered", words, field="person")))
            faults += [(index, lock) for day in days if (lock := lock_over(looked.locks, day)) is not None][:1]
            changing.append((one, response))
            if response.pk:
                earlier.append(before)
        _refuse(faults)
        EarlierAnswers.objects.bulk_create(earlier, batch_size=500)
        return _write(
            changing, len(told), organisation, Scope(organisation_id=organisation_id, programme_id=programme_id)
        )


def _before(response: Response, by: AnyActor, at: dt.datetime) -> EarlierAnswers:
    """The response as it stands, to be kept if it changes."""
    return EarlierAnswers(
        response=response,
        revision=response.revision,
        person_id=response.person_id,
        version_id=response.version_id,
        moment=response.moment,
        answered_on=response.answered_on,
        answers=response.answers,
        origin=response.origin,
        replaced_at=at,
        replaced_by=by.name,
    )


def _write(changing: Sequence[tuple[Told, Response]], asked: int, organisation: Organisation, scope: Scope) -> Written:
    created = sum(response.pk is None for _one, response in changing)
    for one, response in changing:
        response.origin = one.origin
        response.is_example = organisation.is_example
        response.revision += 1
    Response.objects.bulk_create([response for _one, response in changing if response.pk is None], batch_size=500)
    for _one, response in changing:
        if response.revision > 1:
            response.save()
    record_all([_act(one.by, "record_response", response, scope) for one, response in changing])
    return Written(created=created, changed=len(changing) - created, unchanged=asked - len(changing))


def responses_of(origins: Sequence[str]) -> Mapping[str, int]:
    """The key of what each origin became. Asks nobody's leave."""
    return {origin: pk for pk, origin in rows_among(Response, ("id", "origin"), "origin", origins)}


def take_back_responses(origins: Sequence[str], *, programme_id: int, organisation_id: int, by: AnyActor) -> None:
    """Removes what the origins made. Raises Refused, or Conflict("period_locked"), and then has removed nothing."""
    scope = Scope(organisation_id=organisation_id, programme_id=programme_id)
    policy.require(by, Action.RECORD_ACTIVITY, **scope)
    found = list(Response.objects.filter(among("origin", origins), **scope))
    locks = locked_periods(Programme.objects.get(pk=programme_id))
    for one in found:
        if (conflict := lock_over(locks, one.answered_on)) is not None:
            raise conflict
    with transaction.atomic():
        record_all([_act(by, "take_back_response", one, scope) for one in found])
        Response.objects.filter(pk__in=[one.pk for one in found]).delete()


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise RowsInvalid(faults)


def _look(told: Sequence[Told], programme: Programme, organisation: Organisation) -> _Looked:
    scope = Scope(organisation_id=organisation.pk, programme_id=programme.pk)
    numbers = {one.person for one in told}
    found = Person.objects.filter(among("pk", numbers), organisation=organisation, withdrawn_at__isnull=True)
    people = {pk: merged_into or pk for pk, merged_into in found.values_list("pk", "merged_into_id")}
    standing = set(people.values())
    activities = Activity.objects.filter(among("key", {one.activity for one in told}), **scope)
    versions = {one.pk: one for one in published(programme)}
    before = list(Response.objects.filter(among("person_id", standing), organisation=organisation))
    sent = Response.objects.filter(among("origin", [one.origin for one in told]), **scope)
    return _Looked(
        people,
        dict(Person.objects.filter(among("pk", standing)).values_list("pk", "birth_year")),
        {key.pk: key for key in PersonKey.objects.filter(among("pk", standing))},
        {one.key: one for one in activities.select_related("group")},
        versions,
        {pk: items_of(questions_of(list(one.items.all()))) for pk, one in versions.items()},
        # A submission becomes one response; a sheet or a workbook many, which are found by what they tell.
        {one.origin: one for one in sent if one.origin.startswith("submission:")},
        {(one.person_id, one.version_id, one.moment, one.answered_on): one for one in before},
        Leave(organisation_id=organisation.pk, programme_id=programme.pk),
        ConsentsToBeNamed(standing),
        locked_periods(programme),
    )


def _standing(one: Told, looked: _Looked) -> Response | None:
    return looked.by_origin.get(one.origin) or looked.by_place.get(looked.place(one))


def _faults(one: Told, looked: _Looked, today: dt.date) -> Iterator[DomainError]:
    activity = looked.activities.get(one.activity)
    if (refusal := _refusal(one, activity, looked.leave)) is not None:
        yield refusal
        return
    yield from _of_training(one, activity)
    if one.moment not in MOMENTS:
        yield Invalid("not_a_moment", _("Please say whether this was before, after or a follow-up."), field="moment")
    if one.answered_on > today:
        yield date_in_future("answered_on")
    yield from _of_answers(one, looked)
    if one.person not in looked.people:
        yield Invalid("no_such_person", _("Please choose people of your organisation’s list."), field="person")
        return
    person_id = looked.people[one.person]
    version = looked.versions.get(one.version)
    asks_health = version is not None and version.instrument.scoring == WASHINGTON_GROUP
    if asks_health and not is_of_age(looked.born.get(person_id), one.answered_on.year):
        words = _("These questions are asked of people aged 5 or more.")
        yield Invalid("too_young", words, field="person")
    if _is_new(one, looked) and not looked.consents.on(person_id, one.answered_on):
        words = _("Consent to be named is missing. Please ask for it first.")
        yield Invalid("consent_wanted", words, field="person")


def _is_new(one: Told, looked: _Looked) -> bool:
    return _standing(one, looked) is None


def _of_training(one: Told, activity: Activity | None) -> Iterator[DomainError]:
    if activity is None:
        if one.activity:
            words = _("Your organisation has no activity with the key %(key)s.")
            yield Invalid("no_such_activity", words, field="activity", key=one.activity)
        return
    if activity.is_sensitive or (activity.group and not activity.group.keeps_names):
        yield Invalid("tallies_only", _("Here only counts are kept, no names."), field="activity")
    first = {Response.Moment.POST: activity.starts_on, Response.Moment.FOLLOW_UP: activity.ends_on}.get(
        Response.Moment(one.moment) if one.moment in MOMENTS else Response.Moment.PRE
    )
    if first is not None and one.answered_on < first:
        yield Invalid("before_training", _("This date is before the training."), field="answered_on")


def _of_answers(one: Told, looked: _Looked) -> Iterator[DomainError]:
    if one.version not in looked.versions:
        words = _("There is no such published instrument in this programme.")
        yield Invalid("no_such_instrument", words, field="instrument")
        return
    if not one.answers:
        yield Invalid("nothing_answered", _("No question is answered."), field="answers")
        return
    try:
        check(looked.items[one.version], one.answers)
    except OutOfRange as fault:
        words = _("Question %(number)s has no such answer.")
        yield Invalid("answer_out_of_range", words, field=f"item{fault.number}", number=fault.number)


def _refusal(one: Told, activity: Activity | None, leave: Leave) -> DomainError | None:
    """Leave to record, and to see the organisation's people or to have led that training oneself."""
    if (refusal := leave.refusal(one.by, Action.RECORD_ACTIVITY)) is not None:
        return refusal
    led = activity is not None and activity.facilitator_id is not None and activity.facilitator_id == one.by.user_id
    if led and leave.may(one.by, Action.SEE_OWN_ATTENDANCE):
        return None
    return leave.refusal(one.by, Action.SEE_PEOPLE)


def _twice(told: Sequence[Told], looked: _Looked) -> Iterator[Fault]:
    """One person twice in what is told together, or by two forms."""
    seen: set[Place] = set()
    own = {response.pk for response in looked.by_origin.values()}
    for index, one in enumerate(told):
        place = looked.place(one)
        if place in seen:
            words = _("This person stands twice for this instrument and day. Please keep one of the two.")
            yield index, Conflict("answered_twice", words, field="person")
        seen.add(place)
        there = looked.by_place.get(place)
        if one.origin in looked.by_origin and there is not None and there.pk not in own:
            words = _("This person answered on that day already, by another form. Please correct that one.")
            yield index, Conflict("already_answered", words, field="person")


def _fill(response: Response, one: Told, looked: _Looked) -> bool:
    """Whether the response says anything else by it."""
    person_id, version = looked.people[one.person], looked.versions[one.version]
    activity = looked.activities.get(one.activity)
    now = (person_id, version.pk, one.moment, one.answered_on, activity.pk if activity else None)
    key = looked.keys[person_id]
    if response.pk:
        was = (response.person_id, response.version_id, response.moment, response.answered_on, response.activity_id)
        if was == now and opened_answers(response, key) == dict(one.answers):
            return False
    response.person_id, response.version_id, response.moment, response.answered_on, response.activity_id = now
    response.answers = closed_answers(one.answers, person_id=person_id, version_id=version.pk, key=key)
    # The Washington Group's answers are used in sums alone: nothing of them stands beside a person, not even a count.
    health = version.instrument.scoring == WASHINGTON_GROUP
    score = None if health else SCORERS[version.instrument.scoring](looked.items[version.pk], one.answers)
    _score(response, score, None if health else len(one.answers))
    return True


def _score(response: Response, score: Score | None, answered: int | None) -> None:
    response.answered = answered
    response.points = score.points if score else None
    response.least = score.least if score else None
    response.most = score.most if score else None
    response.scaled = score.scaled if score else None


def _act(by: AnyActor, action: str, one: Response, scope: Scope) -> Act:
    return Act(by, action, ("learning.response", one.pk), **scope, details={"origin": one.origin})
