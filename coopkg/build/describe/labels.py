"""The names of a generation: what each thing is called, and what is said of each passage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

import pyoxigraph as ox

from coopkg.answers.reasons import lines_label
from coopkg.build.describe.wording import is_of_wording, wording
from coopkg.terms import BASE, LANGUAGES, expand
from coopkg.typography import french

PREF: Final = tuple(expand(name) for name in ("skos:prefLabel", "rdfs:label", "dcterms:title"))
ALT: Final = tuple(expand(name) for name in ("skos:altLabel", "coop:printedName"))
PRINTED: Final = tuple(expand(f"coop:{name}") for name in ("printedName", "fullName", "acronym"))
FORMS: Final = {expand("coop:locativeName"): "in", expand("coop:definiteName"): "the"}
DEFINITION: Final = expand("skos:definition")

Label = dict[str, Any]
OF_GRAPHS: Final = {
    expand("coop:lineStart"): "first",
    expand("coop:lineEnd"): "last",
    expand("coop:inSection"): "section",
    expand("coop:keyPhrase"): "phrase",
    expand("coop:startOffset"): "start",
    expand("coop:endOffset"): "end",
    expand("coop:assertionMode"): "mode",
    expand("coop:layer"): "layer",
    expand("dcterms:source"): "sources",
    expand("coop:backgroundKnowledge"): "background",
    expand("coop:unsourced"): "unsourced",
}
"""What is said of a source graph, by its property."""
_GRAPHS: Final = BASE + "graph/"
_MODES: Final = BASE + "scheme/assertion-mode/"


def _written(text: ox.Literal) -> str:
    """Return a name or a definition of ours as it is printed: with the spacing of French."""
    return french(text.value) if text.language == "fr" else text.value


def kind_of(iri: str) -> str:
    """Return the kind of an IRI of ours: `organisation`, `theme`, `ns`, `passage`…, or ``""``.

    >>> kind_of("https://w3id.org/cnfpt-coop/id/organisation/cefal")
    'organisation'
    >>> kind_of("https://w3id.org/cnfpt-coop/ns#hasPartner")
    'ns'
    >>> kind_of("http://eurovoc.europa.eu/340")
    ''
    """
    if not iri.startswith(BASE):
        return ""
    rest = iri[len(BASE) :]
    if rest.startswith(("ns#", "shapes#")):
        return rest.partition("#")[0]
    area, _, name = rest.partition("/")
    if area in {"id", "scheme", "graph"}:
        return name.partition("/")[0] or area
    return area


def labels(triples: Iterable[ox.Triple | ox.Quad]) -> dict[str, Label]:
    """Return ``{iri: {"fr", "en", "kind", "alt", "in", "the", "definition"}}`` of every name.

    A missing language is absent, never guessed: pages mark the fallback. `alt` holds aliases
    (acronyms, printed forms) in one list; `in` holds the form after "where" (« en Tunisie »),
    `the` the form with its article (« la décentralisation »); `other` holds the labels in other
    languages, by tag.
    """
    found: dict[str, Label] = {}
    aliases: dict[str, set[str]] = defaultdict(set)
    ranks: dict[tuple[str, str], int] = {}
    for triple in triples:
        subject, value = triple.subject, triple.object
        if not (isinstance(subject, ox.NamedNode) and isinstance(value, ox.Literal)):
            continue
        iri, language = subject.value, value.language or ""
        if triple.predicate in PREF and language in LANGUAGES:
            rank = PREF.index(triple.predicate)
            if rank <= ranks.get((iri, language), len(PREF)):
                ranks[iri, language] = rank
                found.setdefault(iri, {"kind": kind_of(iri)})[language] = _written(value)
        elif triple.predicate in PREF and language:
            entry = found.setdefault(iri, {"kind": kind_of(iri)})
            entry.setdefault("other", {}).setdefault(language, value.value)
        elif triple.predicate in ALT or triple.predicate in PRINTED:
            aliases[iri].add(value.value)
        elif triple.predicate in FORMS and language in LANGUAGES:
            form = FORMS[triple.predicate]
            found.setdefault(iri, {"kind": kind_of(iri)}).setdefault(form, {})[language] = _written(
                value
            )
        elif triple.predicate == DEFINITION and language in LANGUAGES:
            found.setdefault(iri, {"kind": kind_of(iri)}).setdefault("definition", {})[language] = (
                _written(value)
            )
    for iri, names in aliases.items():
        entry = found.setdefault(iri, {"kind": kind_of(iri)})
        known = {entry.get(language) for language in LANGUAGES}
        entry["alt"] = sorted(names - known)
    return dict(sorted(found.items()))


def is_of_passages(quad: ox.Quad) -> bool:
    """Tell whether a quad says anything that `passages` or `passage_labels` read."""
    subject = quad.subject
    about = subject.value if isinstance(subject, ox.NamedNode) else ""
    if about.startswith(_MODES) or is_of_wording(quad):
        return True
    return about.startswith(_GRAPHS) and quad.predicate in OF_GRAPHS


def passages(quads: Collection[ox.Quad]) -> dict[str, dict[str, Any]]:
    """Return what `graph/sources` says of each graph: lines, section, phrase, mode, layer.

    Shape: ``{graph iri: {"lines": [first, last], "section": iri, "phrase": text, "mode": …,
    "layer": …, "sources": [iri…], "background": [X01…]}}``; absent keys were not stated. A passage
    also says which of its words state what: see `wording`.
    """
    numbers, many = {"first", "last", "start", "end"}, {"sources", "background"}
    found: dict[str, dict[str, Any]] = {}
    for quad in quads:
        name = OF_GRAPHS.get(quad.predicate)
        subject = quad.subject
        if name is None or not isinstance(subject, ox.NamedNode):
            continue
        if not subject.value.startswith(_GRAPHS):
            continue
        entry = found.setdefault(subject.value, {})
        text = quad.object.value if not isinstance(quad.object, ox.Triple) else ""
        if name in many:
            entry[name] = sorted({*entry.get(name, []), text})
        elif name in {"mode", "layer"}:
            entry[name] = text.rsplit("/", 1)[-1]
        elif name == "phrase":
            entry[name] = min(entry.get(name, text), text, key=lambda one: (len(one), one))
        else:
            entry[name] = int(text) if name in numbers else text
    for entry in found.values():
        first = entry.pop("first", None)
        last = entry.pop("last", first)
        if first is not None:
            entry["lines"] = [first, last]
    for graph, said in wording(quads).items():
        if graph in found:
            found[graph] |= said
    return dict(sorted(found.items()))


def passage_labels(
    passages: Mapping[str, Mapping[str, Any]], labels: Mapping[str, Label]
) -> dict[str, Label]:
    """Return the label of each passage: its lines and, unless it is stated, its mode."""
    found: dict[str, Label] = {}
    for iri, entry in passages.items():
        if "lines" not in entry:
            continue
        fr, en = lines_label(entry["lines"]).values()
        mode = labels.get(_MODES + entry.get("mode", "stated"), {})
        if entry.get("mode", "stated") != "stated":
            fr, en = f"{fr} ({mode.get('fr', '')})", f"{en} ({mode.get('en', '')})"
        found[iri] = {"fr": fr, "en": en, "kind": kind_of(iri)}
    return found
