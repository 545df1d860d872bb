"""Questions: load, check, bind. The format of `queries/<slug>.rq` is in `docs/questions.md`.

Valid SPARQL whose description is TOML in `#+` lines. A question is a relation; a parameter
selects from it: binding one equals filtering the open answer.
"""

from coopkg.questions.binding import Arguments, Known, Parameter
from coopkg.questions.evidence import Evidence, Pattern, QuestionEvidence
from coopkg.questions.fields import Bilingual
from coopkg.questions.question import CATEGORIES, Column, Note, Question, Related
from coopkg.questions.reading import load, read

__all__ = [
    "CATEGORIES",
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
]
