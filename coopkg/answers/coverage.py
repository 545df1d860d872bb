"""How far an answer goes: what is known, what has no row, which sources, whether it is complete.

All is computed: from the rows, from the sealed counts of choices (`offers.json`) and from what the
graph says of its sources (`coverage.json`). What is not known is left unsaid, never guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from coopkg.answers import reasons
from coopkg.answers.asked import Asked
from coopkg.answers.changes import label
from coopkg.answers.phrases import quoted
from coopkg.answers.sentences import listed
from coopkg.questions import Column, Parameter
from coopkg.terms import BASE, LANGUAGES

Texts = dict[str, str]
OBSERVATION: Final = BASE + "id/observation/"
LISTS: Final = frozenset({"table", "list", "mapping"})
_LAYERS: Final = {
    "brochure": (("passage", "passages"), ("passage", "passages")),
    "curation": (
        ("ajout de l’éditeur de la base", "ajouts de l’éditeur de la base"),
        ("addition by the editor of the base", "additions by the editor of the base"),
    ),
    "reference": (
        ("référence extérieure", "références extérieures"),
        ("outside reference", "outside references"),
    ),
    "partner": (
        ("déclaration de partenaire", "déclarations de partenaires"),
        ("declaration by a partner", "declarations by partners"),
    ),
}


@dataclass(frozen=True)
class Reach:
    """How many of the values that could be chosen have no row: of a parameter, or within a value.

    `near` are those of them that stand in the weaker matches.
    """

    parameter: str
    within: str | None
    of: int
    without: Sequence[str]
    unsaid: int
    text: Texts
    near: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "parameter": self.parameter,
            "within": self.within,
            "of": self.of,
            "without": len(self.without),
            "values": list(self.without),
            "unsaid": self.unsaid,
            "near": list(self.near),
        }


@dataclass(frozen=True)
class Coverage:
    """What an answer covers. `sentences` says it all, in the order a reader needs it.

    `claim` is `examples` when a source says that it gives examples, `none` when no source says
    that the list is complete, and `single` when the answer is not a list.
    """

    known: int
    column: Texts
    reach: Sequence[Reach]
    layers: Mapping[str, int]
    newest: int | None
    documents: Sequence[Mapping[str, Any]]
    claim: str
    markers: Sequence[Mapping[str, Any]]
    sentences: Sequence[Texts]
    claimed: Texts | None = None
    """The sentence that says whether the list claims to be complete; None of what is no list."""

    def as_json(self) -> dict[str, Any]:
        """Return the JSON object that answers hold."""
        return {
            "known": self.known,
            "column": self.column,
            "reach": [one.as_json() for one in self.reach],
            "layers": dict(self.layers),
            "newest": self.newest,
            "documents": [dict(one) for one in self.documents],
            "claim": self.claim,
            "markers": [dict(one) for one in self.markers],
            "sentences": [dict(one) for one in self.sentences],
        }


def coverage(
    request: Asked,
    known: int,
    sources: Sequence[Mapping[str, Any]],
    subjects: set[str],
    near: Collection[str] = (),
) -> Coverage:
    """Return what an answer covers.

    Args:
        request: the question with its choices.
        known: how many different values its counted column has.
        sources: what it rests on, as answers list it.
        subjects: the things that its triples speak of.
        near: the things that stand in the weaker matches shown with it.
    """
    question = request.question
    column = question.column(question.counted)
    assert column is not None, "a question counts one of its columns"
    reach = list(_reach(request, near))
    documents = _documents(request, sources)
    years = [one["until"] for one in documents if one["until"] is not None]
    markers = _markers(request, sources, subjects)
    claim = _claim(question.view, known, markers)
    layers = Counter(layer for layer, *_ in {reasons.place(one) for one in sources})
    said = _known(known, column, question.view) + [one.text for one in reach]
    said += _sources(layers, documents, request)
    claims = _claims(claim, markers)
    said += claims
    return Coverage(
        known,
        column.label.as_json(),
        reach,
        {name: layers[name] for name in _LAYERS if layers[name]},
        max(years, default=None),
        documents,
        claim,
        markers,
        said,
        claims[0] if claims else None,
    )


def _known(known: int, column: Column, view: str) -> list[Texts]:
    """Say how many are known; nothing of a figure, or of yes or no, which count themselves."""
    if view == "yes-no" or column.kind in {"integer", "decimal"}:
        return []
    return [
        {
            "fr": f"{column.label.fr}\u00a0: {known} dans cette base.",
            "en": f"{column.label.en}: {known} in this base.",
        }
    ]


# --- What has no row -----------------------------------------------------------------------


def _reach(request: Asked, near: Collection[str]) -> Iterator[Reach]:
    """Count what has no row: among the values left open, and within each value chosen.

    Only sealed counts are used, which are those of what is inferred.
    """
    offers, question = request.offers, request.question
    if offers is None or not request.context.inference:
        return
    short = question.short(request.bound)
    for parameter in question.parameters:
        values = [value for value, _ in offers.choices[parameter.name]]
        bound = request.bound.get(parameter.name)
        if bound is not None:
            inside = request.context.catalogue.coverage.get("narrower", {}).get(bound.value, ())
            narrower = {parameter.short(ox.NamedNode(iri)) for iri in inside}
            values = [value for value in values if value in narrower]
        if len(values) < 2:
            continue
        given = {value: {**short, parameter.name: value} for value in values}
        without = [value for value in values if not offers.count(given[value])]
        unsaid = sum(1 for value in without if offers.is_unsaid(given[value]))
        within = short.get(parameter.name)
        beside = [value for value in without if parameter.read(value).value in near]
        text = _reached(request, parameter, (len(values), without, unsaid, beside))
        yield Reach(parameter.name, within, len(values), without, unsaid, text, beside)


def _reached(
    request: Asked,
    parameter: Parameter,
    counted: tuple[int, Sequence[str], int, Sequence[str]],
) -> Texts:
    of, without, unsaid, beside = counted
    said: Texts = {}
    bound = request.bound.get(parameter.name)
    for lang in LANGUAGES:
        colon = "\u00a0: " if lang == "fr" else ": "
        about = parameter.label[lang]
        if bound is not None:
            about = f"{about} {quoted(label(bound, request.context)[lang], lang)}"
        names = [label(parameter.read(one), request.context)[lang] for one in without]
        close = [label(parameter.read(one), request.context)[lang] for one in beside]
        rest = _unsaid(unsaid, lang) + _beside(close, lang)
        said[lang] = about + colon + _without(names, of, bound is not None, lang) + rest + "."
    return said


def _without(names: Sequence[str], of: int, inside: bool, lang: str) -> str:
    """Say what has no row here: that nothing is known of it would be more than a count tells."""
    number = len(names)
    if lang == "fr":
        among = f"{of} choix possibles" + (" à l’intérieur" if inside else "")
        if not number:
            return f"chacun des {among} a au moins une ligne"
        verb = "n’a" if number == 1 else "n’ont"
        exact = "aucune ligne qui réponde exactement à cette question"
        return f"{number} des {among} {verb} {exact} ({listed(names, lang)})"
    among = f"{of} possible choices" + (" inside it" if inside else "")
    if not number:
        return f"each of the {among} has at least one row"
    verb = "has" if number == 1 else "have"
    return (
        f"{number} of the {among} {verb} no row for exactly this question ({listed(names, lang)})"
    )


def _unsaid(number: int, lang: str) -> str:
    if not number:
        return ""
    if lang == "fr":
        gaps = "lacune reconnue" if number == 1 else "lacunes reconnues"
        return f"\u00a0; {gaps} des sources\u00a0: {number}"
    return f"; {'known gap' if number == 1 else 'known gaps'} of the sources: {number}"


def _beside(names: Sequence[str], lang: str) -> str:
    if not names:
        return ""
    if lang == "fr":
        where = "«\u00a0À voir aussi\u00a0»"
        return f"\u00a0; ce qui s’en approche est montré dans {where} ({listed(names, lang)})"
    return f"; what is near is shown under “See also” ({listed(names, lang)})"


# --- Sources -------------------------------------------------------------------------------


def _documents(request: Asked, sources: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the documents whose passages an answer rests on, each with its last year."""
    known = request.context.catalogue.coverage
    within, documents = known.get("within", {}), known.get("documents", {})
    found = dict.fromkeys(_top(one["passage"], within) for one in sources)
    return [
        {
            "document": iri,
            "label": request.context.catalogue.label(iri),
            "until": documents[iri]["until"],
            "dated": documents[iri]["dated"],
        }
        for iri in found
        if iri in documents
    ]


