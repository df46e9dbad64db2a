"""Two organisations of a coalition: one has a candidate, the other barred somebody of his name and birth year."""

from __future__ import annotations

import datetime as dt

from samaki.ground.accounts.models import User
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person
from samaki.kernel.actors import Actor, Grant, Role
from samaki.strands.vetting import operations
from samaki.strands.vetting.models import Bar, Candidacy, Question
from samaki.strands.vetting.rules import Verdict
from tests.factories.people import a_person, named
from tests.strands.vetting.test_operations import AT, DAY
from tests.strands.vetting.test_pages import Pages


class Coalition(Pages):
    """`focal` and `supervisor` of ours ask; `woman`, `man` and `third` (a man) of theirs answer."""

    def __init__(self, mark: str = "", latin: str = "Sok Dara") -> None:
        super().__init__(mark)
        self.latin = latin
        self.person = a_person(self.setting.ours, named(latin=latin), gender="man", birth_year=1980)
        theirs = self.setting.theirs
        self.woman = self.of(theirs, "woman", User.Gender.WOMAN)
        self.man = self.of(theirs, "man", User.Gender.MAN, Role.CASE_SUPERVISOR)
        self.third = self.of(theirs, "third", User.Gender.MAN)

    def of(self, where: Organisation, name: str, gender: User.Gender, role: Role = Role.SAFEGUARDING_FOCAL) -> Actor:
        name = f"{name}{self.mark}"
        user = User.objects.create(username=name, gender=gender)
        grant = Grant(role, where.pk, self.setting.programme.pk)
        return Actor(user.pk, name, (grant,), second_factor=True)

    def supervisor_as_focal(self) -> Actor:
        """Somebody else of ours who bars."""
        return self.of(self.setting.ours, "barring", User.Gender.MAN)

    def applied_again(self) -> Candidacy:
        """A candidacy of his, all steps taken, of the record that stands for him."""
        self.person = Person.objects.get(pk=self.person.merged_into_id or self.person.pk)
        self.group = self.setting.mens_group()
        return self.ripe()

    def barred(self, where: Organisation | None = None, by: Actor | None = None, *, phone: str = "") -> Bar:
        """Somebody else of his name and birth year, barred by theirs or where said."""
        where, by = where or self.setting.theirs, by or self.woman
        person = a_person(
            where,
            named(latin=" ".join(reversed(self.latin.split())).upper(), phone=phone),
            gender="man",
            birth_year=1980,
        )
        group = self.setting.mens_group(organisation=where)
        applied = operations.apply(person=person, group=group, recruited_by_id=None, applied_on=DAY, by=by, at=AT)
        return operations.bar(candidacy=applied, reason="hurt Bopha", by=by, at=AT)

    def ask(self, candidacy: Candidacy, by: Actor | None = None, at: dt.datetime = AT) -> None:
        operations.ask(candidacy=candidacy, by=by or self.focal, at=at)

    def answer(self, by: Actor, *, is_another: bool, bar: Bar | None = None) -> Verdict:
        found = Question.objects.all() if bar is None else Question.objects.filter(bar=bar)
        return operations.answer(question=found.latest("pk"), is_another=is_another, by=by, at=AT)

    def freed(self) -> Candidacy:
        """A candidate of whom two said that he is another person than theirs."""
        candidacy = self.ripe()
        self.ask(candidacy)
        self.answer(self.man, is_another=True)
        self.answer(self.woman, is_another=True)
        return candidacy
