"""Shapes in words: who is checked, on what, what is expected.

Each constraint of SHACL that the project uses has its words here. One that has none is said to
have none (`UNTOLD`), and a test refuses it: a rule that nobody can read is a trap.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import pyoxigraph as ox

from coopkg.build.vocabulary import words
from coopkg.build.vocabulary.triples import NIL, Triples
from coopkg.build.vocabulary.words import Words, say, term
from coopkg.terms import PREFIXES, compact, expand

SH: Final = PREFIXES["sh"]
UNTOLD: Final = "untold"
DATATYPES: Final[Mapping[str, tuple[str, str]]] = {
    "xsd:integer": ("un nombre entier", "a whole number"),
    "xsd:decimal": ("un nombre", "a number"),
    "xsd:string": ("un texte sans langue", "a text without a language"),
    "xsd:boolean": ("oui ou non", "yes or no"),
    "xsd:date": ("une date (AAAA-MM-JJ)", "a date (YYYY-MM-DD)"),
    "xsd:dateTime": ("un instant", "an instant"),
    "xsd:anyURI": ("une adresse", "an address"),
    "rdf:langString": ("un texte dont la langue est dite", "a text that says its language"),
}
NODE_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "sh:IRI": ("désigné par une IRI", "named by an IRI"),
    "sh:Literal": ("un texte ou un nombre", "a text or a number"),
}
TARGETS: Final = (
    ("sh:targetClass", "tout ce qui est {t}", "all that is {t}"),
    ("sh:targetSubjectsOf", "ce qui {t} quelque chose", "what {t} something"),
    ("sh:targetObjectsOf", "ce à quoi {t} mène", "what {t} leads to"),
)
FEW: Final = 15
"""A longer list of values is cut, and its length said."""
VALIDATION: Final = PREFIXES["coopsh"]
"""Properties that are only added while data are validated: no reader meets them."""
TONGUES: Final = {"fr": ("français", "French"), "en": ("anglais", "English")}
# What says nothing about the data, or is read together with another.
_ABOUT: Final = """
    rdf:type sh:name sh:description sh:message sh:severity sh:order sh:group sh:path
    sh:targetClass sh:targetSubjectsOf sh:targetObjectsOf sh:targetNode sh:property
    sh:ignoredProperties coopsh:pass coopsh:absence coopsh:points
    sh:minCount sh:maxCount sh:qualifiedMinCount sh:qualifiedMaxCount
