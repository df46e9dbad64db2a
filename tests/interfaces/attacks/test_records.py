"""Records of others: the right role without the record, a child under another parent, numbers that are guessed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from samaki.engines.fieldforms.models import Submission
from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.groups.models import Group
from samaki.kernel.actors import Role
from samaki.strands.learning.models import Curriculum, CurriculumVersion
from tests.factories.fieldforms import a_form
from tests.interfaces.matrix.cells import Outcome, Over, Relation
from tests.interfaces.matrix.routes import ROUTES
from tests.interfaces.matrix.shared import asked, world
from tests.interfaces.matrix.test_matrix import outcome, told
from tests.interfaces.matrix.world import ABSENT, World

__all__ = ["world"]
pytestmark = pytest.mark.django_db

HOLDERS = (Role.PARTNER_ME, Role.COUNSELLOR, Role.CASE_SUPERVISOR, Role.SAFEGUARDING_FOCAL, Role.WOMENS_SERVICE_WORKER)
OF_ONE = {Over.ORGANISATION, Over.GROUP, Over.NAMED, Over.REFERRED}


@pytest.mark.parametrize("role", HOLDERS)
def test_the_right_role_elsewhere_opens_no_record_by_any_method(world: World, role: Role) -> None:
    """The check of the class alone would let her in: she may do this, to records of her own."""
    tried = {
        (name, method): outcome(
            asked(
                world.readers.client(role, Relation.OTHER),
                method,
                world.address(name, Relation.OTHER, method),
                route.sent,
            )
        )
        for name, route in ROUTES.items()
        for method, rule in (("GET", route.get), ("POST", route.post))
        if rule is not None and rule.may.get(role) in OF_ONE
    }
    assert len(tried) >= 3
    assert {key: found for key, found in tried.items() if found is Outcome.OPEN} == {}


def test_a_child_is_not_found_under_another_parent(world: World) -> None:
    """Each by whoever may read both, so that it is the address that is wrong and not the reader."""
    about = world.about
    group = Group.objects.create(
        key="attack-group",
        programme=Group.objects.get(key=about["group"][0]).programme,
        organisation=Group.objects.get(key=about["group"][0]).organisation,
        kind=Group.Kind.NETWORK,
        name_km="ក",
        name_latin="Another",
    )
    form = a_form(group.programme, "attack", organisation=group.organisation)
    curriculum = Curriculum.objects.create(
        key="attack", programme=group.programme, organisation=group.organisation, title_en="Another"
    )
    CurriculumVersion.objects.create(curriculum=curriculum, number=1)
    other = Submission.objects.exclude(pk=int(str(about["submission"][0]))).order_by("pk").values_list("pk", flat=True)
    user = User.objects.create(username="attack-user")
    RoleGrant.objects.create(
        user=user, role=Role.FACILITATOR, organisation=group.organisation, programme_id=group.programme_id
    )
    me, keeper = Role.PARTNER_ME, Role.ADMINISTRATOR
    wrong = [
        (me, "GET", reverse("group_member", args=[group.key, about["group_member"][1]])),
        (me, "POST", reverse("group_member_step", args=[group.key, about["group_member_step"][1], "never"])),
        (me, "GET", reverse("form_version", args=[form.pk, about["form_version"][1]])),
        (me, "POST", reverse("form_version_step", args=[form.pk, about["form_version"][1], "withdraw"])),
        (me, "POST", reverse("form_media_remove", args=[form.pk, about["form_version"][1]])),
        (me, "GET", reverse("submission_file", args=[next(iter(other), ABSENT), about["submission_file"][1]])),
        (me, "GET", reverse("curriculum_module", args=["attack", 1, about["curriculum_module"][2]])),
        (me, "POST", reverse("curriculum_module_remove", args=["attack", 1, about["curriculum_module"][2]])),
        (me, "GET", reverse("curriculum_proposal", args=["attack", 1, about["curriculum_proposal"][2]])),
        (me, "GET", reverse("series_person", args=[about["series"][0], ABSENT])),
        (me, "GET", reverse("learning_change", args=["activity", ABSENT, about["learning_change"][2]])),
        (keeper, "POST", reverse("user_role_end", args=[user.pk, about["user_role_end"][1]])),
        (Role.STEWARD, "POST", reverse("decide_across", args=["mpp", about["decide_across"][1]])),
    ]
    found = [
        (address, outcome(asked(world.readers.client(role, Relation.OWN), method, address, {"revision": "1"})))
        for role, method, address in wrong
    ]
    assert [one for one in found if one[1] not in {Outcome.HIDDEN, Outcome.REFUSED}] == []
    assert RoleGrant.objects.get(pk=int(str(about["user_role_end"][1]))).until is None


@pytest.mark.parametrize("role", HOLDERS)
def test_a_guessed_number_says_the_same_as_one_that_was_never_given(world: World, role: Role) -> None:
    """Numbers run on, so they can be guessed; what a guess meets must not tell that it was a good one."""
    guessed = ("person", "report", "submission", "candidate", "own_case", "safe_file", "user", "form", "need")
    client = world.readers.client(role, Relation.OTHER)
    for name in guessed:
        address, absent = world.address(name, Relation.OTHER), world.absent(name)
        assert absent is not None
        met = told(asked(client, "GET", address, {}), address)
        assert met == told(asked(client, "GET", absent, {}), absent), name
        assert met[0] in {403, 404}, name
