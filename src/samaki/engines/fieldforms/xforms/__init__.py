"""XForms as phones know them: a form's definition and a filled form, read without ever opening an entity."""

from samaki.engines.fieldforms.xforms.answers import Answers
from samaki.engines.fieldforms.xforms.definition import Definition, Question, read_definition
from samaki.engines.fieldforms.xforms.filled import Filled, read_submission

__all__ = ["Answers", "Definition", "Filled", "Question", "read_definition", "read_submission"]
