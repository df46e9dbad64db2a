"""Reads of vetting (T4, each logged), what is due, and (without any of it) who is cleared."""

from samaki.strands.vetting.queries.candidates import File, Line, ListPage, Show, candidacy_of, candidate, candidates
from samaki.strands.vetting.queries.due import Due, due
from samaki.strands.vetting.queries.members import MemberLine, members
from samaki.strands.vetting.queries.questions import Asked, question, questions
from samaki.strands.vetting.queries.words import Said, name, words

__all__ = [
    "Asked",
    "Due",
    "File",
    "Line",
    "ListPage",
    "MemberLine",
    "Said",
    "Show",
    "candidacy_of",
    "candidate",
    "candidates",
    "due",
    "members",
    "name",
    "question",
    "questions",
    "words",
]
