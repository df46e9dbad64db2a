"""The pages of a namesake, beginning with who must not see that anybody asks."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from samaki.ground.accounts.models import User
from samaki.ground.groups.models import Group, Membership
from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import ProgrammeRole
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from samaki.strands.vetting.models import Answer, Candidacy, Exemption, Question
from tests.factories.people import a_person, named
from tests.interfaces.pages import queries_of, somebody
from tests.strands.vetting.coalition import Coalition
from tests.strands.vetting.test_pages import DECIDES

pytestmark = pytest.mark.django_db
PANEL, BARRED = "Questions about bars", "Somebody of this name and birth year is barred in the coalition"
ASK = "Ask whether he is another person"


def main(client: Client, address: str) -> str:
    """What the page says, without what changes by itself."""
    answer = client.get(address)
    assert answer.status_code == 200
    text = re.sub(r"<[^>]+>", " ", answer.content.decode().partition("<main")[2])
    return html.unescape(re.sub(r"\s+", " ", text))


def asked(its: Coalition) -> Candidacy:
    candidacy = its.ripe()
    its.ask(candidacy)
    return candidacy


def answering(its: Coalition) -> str:
    return reverse("vetting_question", args=[Question.objects.latest("pk").pk])


def page_of(candidacy: Candidacy) -> str:
    return reverse("candidate", args=[candidacy.pk])


def act(client: Client, candidacy: Candidacy, **sent: str) -> int:
    return client.post(reverse("candidate_act", args=[candidacy.pk, "ask"]), sent).status_code


@pytest.mark.parametrize("role", [role for role in Role if role not in DECIDES])
def test_nobody_else_sees_the_question_where_he_was_barred(role: Role) -> None:
    its = Coalition()
    its.barred()
    asked(its)
    client = somebody(its.setting, role, its.setting.theirs)
    assert (client.get(reverse("vetting")).status_code, client.get(reverse("vetting_due")).status_code) == (403, 403)
    assert client.get(answering(its)).status_code == 403
    assert client.post(answering(its), {"answer": "another", "sure": "on"}).status_code == 403
    assert Answer.objects.count() == 0


@pytest.mark.parametrize("role", sorted(DECIDES))
def test_neither_who_asks_nor_a_third_organisation_sees_the_question(role: Role) -> None:
    its = Coalition()
    its.barred()
    asked(its)
    third = Organisation.objects.create(key="third", name_latin="Third", kind=Organisation.Kind.LOCAL_NGO)
    ProgrammeRole.objects.create(programme=its.setting.programme, organisation=third, part="partner")
    for where in (its.setting.ours, third):
        client = somebody(its.setting, role, where)
        for name in ("vetting", "vetting_due"):
            assert PANEL not in main(client, reverse(name))
        assert client.get(answering(its)).status_code == 404
        assert client.get(reverse("vetting_question", args=[999999])).status_code == 404
        assert client.post(answering(its), {"answer": "another", "sure": "on"}).status_code == 404
    assert Answer.objects.count() == 0


def test_the_candidate_and_the_barred_man_and_their_groups_see_nothing_of_it() -> None:
    its = Coalition()
    made = its.barred()
    candidacy = asked(its)
    barred = Candidacy.objects.get(person=made.person)
    fellow = a_person(its.setting.theirs, named(latin="Chan Rith"), gender="man", birth_year=1970)
    Membership.objects.create(group=barred.group, person=fellow, since=timezone.localdate())
    client = its.client(its.man)
    assert PANEL in main(client, reverse("vetting"))
    for person_id in (candidacy.person_id, barred.person_id, fellow.pk):
        User.objects.filter(pk=its.man.user_id).update(person_id=person_id)
        for name in ("vetting", "vetting_due"):
            assert PANEL not in main(client, reverse(name))
        assert client.get(answering(its)).status_code == 404
        assert client.post(answering(its), {"answer": "another", "sure": "on"}).status_code == 404


def test_the_auditor_reads_the_acts_and_neither_number_of_bars_nor_word() -> None:
    its = Coalition()
    its.barred()
    its.barred()
    candidacy = asked(its)
    its.answer(its.man, is_another=False)
    read = main(somebody(its.setting, Role.AUDITOR), reverse("audit_trail"))
    assert read.count("Asked whether a candidate is another person") == 1
    assert read.count("Word given whether a candidate is who was barred") == 1
    assert somebody(its.setting, Role.AUDITOR).get(page_of(candidacy)).status_code == 403


def test_who_asks_reads_the_same_of_one_bar_as_of_three() -> None:
    pages = []
    for bars in (1, 3):
        its = Coalition(f"-{bars}", latin=f"Sok {'ABC'[bars - 1]}ara")
        its.setting.theirs.name_latin = "Kampot Women"
        its.setting.theirs.save()
        for _one in range(bars):
            its.barred()
        candidacy = its.ripe()
        client, said = its.client(its.focal), []
        said.append(main(client, page_of(candidacy)))
        assert act(client, candidacy, sure="on") == 302
        client.get(page_of(candidacy))  # takes the message with it
        said.append(main(client, page_of(candidacy)))
        for question in Question.objects.filter(candidacy=candidacy):
            for by in (its.man, its.woman):
                its.answer(by, is_another=True, bar=question.bar)
                assert "Kampot" not in main(client, page_of(candidacy))
        said.append(main(client, page_of(candidacy)))
        pages.append([re.sub(rf"Candidate \d+|focal-{bars}", "N", one) for one in said])
    assert pages[0] == pages[1]
    assert [BARRED in one for one in pages[0]] == [True, True, False]
    assert [ASK in one for one in pages[0]] == [True, False, False]
    assert "the answer is awaited" in pages[0][1]
    assert "They say: another person" in pages[0][2]


def test_while_one_of_two_is_awaited_nothing_is_told_and_then_the_worse() -> None:
    its = Coalition()
    first, second = its.barred(), its.barred()
    candidacy = asked(its)
    client = its.client(its.focal)
    its.answer(its.man, is_another=False, bar=first)
    read = main(client, page_of(candidacy))
    assert ("awaited" in read, "They say" in read) == (True, False)
    its.answer(its.man, is_another=True, bar=second)
    its.answer(its.woman, is_another=True, bar=second)
    read = main(client, page_of(candidacy))
    assert ("They say: the same person" in read, BARRED in read, ASK in read) == (True, True, True)


def test_it_is_asked_and_answered_on_the_pages() -> None:
    its = Coalition()
    its.barred()
    candidacy = its.ripe()
    focal, man, woman = its.client(its.focal), its.client(its.man), its.client(its.woman)
    assert act(its.client(its.supervisor), candidacy, sure="on") == 403  # decides, and does not vet
    assert act(focal, candidacy) == 422  # not read again
    assert act(focal, candidacy, sure="on") == 302
    assert act(focal, candidacy, sure="on") == 422
    own = Candidacy.objects.get(organisation=its.setting.theirs)
    read = main(man, reverse("vetting"))
    assert PANEL in read
    assert f"asks whether its candidate {candidacy.pk} is the person you barred on" in read
    assert f"Whom you barred: Candidate {own.pk}" in read
    assert "Sok Dara" not in read
    assert PANEL in main(man, reverse("vetting_due"))
    assert man.post(answering(its), {"answer": "another"}).status_code == 422
    assert man.post(answering(its), {"answer": "another", "sure": "on"}).status_code == 302
    assert "Another person decides with you" in main(man, reverse("vetting"))
    assert "Have said “another person”: man" in main(woman, reverse("vetting"))
    assert man.post(answering(its), {"answer": "another", "sure": "on"}).status_code == 403
    assert "awaited" in main(focal, page_of(candidacy))
    assert woman.post(answering(its), {"answer": "another", "sure": "on"}).status_code == 302
    assert PANEL not in main(woman, reverse("vetting"))
    read = main(focal, page_of(candidacy))
    assert ("They say: another person" in read, BARRED in read) == (True, False)
    assert AuditEntry.objects.filter(action="see_question", organisation_id=its.setting.theirs.pk).count() > 0


def test_who_answers_sees_what_was_answered_before() -> None:
    its = Coalition()
    its.barred()
    candidacy = asked(its)
    its.answer(its.man, is_another=False)
    its.ask(candidacy, at=timezone.now())
    assert "This was asked before. The answer was: The same person" in main(its.client(its.woman), answering(its))
    for by in (its.man, its.woman):
        its.answer(by, is_another=True)
    assert "They say: another person" in main(its.client(its.focal), page_of(candidacy))  # the last word


def test_before_two_decide_nothing_is_offered_and_what_is_sent_is_refused() -> None:
    its = Coalition()
    its.barred()
    candidacy = its.apply()
    client = its.client(its.focal)
    read = main(client, page_of(candidacy))
    assert (BARRED in read, ASK in read) == (False, False)
    assert act(client, candidacy, sure="on") == 422


@pytest.mark.parametrize("name", ["vetting", "vetting_due"])
def test_three_questions_take_as_many_queries_as_one(name: str) -> None:
    its = Coalition()
    client = its.client(its.man)
    counts = []
    for _turn in range(3):
        its.barred()
        its.person = a_person(its.setting.ours, named(latin="Sok Dara"), gender="man", birth_year=1980)
        group = its.setting.mens_group()
        Group.objects.filter(pk=group.pk).update(ended_on=None)
        its.group = group
        candidacy = its.ripe()
        its.ask(candidacy)
        its.answer(its.woman, is_another=True)
        counts.append((Question.objects.filter(state="open").count(), queries_of(client, reverse(name))))
    assert [held for held, _queries in counts] == [1, 3, 6]
    assert {queries for _held, queries in counts} == {counts[0][1]}


def test_the_candidates_page_takes_as_many_queries_for_three_bars_as_for_one() -> None:
    its = Coalition()
    client = its.client(its.focal)
    its.barred()
    candidacy = its.ripe()
    counts = [queries_of(client, page_of(candidacy))]
    for _more in range(2):
        its.barred()
    counts.append(queries_of(client, page_of(candidacy)))
    assert counts == [counts[0]] * 2
    assert Exemption.objects.count() == 0
