"""The file to start from for who writes RDF: what a template asks, as Turtle, TriG or JSON-LD.

What is required stands there with an example; each optional property is a comment, to be taken out
of it. The addresses are of nobody: a sample that is sent as it is, is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from coopkg.errors import Lang
from coopkg.templates.fields import Field, Template
from coopkg.terms import BASE, PREFIXES, RDF_TYPE, Term, compact, expand
from coopkg.typography import french

FORMS: Final = {
    "ttl": "text/turtle; charset=utf-8",
    "trig": "application/trig; charset=utf-8",
    "nt": "application/n-triples; charset=utf-8",
    "jsonld": "application/ld+json",
}
"""The formats of a sample, by the end of its name."""
NOBODY: Final = {"fr": "VOTRE-NOM", "en": "YOUR-NAME"}
CONTEXT: Final = BASE + "context.jsonld"
_OWN: Final = {"fr": "mon", "en": "my"}
_WORDS: Final = {
    "fr": {
        "title": "Modèle : {}. Remplacez chaque exemple par ce que vous avez.",
        "base": "« {} » est le nom qui vous a été donné avec votre jeton : remplacez-le partout.",
        "mark": "Une ligne « #… » sans espace est facultative : ôtez le # pour vous en servir.",
        "free": "facultatif",
        "needed": "obligatoire",
    },
    "en": {
        "title": "Template: {}. Put what you have in the place of each example.",
        "base": "“{}” is the name you were given with your token: replace it everywhere.",
        "mark": "A line “#…” without a space is optional: take the # away to use it.",
        "free": "optional",
        "needed": "required",
    },
}


@dataclass(frozen=True)
class Said:
    """Triples that one column stands for; `note` explains it, "" for none."""

    triples: tuple[tuple[ox.NamedNode, ox.NamedNode, Term], ...]
    note: str = ""
    is_required: bool = True


def sample(given: Template, lang: Lang, form: str) -> str:
    """Return the sample of a template in one of `FORMS`; what it explains is in one language.

    Raises:
        KeyError: there is no such format.
    """
    if form not in FORMS:
        raise KeyError(form)
    said = list(_said(given, lang))
    if form == "jsonld":
        return _json(said, lang)
    heading = [
        _WORDS[lang]["title"].format(given.label[lang]),
        _WORDS[lang]["base"].format(NOBODY[lang]),
        _WORDS[lang]["mark"],
    ]
    lines = [f"# {_typed(text, lang)}" for text in heading]
    if form == "nt":
        return "\n".join([*lines, *_lines(said, str)]) + "\n"
    names = _names(said, lang)
    used = [f"@prefix {name}: <{space}> ." for name, space in names.items()]
    body = list(_lines(said, lambda term: _short(term, names)))
    if form == "trig":
        graph = f"{BASE}graph/partner/{NOBODY[lang]}"
        body = [f"<{graph}> {{", *(f"  {line}".rstrip() for line in body), "}"]
    return "\n".join([*lines, "", *used, "", *body]) + "\n"


def _said(given: Template, lang: Lang) -> Iterator[Said]:
    base = f"{BASE}id/partner/{NOBODY[lang]}/"
    thing = ox.NamedNode(f"{base}{given.name}-1")
    yield Said(((thing, RDF_TYPE, ox.NamedNode(given.kind)),))
    for one in given.fields:
        needed = _WORDS[lang]["needed" if one.required else "free"]
        note = f"{one.label[lang]} ({needed}). {one.note[lang]}".rstrip(" .")
        triples = tuple(_triples(thing, base, one))
        required = one.required or one.name == "skos:prefLabel@en"
        yield Said(triples, note, required)


def _triples(
    thing: ox.NamedNode, base: str, one: Field
) -> Iterator[tuple[ox.NamedNode, ox.NamedNode, Term]]:
    first, *rest = one.path
    if first.startswith("^"):
        yield ox.NamedNode(base + one.example), ox.NamedNode(first[1:]), thing
    elif not rest:
        yield thing, ox.NamedNode(first), _value(one)
    else:
        node = ox.NamedNode(f"{thing.value}-{compact(rest[-1]).rpartition(':')[2]}")
        yield thing, ox.NamedNode(first), node
        yield node, RDF_TYPE, expand("coop:Participation")
        yield node, ox.NamedNode(rest[-1]), _value(one)


def _value(one: Field) -> Term:
    if one.kind in {"thing", "address"}:
        return ox.NamedNode(one.example)
    if one.lang:
        return ox.Literal(one.example, language=one.lang)
    return ox.Literal(one.example, datatype=ox.NamedNode(one.datatype)) if one.datatype else (
        ox.Literal(one.example)
    )  # fmt: skip


def _typed(text: str, lang: Lang) -> str:
    return french(text) if lang == "fr" else text


def _lines(said: list[Said], write: Any) -> Iterator[str]:
    for one in said:
        if one.note:
            yield f"# {one.note}."
        for subject, link, value in one.triples:
            mark = "" if one.is_required else "#"
            yield f"{mark}{write(subject)} {write(link)} {write(value)} ."


def _names(said: list[Said], lang: Lang) -> dict[str, str]:
    """Return the prefixes that a sample needs, its own first."""
    own = f"{BASE}id/partner/{NOBODY[lang]}/"
    iris = {
        term.value
        for one in said
        for triple in one.triples
        for term in triple
        if isinstance(term, ox.NamedNode)
    }
    used = {compact(iri).partition(":")[0] for iri in iris if compact(iri) != iri}
    datatypes = {"xsd"} if any(_typed_number(one) for one in said) else set()
    kept = {name: PREFIXES[name] for name in sorted(used | datatypes) if name in PREFIXES}
    return {_OWN[lang]: own, **{name: space for name, space in kept.items() if name != "rdf"}}


def _typed_number(one: Said) -> bool:
    return any(
        isinstance(term, ox.Literal) and not term.language for t in one.triples for term in t
    )


def _short(term: Term, names: dict[str, str]) -> str:
    if term == RDF_TYPE:
        return "a"
    if not isinstance(term, ox.NamedNode):
        return str(term).replace(f"<{PREFIXES['xsd']}integer>", "xsd:integer")
    for name, space in names.items():
        local = term.value.removeprefix(space)
        if local != term.value and "/" not in local and "#" not in local:
            return f"{name}:{local}"
    return str(term)


def _json(said: list[Said], lang: Lang) -> str:
    """Write the required part: JSON has no comments."""
    own, space = _OWN[lang], f"{BASE}id/partner/{NOBODY[lang]}/"
    nodes: dict[str, dict[str, Any]] = {}
    for one in said:
        for subject, link, value in one.triples if one.is_required else ():
            node = nodes.setdefault(subject.value, {"@id": subject.value.replace(space, f"{own}:")})
            if link == RDF_TYPE and isinstance(value, ox.NamedNode):
                node["@type"] = compact(value.value)
                continue
            node.setdefault(compact(link.value), []).append(_json_value(value, own, space))
    for node in nodes.values():
        for name, values in node.items():
            if isinstance(values, list) and len(values) == 1:
                node[name] = values[0]
    document = {"@context": [CONTEXT, {own: space}], "@graph": list(nodes.values())}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _json_value(value: Term, own: str, space: str) -> dict[str, Any]:
    if isinstance(value, ox.NamedNode):
        return {"@id": value.value.replace(space, f"{own}:")}
    assert isinstance(value, ox.Literal)
    if value.language:
        return {"@value": value.value, "@language": value.language}
    return {"@value": value.value, "@type": value.datatype.value}
