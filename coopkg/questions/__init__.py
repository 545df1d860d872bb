"""Questions: load, check, bind. The format of `queries/<slug>.rq` is in `docs/questions.md`.

Valid SPARQL whose description is TOML in `#+` lines. A question is a relation; a parameter
selects from it: binding one equals filtering the open answer.
"""

from coopkg.questions.binding import RESERVED, Arguments, Known, Parameter
from coopkg.questions.evidence import Evidence, Pattern, QuestionEvidence
from coopkg.questions.fields import Bilingual
from coopkg.questions.question import CATEGORIES, Column, Note, Question, Related
from coopkg.questions.reading import APART, load, read, read_all

__all__ = [
    "APART",
    "CATEGORIES",
    "RESERVED",
    "Arguments",
    "Bilingual",
    "Column",
    "Evidence",
    "Known",
    "Note",
    "Parameter",
    "Pattern",
    "Question",
    "QuestionEvidence",
    "Related",
    "load",
    "read",
    "read_all",
]
