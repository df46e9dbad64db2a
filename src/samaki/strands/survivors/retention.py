"""Two years after a file was closed nothing of it is left, nor of a warning that was seen to: a release that was
published keeps its numbers, and no later one needs her words. Nobody without her side learns even how many."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.kernel.actors import AnyActor
from samaki.kernel.keyrings import erasures
from samaki.kernel.policy import Action
from samaki.kernel.retention import Due, Rule, last_due, months_after, rules
from samaki.strands.survivors.access import is_shut_out
from samaki.strands.survivors.models import FileKey, HerFollowUp, HerRisk, Referral, ServiceFile, WarningTask

MONTHS = 24


def files_due(on: dt.date) -> Iterator[Due]:
    closed = ServiceFile.objects.filter(closed_on__lte=last_due(on, MONTHS), is_example=False)
    for file in closed.order_by("closed_on", "pk"):
        if file.closed_on is not None and (day := months_after(file.closed_on, MONTHS)) <= on:
            yield Due(file.pk, file.code, file.organisation_id, day)


def let_files_go(ids: Collection[int], by: AnyActor, at: dt.datetime) -> Mapping[str, int]:
    gone: Counter[str] = Counter()
    still = {one.id for one in files_due(timezone.localdate(at))} & set(ids)
    for file in ServiceFile.objects.select_for_update(of=("self",)).filter(pk__in=still).order_by("pk"):
        gone["files"] += 1
        erasures.destroy(FileKey.objects.filter(pk=file.pk).values_list("salt", flat=True))
        # SQLite leaves a deleted row's bytes in the file until they are needed: write over them first.
        ServiceFile.objects.filter(pk=file.pk).update(sealed=b"", code=f"~{file.pk}")
        gone["risks"] += HerRisk.objects.filter(file=file).update(sealed=b"")
        gone["words"] += HerFollowUp.objects.filter(file=file).update(sealed=b"")
        gone["referrals"] += Referral.objects.filter(file=file).update(sealed=b"", link="")
        file.delete()
    return gone


def warnings_due(on: dt.date) -> Iterator[Due]:
    done = WarningTask.objects.filter(done_at__date__lte=last_due(on, MONTHS), is_example=False)
    for task in done.order_by("done_at", "pk"):
        if task.done_at is not None and (day := months_after(timezone.localdate(task.done_at), MONTHS)) <= on:
            yield Due(task.pk, f"W{task.pk:06d}", task.organisation_id, day)


def let_warnings_go(ids: Collection[int], by: AnyActor, at: dt.datetime) -> Mapping[str, int]:
    still = {one.id for one in warnings_due(timezone.localdate(at))} & set(ids)
    tasks = WarningTask.objects.filter(pk__in=still)
    erasures.destroy(tasks.values_list("salt", flat=True))
    tasks.update(sealed=b"", salt=b"")
    count, _by_model = tasks.delete()
    return {"warnings": count}


rules.register(
    Rule(
        "her_files",
        _("Files closed two years ago"),
        _("The whole file goes, in copies too: code, contact, risk, what was told and every referral."),
        {
            "files": _("Files"),
            "risks": _("Risk assessments"),
            "words": _("What was told"),
            "referrals": _("Referrals"),
        },
        sees=Action.SEE_SURVIVOR,
        runs=Action.RECORD_SURVIVOR,
        due=files_due,
        let_go=let_files_go,
        apart=True,
        shut=is_shut_out,
    )
)
rules.register(
    Rule(
        "her_warnings",
        _("Warnings seen to two years ago"),
        _("The whole warning goes, in copies too."),
        {"warnings": _("Warnings")},
        sees=Action.SEE_SURVIVOR,
        runs=Action.RECORD_SURVIVOR,
        due=warnings_due,
        let_go=let_warnings_go,
        apart=True,
        shut=is_shut_out,
    )
)
