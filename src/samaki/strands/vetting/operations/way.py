"""The way in: somebody applies, and each step is taken in its turn."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import User
from samaki.ground.clearances.standing import records_of
from samaki.ground.groups.models import Group
from samaki.ground.people.models import Person
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Invalid, Refused
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope
from samaki.strands.vetting.models import Candidacy, CodeOfConduct, Step
from samaki.strands.vetting.operations.moving import (
    asked_again_since,
    expect_not_to_come,
    held,
    move,
    out_of_order,
    scope_of,
)
from samaki.strands.vetting.rules import ASKED_AGAIN, OVER, STEPS, State, StepKind, passed_enough
from samaki.strands.vetting.sealing import closed, key_of, of_step


def apply(
    *,
    person: Person,
    group: Group,
    recruited_by_id: int | None,
    applied_on: dt.date,
    duty_to_report: bool = False,
    by: AnyActor,
    at: dt.datetime,
) -> Candidacy:
    """A person of the organisation applies to one of its men's groups. Raises Refused, Conflict("candidacy_stands")
    where one of hers does already, Invalid: not_a_mens_group, no_such_person, date_in_future. Whether she is barred
    anywhere is not said here: the deciders learn it (`bars.is_barred`)."""
    scope = Scope(organisation_id=group.organisation_id, programme_id=group.programme_id)
    with acting(by, Action.VET, ("vetting.candidacy", ""), **scope):
        if group.kind != Group.Kind.MENS_GROUP:
            raise Invalid("not_a_mens_group", _("Please choose a men’s group of this programme."), field="group")
        if person.organisation_id != group.organisation_id or person.withdrawn_at or person.merged_into_id:
            raise Invalid("no_such_person", _("Please choose people of your organisation’s list."), field="person")
        today = timezone.localdate(at)
        expect_not_to_come(applied_on, today, "applied_on")
        if by.user_id is not None and User.objects.filter(pk=by.user_id, person_id__in=records_of(person.pk)).exists():
            raise Refused("same_person", _("Nobody vets himself."))
        standing = Candidacy.objects.select_for_update().filter(person=person, group=group).exclude(state__in=OVER)
        if standing.exists():
            raise Conflict("candidacy_stands", _("This person is being vetted for this group already."), field="person")
        candidacy = Candidacy.objects.create(
            programme=group.programme,
            organisation=group.organisation,
            person=person,
            group=group,
            recruited_by_id=recruited_by_id,
            applied_on=applied_on,
            state_since=applied_on,
            duty_to_report=duty_to_report,
            is_example=group.is_example,
        )
        record(by, "apply_for_group", candidacy, **scope)
    return candidacy


def take_step(
    *,
    candidacy: Candidacy,
    kind: StepKind,
    result: Step.Result,
    taken_on: dt.date,
    women_heard: bool | None = None,
    words: str = "",
    by: AnyActor,
    at: dt.datetime,
) -> Step:
    """Writes down one step and what came of it; what was said is sealed. Enough that passed leads on to the next state;
    "not available" and "not passed" stay where they are, for the step to be taken again or for two to decide.

    Raises Refused; Conflict: step_out_of_order, no_code_to_sign; Invalid: date_in_future, before_last_step,
    women_unheard.
    """
    with acting(by, Action.VET, candidacy, **scope_of(candidacy)):
        today = timezone.localdate(at)
        candidacy = held(candidacy, by, today)
        wanted, leads_to = STEPS[kind]
        again = kind in ASKED_AGAIN and asked_again_since(candidacy, today) is not None
        if candidacy.state != wanted and not again:
            raise out_of_order()
        expect_not_to_come(taken_on, today, "taken_on")
        if taken_on < candidacy.state_since:
            raise Invalid("before_last_step", _("This date is before the step ahead of it."), field="taken_on")
        passed = result == Step.Result.PASSED
        if kind is StepKind.COMMUNITY_CHECK and passed and not women_heard:
            told = _("A community check passes only where women were heard, through the women’s group.")
            raise Invalid("women_unheard", told, field="women_heard")
        step = Step.objects.create(
            candidacy=candidacy,
            kind=kind.value,
            result=result,
            taken_on=taken_on,
            taken_by_id=by.user_id,
            women_heard=women_heard if kind is StepKind.COMMUNITY_CHECK else None,
            code=_code_to_sign(candidacy) if kind is StepKind.SIGNATURE and passed else None,
            words=closed(words, bytes(key_of(candidacy).salt), of_step(candidacy.pk, kind.value, taken_on)),
            is_example=candidacy.is_example,
        )
        record(by, "take_vetting_step", step, **scope_of(candidacy), details={"kind": kind.value, "result": result})
        if passed and not again:
            since = candidacy.steps.filter(kind=kind.value, result=Step.Result.PASSED).count()
            if passed_enough(kind, since):
                move(candidacy, leads_to, on=taken_on, by=by)
    return step


def publish_code(
    *, programme_id: int, organisation_id: int, text_km: str, text_en: str, by: AnyActor, at: dt.datetime
) -> CodeOfConduct:
    """The next version of the code of conduct, from today: members have 60 days to sign it."""
    scope = Scope(organisation_id=organisation_id, programme_id=programme_id)
    with acting(by, Action.VET, ("vetting.codeofconduct", ""), **scope):
        if not (text_km.strip() and text_en.strip()):
            raise Invalid("text_wanted", _("Please enter the text in Khmer and in English."), field="text_km")
        last = CodeOfConduct.objects.select_for_update().filter(programme_id=programme_id).order_by("-number")
        before = last.first()
        code = CodeOfConduct.objects.create(
            programme_id=programme_id,
            number=before.number + 1 if before else 1,
            text_km=text_km.strip(),
            text_en=text_en.strip(),
            published_on=timezone.localdate(at),
        )
        record(by, "publish_code_of_conduct", code, **scope)
    return code


def sign_code(*, candidacy: Candidacy, signed_on: dt.date, by: AnyActor, at: dt.datetime) -> Step:
    """An active member signs the newest version. Raises Conflict: step_out_of_order for who is not active,
    no_code_to_sign."""
    with acting(by, Action.VET, candidacy, **scope_of(candidacy)):
        today = timezone.localdate(at)
        candidacy = held(candidacy, by, today)
        if candidacy.state != State.ACTIVE:
            raise out_of_order()
        expect_not_to_come(signed_on, today, "signed_on")
        step = Step.objects.create(
            candidacy=candidacy,
            kind=StepKind.SIGNATURE.value,
            result=Step.Result.PASSED,
            taken_on=signed_on,
            taken_by_id=by.user_id,
            code=_code_to_sign(candidacy),
            is_example=candidacy.is_example,
        )
        record(by, "sign_code_of_conduct", step, **scope_of(candidacy))
    return step


def name_user(*, candidacy: Candidacy, user: User, by: AnyActor, at: dt.datetime) -> User:
    """Says which user of the organisation the person is: by that the gate knows her when she signs in. It is said once
    and never of oneself, so that nobody slips out of a suspension as somebody else. Raises Refused("same_person");
    Conflict: user_is_somebody, person_has_user; Invalid("no_such_user")."""
    with acting(by, Action.VET, candidacy, **scope_of(candidacy)):
        candidacy = held(candidacy, by, timezone.localdate(at))
        if user.pk == by.user_id:
            raise Refused("same_person", _("Nobody says this of himself."))
        if not user.role_grants.filter(organisation=candidacy.organisation_id).exists():
            raise Invalid("no_such_user", _("Please choose a user of your organisation."), field="user")
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        own = records_of(candidacy.person_id)
        if user.person_id is not None:
            raise Conflict("user_is_somebody", _("It is said already who this user is."), field="user")
        if User.objects.filter(person_id__in=own).exists():
            raise Conflict("person_has_user", _("This person signs in as another user already."), field="user")
        user.person_id = own[0]
        user.save(update_fields=["person_id"])
        record(by, "name_user", candidacy, **scope_of(candidacy), details={"user": user.pk})
    return user


def _code_to_sign(candidacy: Candidacy) -> CodeOfConduct:
    code = CodeOfConduct.objects.filter(programme=candidacy.programme_id).order_by("-number").first()
    if code is None:
        raise Conflict("no_code_to_sign", _("There is no code of conduct yet. Please publish one first."))
    return code
