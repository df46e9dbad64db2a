"""How many of the records behind a figure came from the field and have not been verified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from samaki.engines.results.asking import Resolved
from samaki.engines.results.columns import Question, counted_among, table_at
from samaki.kernel.database.bulk import among
from samaki.kernel.measures import Made, measures, tables
from samaki.kernel.verification import origin_paths, waiting

AT_MOST = 1_000  # submissions looked at; a site that verifies nothing must not wait for its figures


@dataclass(frozen=True)
class Unverified:
    """`records` not verified; `at_least` where more submissions wait than were looked at."""

    records: int
    at_least: bool


def unverified(one: Resolved) -> Unverified:
    """Of the rows this reader's answer counts (of a ratio, its denominator). One query for what waits and, where
    something does, one a table counted. Call inside a read snapshot."""
    main = replace(one.wanted.question(), by=())
    origins = [
        origin for keeper in waiting for origin in keeper.origins(main.programme_id, main.organisation_ids, AT_MOST + 1)
    ]
    if not origins:
        return Unverified(0, at_least=False)
    asked = [main]
    if one.counts.also is not None:
        asked.append(replace(main, measure=one.counts.also.count, aggregate="sum", where=one.wanted.where))
    return Unverified(sum(_records(question, origins[:AT_MOST]) for question in asked), at_least=len(origins) > AT_MOST)


def _records(question: Question, origins: Sequence[str]) -> int:
    records = measures[question.measure].records
    table = tables[table_at(records.table, records.record.split(".") if records.record else ())]
    if isinstance(table, Made):
        return 0
    if table.key in origin_paths:
        path = origin_paths[table.key].path
    elif any(field.name == "origin" for field in table.model._meta.get_fields()):
        path = "origin"
    else:
        return 0
    found = table.model._default_manager.filter(among(path, origins)).values_list("pk", flat=True)
    ids = list(found.order_by())
    return counted_among(question, ids) if ids else 0
