"""The printed sign-in sheet of a session and its twin on the screen: the same rows, keyed by ticking (T3)."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.consents import ConsentsToBeNamed
from samaki.ground.activities.models import Activity, Attendance, Session, SignInSheet
from samaki.ground.activities.own_rosters import keeps_names
from samaki.ground.activities.queries import facilitates
from samaki.ground.activities.rules import ALL
from samaki.ground.activities.sittings import Sitting, take_sittings
from samaki.ground.groups.models import Membership
from samaki.ground.people.identities import Identity, opened
from samaki.ground.people.models import Gender, Person
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import keeping_refusals
from samaki.kernel.database.bulk import among
from samaki.kernel.errors import Invalid, NotFound, RowsInvalid
from samaki.kernel.policy import Action, may, refusal
from samaki.kernel.records import Scope

MOST_BLANK = 60


@dataclass(frozen=True)
class Row:
    """A row of the sheet: its number on the paper and whose it is, None for a blank one."""

    number: int
    person_id: int | None


def may_print(actor: AnyActor, activity: Activity) -> bool:
    """Whoever leads the activity, or sees the people of the organisation that holds it."""
    return facilitates(actor, activity) or may(actor, Action.SEE_PEOPLE, **_scope(activity))


def make_sheet(*, session: Session, blank_rows: int, by: AnyActor, at: dt.datetime) -> SignInSheet:
    """A sheet of who came before or belongs to the activity's group, of those who consented to be named. Raises
    Refused, audited; Invalid("tallies_only") where only counts are kept, Invalid for a number of blank rows."""
    activity = session.activity
    with _allowed(by, activity):
        if not keeps_names(activity):
            raise Invalid("tallies_only", _("Here only counts are kept, no names."))
        if not 0 <= blank_rows <= MOST_BLANK:
            raise Invalid("too_many_rows", _("A sheet has at most %(most)s blank rows."), most=MOST_BLANK)
        sheet = SignInSheet.objects.create(
            session=session,
            token=secrets.token_urlsafe(18),
            rows=_people_of(session),
            blank_rows=blank_rows,
            made_at=at,
            made_by=by.name,
        )
        record(by, "make_sheet", sheet, **_scope(activity), details={"rows": len(sheet.rows), "blank": blank_rows})
    return sheet


def sheet(actor: AnyActor, token: str) -> SignInSheet:
    """Raises NotFound, the same whether there is none or it is not for this actor."""
    found = SignInSheet.objects.filter(token=token)
    one = found.select_related("session__activity__group", "session__activity__place").first()
    if one is None or not may_print(actor, one.session.activity):
        raise NotFound("no_such_sheet", _("There is no such sheet."))
    return one


def rows_of(actor: AnyActor, sheet: SignInSheet) -> list[Row]:
    """In the order of the paper. Call for a sheet that was found."""
    people = [Row(number, person_id) for number, person_id in enumerate(sheet.rows, start=1)]
    return people + [Row(len(people) + number, None) for number in range(1, sheet.blank_rows + 1)]


def names_on(actor: AnyActor, sheet: SignInSheet, *, to: str) -> dict[int, Identity]:
    """The names for the `paper` or the `screen`, by person, written to the audit trail; who withdrew is left out."""
    activity = sheet.session.activity
    with _allowed(actor, activity):
        details = {"people": sheet.rows, "to": to}
        record(actor, "people.reveal", sheet, **_scope(activity), reason="sign-in sheet", details=details)
        return opened(list(sheet.rows))


def keyed(actor: AnyActor, sheet: SignInSheet) -> tuple[frozenset[int], Mapping[str, int]]:
    """Who is ticked and how many unnamed by gender, as this sheet was keyed before. Call for a sheet that was found."""
    session = Session.objects.get(pk=sheet.session_id)
    if session.origin != sheet.origin:
        return frozenset(), {}
    came = Attendance.objects.filter(session=session).values_list("person_id", flat=True)
    counts = session.tallies.filter(dimension="gender").values_list("value", "count")
    return frozenset(came), dict(counts)


def key_sheet(
    *, sheet: SignInSheet, present: Collection[int], unnamed: Mapping[str, int], by: AnyActor, at: dt.datetime
) -> None:
    """What the paper says: who of its rows signed, and how many in blank rows by gender. Keyed again it is replaced.
    Raises what recording attendance raises; Invalid("nobody_ticked") where nothing is said, ("not_on_sheet")."""
    activity = sheet.session.activity
    with _allowed(by, activity):
        if not set(present) <= set(sheet.rows):
            raise Invalid("not_on_sheet", _("Somebody is ticked who is not on this sheet."))
        written = {gender: count for gender, count in unnamed.items() if count}
        if set(written) - set(Gender.values) or sum(written.values()) > sheet.blank_rows:
            raise Invalid("too_many_rows", _("More people are counted than the sheet has blank rows."))
        if not present and not written:
            raise Invalid("nobody_ticked", _("Nobody is ticked. If nobody came, there is nothing to key."))
        counts = {("gender", gender): count for gender, count in written.items()}
        sitting = Sitting(
            origin=sheet.origin,
            by=by,
            received_at=at,
            held_on=sheet.session.held_on,
            activity=activity.key,
            counts={ALL: sum(written.values()), **counts} if written else {},
            numbers=frozenset(present),
        )
        try:
            with transaction.atomic():
                take_sittings([sitting], **_ids(activity), at=at)
        except RowsInvalid as error:
            raise error.faults[0][1] from None


def _people_of(session: Session) -> list[int]:
    activity, day = session.activity, session.held_on
    came = Attendance.objects.filter(session__activity=activity).values_list("person_id", flat=True)
    running = Membership.objects.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day)
    belong = running.filter(group=activity.group_id).values_list("person_id", flat=True) if activity.group_id else ()
    ids = sorted({*came, *belong})
    people = Person.objects.filter(
        among("pk", ids), organisation=activity.organisation_id, withdrawn_at__isnull=True, merged_into__isnull=True
    )
    consents = ConsentsToBeNamed(ids)
    return [pk for pk in people.order_by("pk").values_list("pk", flat=True) if consents.on(pk, day)]


@contextmanager
def _allowed(actor: AnyActor, activity: Activity) -> Iterator[None]:
    """One transaction for whoever may print; a refusal stays in the trail."""
    with keeping_refusals(actor, Action.SEE_PEOPLE, activity, **_scope(activity)):
        if not may_print(actor, activity):
            raise refusal(actor, Action.SEE_PEOPLE)
        yield


def _scope(activity: Activity) -> Scope:
    return Scope(organisation_id=activity.organisation_id, programme_id=activity.programme_id)


def _ids(activity: Activity) -> dict[str, int]:
    return {"programme_id": activity.programme_id, "organisation_id": activity.organisation_id}
