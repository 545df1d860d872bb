"""What a figure is made of: the definition of what it counts, and the rows behind it.

Two kinds of figures: a cell that a question computes (from other cells, or from rows that it counts
or adds up), and a figure that a source prints, which may be a total with printed parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import pyoxigraph as ox

from coopkg.answers.catalogue import Catalogue, Context, Solution
from coopkg.answers.phrases import quoted
from coopkg.answers.reasons import triple_of
from coopkg.answers.relation import Row, cell
from coopkg.questions import Question
from coopkg.questions.computed import Formula, Members
from coopkg.terms import LANGUAGES, PREFIXES, Term, expand
from coopkg.typography import collated

_AGGREGATES: Final = {
    "count": ("le nombre de lignes ci-dessous", "the number of rows below"),
    "count-distinct": (
        "le nombre de valeurs différentes de {} ci-dessous",
        "the number of different values of {} below",
    ),
    "sum": ("la somme de {} ci-dessous", "the sum of {} below"),
    "min": ("la plus petite valeur de {} ci-dessous", "the smallest value of {} below"),
    "max": ("la plus grande valeur de {} ci-dessous", "the greatest value of {} below"),
    "mean": ("la moyenne de {} ci-dessous", "the mean of {} below"),
}
_ROUNDED: Final = {
    "round": ("l’entier le plus proche de {}", "the whole number nearest to {}"),
    "ceil": (
        "le premier entier à partir de {}",
        "the first whole number from {} upwards",
    ),
    "floor": ("le dernier entier jusqu’à {}", "the last whole number up to {}"),
    "abs": ("{} sans son signe", "{} without its sign"),
}
_SIGNS: Final = {"*": "×", "/": "÷", "-": "−", "+": "+", "=": "="}
_TELLS: Final = {
    (False, "fr"): " = ",
    (False, "en"): " = ",
    (True, "fr"): "\u00a0: ",
    (True, "en"): ": ",
}
_DIFFERENT: Final = {
    "fr": "le nombre d’éléments différents ci-dessous",
    "en": "the number of different items below",
}
_ITEM: Final = {"fr": "élément", "en": "item"}
# A property read as the name of a column.
_COLUMNS: Final = {
    expand("coop:value").value: {"fr": "valeur", "en": "value"},
    expand("coop:lineStart").value: {"fr": "première ligne", "en": "first line"},
    expand("coop:lineEnd").value: {"fr": "dernière ligne", "en": "last line"},
}

VALUE: Final = expand("coop:value")
INDICATOR: Final = "coop:indicator"
_FACETS: Final = ("unit", "period", "year", "zone", "excludesZone", "expertOrigin", "shareBase")


# --- Cells that a question computes --------------------------------------------------------


def computed(
    question: Question, formulas: Mapping[str, Formula], members: Members | None, row: Row,
    context: Context,
) -> list[dict[str, Any]]:  # fmt: skip
    """Return each computed cell of a row: its formula in words, and the rows it is made of."""
    behind = _behind(members, row, context) if members else None
    found = []

    def said(formula: Formula, lang: str) -> str:
        return in_words(formula, question, members, context.catalogue, lang)

    for name, formula in formulas.items():
        value = row.value(name)
        column = question.column(name)
        if value is None or column is None or column.hidden:
            continue
        figure: dict[str, Any] = {
            "column": name,
            "label": column.label.as_json(),
            "value": cell(value, context.catalogue),
            "formula": {
                lang: f"{column.label[lang]}{_TELLS[formula[0] == '=', lang]}{said(formula, lang)}"
                for lang in LANGUAGES
            },
            "expression": formula,
        }
        if behind is not None and _is_aggregate(formula):
            figure["rows"] = behind
        found.append(figure)
    return found


def _is_aggregate(formula: Formula) -> bool:
    return formula[0] in _AGGREGATES or any(
        isinstance(one, tuple) and _is_aggregate(one) for one in formula[1:]
    )


def _behind(members: Members, row: Row, context: Context) -> dict[str, Any]:
    """Return exactly the rows that the aggregates of one row are made of."""
    first = row.merged[0]
    given = {name: first[name] for name in members.keys if name in first}
    shown = [name for name in members.variables if name not in members.keys]
    shown.sort(key=lambda name: name in members.origins)  # what is described, then what is said
    found = sorted(context.ask(members.query, given), key=lambda one: _order(one, shown))
    return {
        "columns": [
            {"name": name, "label": _header(name, members, context.catalogue)} for name in shown
        ],
        "rows": [
            {name: cell(one[name], context.catalogue) for name in shown if name in one}
            for one in found
        ],
        "count": len(found),
    }


def _order(solution: Solution, names: Sequence[str]) -> tuple[tuple[Decimal, str], ...]:
    return tuple(_sorting(solution.get(name)) for name in names)


def _sorting(term: Term | None) -> tuple[Decimal, str]:
    try:
        return Decimal(term.value if isinstance(term, ox.Literal) else 0), str(term)
    except InvalidOperation:
        return Decimal(0), str(term)


def _header(name: str, members: Members | None, catalogue: Catalogue) -> dict[str, str]:
    origin = members.origins.get(name) if members else None
    return dict(_COLUMNS.get(origin) or catalogue.label(origin)) if origin else dict(_ITEM)


def in_words(
    formula: Formula,
    question: Question,
    members: Members | None,
    catalogue: Catalogue,
    lang: str,
) -> str:
    """Return a formula in words, its variables named as the columns are."""

    def said(one: Formula) -> str:
        operation = one[0]
        if operation == "var":
            column = question.column(one[1])
            label = column.label[lang] if column else _header(one[1], members, catalogue)[lang]
            return quoted(label, lang)
        if operation == "number":
            plain = one[1].removesuffix(".0")
            return str(plain.replace(".", ",") if lang == "fr" else plain)
        texts = {**_AGGREGATES, **_ROUNDED}.get(operation)
        if texts and operation == "count-distinct" and not _is_named(one[1][1], question, members):
            return _DIFFERENT[lang]
        if texts:
            return texts[lang == "en"].format(said(one[1]))
        sides = [f"({said(side)})" if side[0] in "+-" else said(side) for side in one[1:]]
        return f" {_SIGNS[operation]} ".join(sides)

    return said(formula)


def _is_named(name: str, question: Question, members: Members | None) -> bool:
    return bool(question.column(name) or (members and name in members.origins))


# --- Figures that a source prints ----------------------------------------------------------


def printed(lines: Sequence[str], context: Context) -> list[dict[str, Any]]:
    """Return each printed figure that a row rests on: definition, scope, and parts of a total."""
    triples = [triple_of(line) for line in lines]
    figures = list(dict.fromkeys(s for s, p, _ in triples if p == VALUE))
    return [found for one in figures if (found := _printed(one, context))]


def _printed(figure: Term, context: Context) -> dict[str, Any] | None:
    """Describe one observation; None for a value that counts nothing named."""
    catalogue = context.catalogue
    said: dict[str, list[Term]] = {}
    for row in context.ask(
        "SELECT DISTINCT ?figure ?p ?o WHERE { ?figure ?p ?o }", {"figure": figure}
    ):
        said.setdefault(row["p"].value, []).append(row["o"])
    indicator = next(iter(said.get(expand(INDICATOR).value, [])), None)
    if indicator is None:
        return None
    value = said[VALUE.value][0]
    described: dict[str, Any] = {
        "figure": figure.value,
        "label": catalogue.label(figure.value),
        "value": cell(value, catalogue),
        "indicator": cell(indicator, catalogue),
        "definition": dict(catalogue.labels.get(indicator.value, {}).get("definition", {})),
        "scope": [
            {"property": catalogue.label(iri), "value": cell(one, catalogue)}
            for name in _FACETS
            for iri in (expand(f"coop:{name}").value,)
            for one in said.get(iri, [])
        ],
    }
    parts = _parts(figure, context)
    if parts:
        total = sum((Decimal(one["value"]["value"]) for one in parts), Decimal(0))
        described["parts"] = parts
        described["sum"] = str(total)
        described["adds_up"] = total == Decimal(value.value)
    return described


def _parts(total: Term, context: Context) -> list[dict[str, Any]]:
    query = (
        f"PREFIX coop: <{PREFIXES['coop']}>\nSELECT DISTINCT ?part ?value ?total "
        "WHERE { ?part coop:partOfTotal ?total ; coop:value ?value }"
    )
    catalogue = context.catalogue
    found = [
        {"part": cell(row["part"], catalogue), "value": cell(row["value"], catalogue)}
        for row in context.ask(query, {"total": total})
    ]
    return sorted(found, key=lambda one: collated(str(one["part"]["label"]["fr"])))