def _top(graph: str, within: Mapping[str, str]) -> str:
    met: set[str] = set()
    while graph in within and graph not in met:
        met.add(graph)
        graph = within[graph]
    return graph


def _sources(
    layers: Mapping[str, int], documents: Sequence[Mapping[str, Any]], request: Asked
) -> list[Texts]:
    counted = [(name, layers[name]) for name in _LAYERS if layers[name]]
    if not counted:
        return []
    said: Texts = {}
    for lang, place in (("fr", 0), ("en", 1)):
        parts = [
            f"{number} {_LAYERS[name][place][number > 1]}" for name, number in counted
        ]  # one or many
        said[lang] = (
            ("Sources\u00a0: " if lang == "fr" else "Sources: ") + listed(parts, lang) + "."
        )
    return [said, *_newest(documents)]


def _newest(documents: Sequence[Mapping[str, Any]]) -> list[Texts]:
    """Say the most recent of the documents, and that it bears no date when it bears none."""
    dated = [one for one in documents if one["until"] is not None]
    if not dated:
        return []
    newest = max(dated, key=lambda one: int(one["until"]))
    undated = not newest["dated"]
    return [
        {
            "fr": f"Source la plus récente\u00a0: «\u00a0{newest['label']['fr']}\u00a0», dont les "
            f"chiffres vont jusqu’en {newest['until']}"
            + ("\u00a0; elle ne porte pas de date." if undated else "."),
            "en": f"Most recent source: “{newest['label']['en']}”, whose figures run until "
            f"{newest['until']}" + ("; it bears no date." if undated else "."),
        }
    ]


