"""`samaki figure` and `samaki records`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from samaki.engines.results import queries, rows
from samaki.interfaces.cli import printing
from samaki.interfaces.cli.outcome import Outcome
from samaki.interfaces.cli.site import acting
from samaki.kernel.actors import Actor
from samaki.kernel.errors import Refused
from samaki.kernel.figures import FigureQuery, RecordPage, Source

PAGE = 500


def figure(arguments: Namespace) -> int:
    question = _question(arguments)
    answer = queries.figure(acting(arguments), question)
    if arguments.format == "json":
        printing.figure_json(answer)
    elif arguments.format == "csv":
        printing.figure_csv(answer, question.by)
    else:
        printing.figure_table(answer, question.by)
    return Outcome.DONE


def records(arguments: Namespace) -> int:
    actor = acting(arguments)
    if actor.user_id is None:
        raise Refused("records_want_a_user", _("You do not have permission to see this"))
    pages = _pages(actor, _question(arguments))
    {"json": printing.records_json, "csv": printing.records_csv, "table": printing.records_table}[arguments.format](
        pages
    )
    return Outcome.DONE


def _question(arguments: Namespace) -> FigureQuery:
    return FigureQuery(
        programme=arguments.programme,
        indicator=arguments.indicator,
        period=arguments.period,
        as_of=arguments.as_of,
        place=arguments.place,
        by=arguments.by,
        organisation=arguments.organisation,
        source=Source(arguments.source),
    )


def _pages(actor: Actor, question: FigureQuery) -> Iterator[RecordPage]:
    page = rows.records(actor, question, limit=PAGE)
    yield page
    while page.next_after is not None:
        page = rows.records(actor, question, after=page.next_after, limit=PAGE)
        yield replace(page, groups={})
