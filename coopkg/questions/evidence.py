"""What the rows of a question rest on: the triples its patterns matched.

The build derives an `Evidence` from each question (`coopkg.build.evidence`) and seals it in
`questions.json`; answers read it back. A solution of `select` fills `template` and gives the
triples behind it; `construct` gives the same triples to anyone, as RDF.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from coopkg.questions.computed import Computed
from coopkg.terms import Term

Solution = Mapping[str, Term]
_NOTHING: Final = Computed({})


@dataclass(frozen=True)
class Pattern:
    """One triple of a template, in N-Triples terms and `?variables`."""

    subject: str
    predicate: str
    value: str

    def line(self, said: Mapping[str, str]) -> str | None:
        """Return the N-Triples line, without its dot, that a solution makes of the pattern.

        `said` holds the terms by their variable, as text. None when a variable is unbound.
        """
        get = said.get
        subject, verb = get(self.subject, self.subject), get(self.predicate, self.predicate)
        value = get(self.value, self.value)
        if subject[0] == "?" or value[0] == "?" or verb[0] != "<":
            return None
        return f"{subject} {verb} {value}"

    def holder(self, columns: frozenset[str]) -> str | None:
        """Return the column this pattern speaks for: its object's, else its subject's."""
        names = (part[1:] for part in (self.value, self.subject) if part.startswith("?"))
        return next((name for name in names if name in columns), None)


@dataclass(frozen=True)
class Evidence:
    """The evidence of one query: as RDF for anyone, and row by row for answers.

    `variables` are those of `select`; `certain` those that a triple pattern binds in every
    solution: only these may be bound beforehand, for elsewhere binding is not filtering. `verbs`
    are the properties of the patterns whose predicate is a variable, unbound where there is none.
    """

    construct: str
    select: str
    variables: tuple[str, ...]
    certain: tuple[str, ...]
    template: tuple[Pattern, ...]
    verbs: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the value sealed in `questions.json`."""
        return {
            "construct": self.construct,
            "select": self.select,
            "variables": list(self.variables),
            "certain": list(self.certain),
            "template": [[one.subject, one.predicate, one.value] for one in self.template],
            "verbs": dict(self.verbs),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Evidence:
        """Read what `as_json` wrote."""
        return cls(
            value["construct"],
            value["select"],
            tuple(value["variables"]),
            tuple(value["certain"]),
            tuple(Pattern(*one) for one in value["template"]),
            value.get("verbs", {}),  # not in generations sealed before these were known
        )

    def among(self, bound: Mapping[str, Term]) -> dict[str, Term]:
        """Keep the bindings that may be put into this query."""
        return {name: value for name, value in bound.items() if name in self.certain}

    def lines(self, solution: Solution) -> list[str | None]:
        """Return the line of the triple that a solution makes of each pattern of the template."""
        said = {f"?{name}": str(term) for name, term in solution.items()}
        return [pattern.line(said) for pattern in self.template]


@dataclass(frozen=True)
class QuestionEvidence:
    """The evidence of a whole question: its answer, its weaker matches, its gaps.

    `absent` are the groups of patterns that its query asks not to be there (NOT EXISTS, MINUS), or
    whether they are (EXISTS); `computed` are the columns that no passage prints.
    """

    answer: Evidence
    related: tuple[Evidence, ...] = ()
    gap: Evidence | None = None
    absent: tuple[tuple[Pattern, ...], ...] = ()
    computed: Computed = _NOTHING

    def as_json(self) -> dict[str, Any]:
        """Return the value of one slug in `questions.json`."""
        return {
            "answer": self.answer.as_json(),
            "related": [one.as_json() for one in self.related],
            "gap": self.gap.as_json() if self.gap else None,
            "absent": [
                [[one.subject, one.predicate, one.value] for one in group] for group in self.absent
            ],
            "computed": self.computed.as_json(),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> QuestionEvidence:
        """Read what `as_json` wrote."""
        return cls(
            Evidence.from_json(value["answer"]),
            tuple(Evidence.from_json(one) for one in value["related"]),
            Evidence.from_json(value["gap"]) if value["gap"] else None,
            # Generations sealed before these were known do not have them.
            tuple(tuple(Pattern(*one) for one in group) for group in value.get("absent", ())),
            Computed.from_json(value["computed"]) if "computed" in value else _NOTHING,
        )