"""
ABOUT: Final = frozenset(expand(name).value for name in _ABOUT.split())

Told = Callable[[Triples, Any, Any], Words]


def expected(shapes: Triples, shape: Any) -> list[Words]:
    """Return what one shape expects, one sentence a constraint, in a fixed order."""
    found = _cardinality(shapes, shape)
    for name, values in sorted(shapes.said(shape).items(), key=_rank):
        if name in ABOUT:
            continue
        told = TOLD.get(compact(name), _untold(name))
        found += [told(shapes, shape, value) for value in sorted(values, key=str)]
    return [one for one in found if one["fr"]]


def _rank(item: tuple[str, Any]) -> tuple[int, str]:
    name = compact(item[0])
    return (list(TOLD).index(name) if name in TOLD else len(TOLD), name)


def _untold(name: str) -> Told:
    def told(shapes: Triples, shape: Any, value: Any) -> Words:
        found = say(
            "contrainte {c}, que cette page ne sait pas dire en mots",
            "constraint {c}, which this page cannot put into words",
            c=compact(name),
        )
        found[UNTOLD] = [compact(name)]
        return found

    return told


def path(shapes: Triples, node: Any) -> Words:
    """Return a path in words: a property, one or another, one then another, or the way back."""
    if isinstance(node, ox.NamedNode):
        return term(node.value)
    for head in shapes.values(node, "sh:alternativePath"):
        return words.listed([path(shapes, one) for one in shapes.items(head)])
    for back in shapes.values(node, "sh:inversePath"):
        return say("ce qui y mène par {p}", "what leads to it through {p}", p=path(shapes, back))
    steps = [path(shapes, one) for one in shapes.items(node)]
    return words.listed(steps, "puis", "then")


def properties(shapes: Triples, node: Any) -> set[str]:
    """Return the properties that a path names."""
    return words.terms_of(path(shapes, node))


def target(shapes: Triples, shape: Any) -> Words:
    """Return in words which nodes a shape looks at."""
    said = []
    for name, fr, en in TARGETS:
        if found := shapes.named(shape, name):
            said.append(say(fr, en, t=words.listed([term(one) for one in found])))
    if shapes.values(shape, "sh:targetNode"):
        said.append(say("l’ensemble des données", "the data as a whole"))
    return words.listed(said)


# --- One constraint, one sentence ------------------------------------------------------------


def _number(shapes: Triples, shape: Any, name: str) -> int | None:
    given = shapes.values(shape, name)
    return int(given[0].value) if given else None


def _cardinality(shapes: Triples, shape: Any) -> list[Words]:
    least = _number(shapes, shape, "sh:minCount")
    most = _number(shapes, shape, "sh:maxCount")
    return [_how_many(least, most)] if (least, most) != (None, None) else []


def _how_many(least: int | None, most: int | None) -> Words:
    if most == 0:
        return say("aucune valeur permise", "no value allowed")
    if least == most:
        return _values("exactement", "exactly", most or 0)
    if not least:
        return _values("au plus", "at most", most or 0)
    if most is None:
        return _values("au moins", "at least", least)
    return say(f"de {least} à {most} valeurs", f"{least} to {most} values")


def _values(fr: str, en: str, count: int) -> Words:
    many = "s" if count > 1 else ""
    said = ("une", "one") if count == 1 else (str(count), str(count))
    return say(f"{fr} {said[0]} valeur{many}", f"{en} {said[1]} value{many}")


def _plain(fr: str, en: str) -> Told:
    return lambda shapes, shape, value: say(fr, en, v=words.value(value))


def _pattern(shapes: Triples, shape: Any, value: Any) -> Words:
    return say("de la forme {v}", "of the form {v}", v=words.code(value.value))


def _from(known: Mapping[str, tuple[str, str]]) -> Told:
    def told(shapes: Triples, shape: Any, value: Any) -> Words:
        name = compact(value.value)
        return say(*known.get(name, (name, name)))

    return told


def _listed(shapes: Triples, shape: Any, value: Any) -> Words:
    items = [words.value(one) for one in shapes.items(value)]
    if len(items) == 1:
        return say("la valeur {v}", "the value {v}", v=items[0])
    if len(items) > FEW:
        a, b, c = items[:3]
        fr, en = (f"{s} {len(items)} {v}" for s, v in (("une de", "valeurs"), ("one of", "values")))
        return say(f"{fr} : {{a}}, {{b}}, {{c}}…", f"{en}: {{a}}, {{b}}, {{c}}…", a=a, b=b, c=c)
    return say("une de ces valeurs : {v}", "one of these values: {v}", v=words.listed(items))


def _tongues(shapes: Triples, shape: Any, value: Any) -> Words:
    names = [TONGUES.get(one.value, (one.value, one.value)) for one in shapes.items(value)]
    return say("en {l}", "in {l}", l=words.listed([say(*one) for one in names]))


def _only_if_true(fr: str, en: str) -> Told:
    def told(shapes: Triples, shape: Any, value: Any) -> Words:
        return say(fr, en) if value.value == "true" else say("", "")

    return told


def _inner(shapes: Triples, node: Any) -> Words:
    """Return a shape inside a shape: its path, then what is expected there."""
    found = expected(shapes, node)
    inside = words.listed(found, "et", "and")
    for way in shapes.values(node, "sh:path"):
        inside = say("{p} : {i}", "{p}: {i}", p=path(shapes, way), i=inside)
    return _marked(inside, found)


def _marked(whole: Words, parts: list[Words]) -> Words:
    """Keep the mark of what has no words."""
    lost = [piece for part in parts for piece in part.get(UNTOLD, [])]
    return {**whole, UNTOLD: lost} if lost else whole


def _one(fr: str, en: str) -> Told:
    def told(shapes: Triples, shape: Any, value: Any) -> Words:
        inside = _inner(shapes, value)
        return _marked(say(fr, en, i=inside), [inside])

    return told


def _several(fr: str, en: str, joined: tuple[str, str] = ("ou", "or")) -> Told:
    def told(shapes: Triples, shape: Any, value: Any) -> Words:
        items = [_inner(shapes, one) for one in shapes.items(value)]
        bracketed = [say("({i})", "({i})", i=item) for item in items]
        return _marked(say(fr, en, i=words.listed(bracketed, *joined)), items)

    return told


def _node(shapes: Triples, shape: Any, value: Any) -> Words:
    name = words.text(shapes.values(value, "sh:name"))
    if not name:
        return _one("conforme à : {i}", "conforming to: {i}")(shapes, shape, value)
    return say(
        "conforme à la règle « {name} »",
        "conforming to the rule “{name}”",
        name={"fr": [name["fr"]], "en": [name["en"]]},
    )


def _qualified(shapes: Triples, shape: Any, value: Any) -> Words:
    least = _number(shapes, shape, "sh:qualifiedMinCount")
    most = _number(shapes, shape, "sh:qualifiedMaxCount")
    inside = _inner(shapes, value)
    many = _how_many(least, most)
    return _marked(say("{n} ainsi faite : {i}", "{n} such that: {i}", n=many, i=inside), [inside])


def _closed(shapes: Triples, shape: Any, value: Any) -> Words:
    if value.value != "true":
        return say("", "")
    own = [
        way.value
        for inner in shapes.values(shape, "sh:property")
        for way in shapes.values(inner, "sh:path")
        if isinstance(way, ox.NamedNode)
    ]
    admitted = [
        one.value
        for head in shapes.values(shape, "sh:ignoredProperties")
        for one in (shapes.items(head) if head != NIL else [])
    ]
    kept = [one for one in dict.fromkeys([*own, *admitted]) if not one.startswith(VALIDATION)]
    return say(
        "aucune autre propriété que {p}",
        "no other property than {p}",
        p=words.listed([term(one) for one in kept], "et", "and"),
    )


TOLD: Final[Mapping[str, Told]] = {
    "sh:class": _plain("de la sorte {v}", "of kind {v}"),
    "sh:datatype": _from(DATATYPES),
    "sh:nodeKind": _from(NODE_KINDS),
    "sh:node": _node,
    "sh:in": _listed,
    "sh:hasValue": _plain("la valeur {v}", "the value {v}"),
    "sh:minInclusive": _plain("pas moins de {v}", "not less than {v}"),
    "sh:maxInclusive": _plain("pas plus de {v}", "not more than {v}"),
    "sh:minExclusive": _plain("plus de {v}", "more than {v}"),
    "sh:maxExclusive": _plain("moins de {v}", "less than {v}"),
    "sh:minLength": _plain("{v} caractère au moins", "{v} character at least"),
    "sh:maxLength": _plain("{v} caractères au plus", "{v} characters at most"),
    "sh:pattern": _pattern,
    "sh:languageIn": _tongues,
    "sh:uniqueLang": _only_if_true("une seule par langue", "only one in each language"),
    "sh:equals": _plain("les mêmes valeurs que {v}", "the same values as {v}"),
    "sh:disjoint": _plain("aucune valeur commune avec {v}", "no value in common with {v}"),
    "sh:lessThan": _plain("plus petit que {v}", "less than {v}"),
    "sh:lessThanOrEquals": _plain("pas plus grand que {v}", "not greater than {v}"),
    "sh:qualifiedValueShape": _qualified,
    "sh:not": _one("jamais ceci : {i}", "never this: {i}"),
    "sh:or": _several("l’un au moins : {i}", "one at least: {i}"),
    "sh:and": _several("tout à la fois : {i}", "all at once: {i}", ("et", "and")),
    "sh:xone": _several("l’un, et un seul : {i}", "one, and only one: {i}"),
    "sh:closed": _closed,
    "sh:sparql": _plain("règle calculée (SPARQL)", "computed rule (SPARQL)"),
}