# --- Whether it is complete ----------------------------------------------------------------


def _markers(
    request: Asked, sources: Sequence[Mapping[str, Any]], subjects: set[str]
) -> list[dict[str, Any]]:
    """Return the words by which a source says that it gives examples, and of what.

    Those of what the answer speaks of, and of the sections it was read in; but the figures that a
    section of examples prints are no examples.
    """
    known = request.context.catalogue.coverage
    marks, within = known.get("markers", {}), known.get("within", {})
    about = set(subjects)
    figures = any(iri.startswith(OBSERVATION) for iri in subjects)
    for one in () if figures else sources:
        here, met = one["passage"], set[str]()
        while here in within and here not in met:
            met.add(here)
            here = within[here]
            about.add(here)
    return [
        {"about": iri, "label": request.context.catalogue.label(iri), "words": list(words)}
        for iri, words in sorted(marks.items())
        if iri in about
    ]


def _claim(view: str, known: int, markers: Sequence[Mapping[str, Any]]) -> str:
    if view not in LISTS or not known:
        return "single"
    return "examples" if markers else "none"


def _claims(claim: str, markers: Sequence[Mapping[str, Any]]) -> list[Texts]:
    if claim == "single":
        return []
    if claim == "none":
        return [
            {
                "fr": "Rien dans les sources ne dit que cette liste est complète.",
                "en": "Nothing in the sources says that this list is complete.",
            }
        ]
    said: Texts = {}
    for lang in LANGUAGES:
        words = list(dict.fromkeys(quoted(one, lang) for mark in markers for one in mark["words"]))
        said[lang] = (
            f"La source annonce des exemples (elle écrit {listed(words, lang)})\u00a0: la liste ne "
            "prétend pas être complète."
            if lang == "fr"
            else f"The source gives examples (it writes {listed(words, lang)}): the list does not "
            "claim to be complete."
        )
    return [said]
