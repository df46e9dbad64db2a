"""Counts of records, answered from integer columns kept in each process and read from the records themselves."""

from samaki.engines.results.columns.dimensions import table_at
from samaki.engines.results.columns.questions import Answer, Question
from samaki.engines.results.columns.reading import answer, at_one_moment, counted_among, row_ids, settled

__all__ = ["Answer", "Question", "answer", "at_one_moment", "counted_among", "row_ids", "settled", "table_at"]
