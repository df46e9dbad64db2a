"""Who asks: a user for each role and relation, signed in with her second factor, at organisations of two programmes."""

from __future__ import annotations

import datetime as dt
import time

from django.test import Client
from django.utils import timezone

from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.clearances import operations as clearances
from samaki.ground.clearances.operations import Whom
from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person
from samaki.ground.programmes.models import Programme
from samaki.interfaces.web.idle import SEEN as IDLE_SINCE
from samaki.interfaces.web.proof import PROVED_AT
from samaki.interfaces.web.second_factor import PROVED
from samaki.interfaces.web.sign_in import BACKEND
from samaki.kernel.actors import Role, System
from samaki.strands.survivors.web.reasons import KEPT, SEEN
from tests.interfaces.matrix.cells import OVERSEERS, Relation

SET_UP = System("the matrix sets up")
HOMES = {"fia": "banteay-srei", "banteay-srei": "banteay-srei", "mpp": "wela"}  # programme → whose records
LEADS = {"fia": "care", "banteay-srei": "banteay-srei", "mpp": "wela"}  # who oversees
ELSEWHERE = {"fia": "fia-partner-2", "mpp": "matrix-elsewhere"}
SERVICES = {Relation.REFERRED: "matrix-clinic", Relation.REVOKED: "matrix-old-clinic"}
LONG = 86_400  # seconds
NO_GROUP = 987654321  # a coordinator has a group; where there is none of hers, one that nobody has
WITH_USER = tuple(one for one in Relation if one is not Relation.ANONYMOUS)


class Readers:
    """`groups` are the coordinator's own by programme, `other_groups` another's of the same organisation."""

    def __init__(self, groups: dict[str, Group], other_groups: dict[str, Group]) -> None:
        self.groups, self.other_groups = groups, other_groups
        self.programmes = {one.key: one for one in Programme.objects.all()}
        self.organisations = {one.key: one for one in Organisation.objects.all()}
        self.users: dict[tuple[Role, Relation], User] = {}
        for role in Role:
            for relation in WITH_USER:
                self.users[role, relation] = self._made(role, relation)
        self.clients = {key: self._signed_in(user, key[0]) for key, user in self.users.items()}
        closed = [user.pk for (_role, relation), user in self.users.items() if relation is Relation.SUSPENDED]
        User.objects.filter(pk__in=closed).update(is_active=False)

    def client(self, role: Role, relation: Relation) -> Client:
        return Client() if relation is Relation.ANONYMOUS else self.clients[role, relation]

    def in_one_programme(self, role: Role, relation: Relation) -> bool:
        return relation is not Relation.EXPIRED and len(self._where(role, relation)) == 1

    def _made(self, role: Role, relation: Relation) -> User:
        user = User.objects.create(username=f"{role.value}-{relation.value}", language="en")
        until = timezone.localdate() - dt.timedelta(days=1) if relation is Relation.EXPIRED else None
        RoleGrant.objects.bulk_create(
            RoleGrant(
                user=user,
                role=role.value,
                organisation=self.organisations[organisation],
                programme_id=self.programmes[programme].pk,
                group_id=self._group(role, relation, programme),
                until=until,
            )
            for programme, organisation in self._where(role, relation).items()
        )
        if role is Role.COUNSELLOR:
            self._cleared(user, self._where(role, relation)["mpp"])
        return user

    def _where(self, role: Role, relation: Relation) -> dict[str, str]:
        if relation in SERVICES:
            return {"mpp": SERVICES[relation]}
        if relation is Relation.OTHER:
            return {"twg": "diakonia"} if role in OVERSEERS else ELSEWHERE
        if role in OVERSEERS:
            return LEADS
        return {**HOMES, "mpp": "womens-service"} if role is Role.WOMENS_SERVICE_WORKER else HOMES

    def _group(self, role: Role, relation: Relation, programme: str) -> int | None:
        if role is not Role.GROUP_COORDINATOR:
            return None
        own = relation not in {Relation.TEAM, Relation.OTHER, *SERVICES}
        held = self.groups if own else self.other_groups
        return held[programme].pk if programme in held else NO_GROUP

    def _cleared(self, user: User, organisation: str) -> None:
        where = self.organisations[organisation]
        person = Person.objects.create(organisation=where, gender="man", birth_year=1980)
        user.person_id = person.pk
        user.save(update_fields=["person_id"])
        whom = Whom(person, self.programmes["mpp"], where)
        clearances.clear(whom, until=timezone.localdate() + dt.timedelta(days=300), by=SET_UP, at=timezone.now())

    def _signed_in(self, user: User, role: Role) -> Client:
        client = Client()
        client.force_login(user, backend=BACKEND)
        session = client.session
        session[PROVED] = user.pk
        session[PROVED_AT] = session[IDLE_SINCE] = time.time() + LONG  # on a slow machine the cells outlast both
        if role is Role.WOMENS_SERVICE_WORKER:
            session[KEPT], session[SEEN] = "follow_up", time.time() + LONG
        session.save()
        return client
