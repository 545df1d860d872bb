"""What shapes say, as a partner is told it: each mistake once, in the words and syntax of its file.

Shapes speak to who writes our own sources: of folders and of addresses. A partner has one file,
and what is proposed can be written there as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

import pyoxigraph as ox

from coopkg.build.intake.findings import NOWHERE, Finding, Spot
from coopkg.build.intake.reading import Read
from coopkg.terms import PREFIXES, RDF_TYPE, expand

_WORDS: Final = {
    "fr": (
        (re.compile(r",? ou déclarez-la dans ontology/modules"), ""),
        (re.compile(r"ou décrivez ce nœud"), "ou décrivez cette chose"),
        (re.compile(r"\s*Deux actions dans deux pays ont deux IRI\."), ""),
        (re.compile(r"\s*Exemple(?:, dans curation:\w+)?\s*:\s.+?(?=\s+Vouliez-vous|$)"), ""),
    ),
    "en": (
        (re.compile(r",? or declare it in ontology/modules"), ""),
        (re.compile(r"or describe that node"), "or describe that thing"),
        (re.compile(r"\s*Two actions in two countries have two IRIs\."), ""),
        (re.compile(r"\s*Example(?:, in curation:\w+)?:\s.+?(?=\s+Did you mean|$)"), ""),
    ),
}
_PART: Final = expand("coop:Participation")
_VAGUE: Final = "coopsh:KnownWords-node"
_NAMED: Final = "coopsh:Named-label"
_OF_RULE: Final = {"@fr": "french", "@en": "english"}
_SHORT: Final = re.compile(r"(?<![\w<\"/:])([A-Za-z][\w-]*):([A-Za-z0-9][\w-]*)(?![\w:/])")
_QUOTED: Final = re.compile(r"[A-Za-z][\w-]*:[\w-]+\s+\"([^\"]*)\"(?:@\w+|\^\^\S+)?\.?$")
_PAIR: Final = re.compile(r"(\S+)\s+([A-Za-z][\w-]*:[\w-]+)\.?$")


Named = Callable[[str], str]
"""The label of an IRI, "" when there is none."""


def told(
    found: Iterable[Finding], read: Read, media_type: str, label: Named = str
) -> list[Finding]:
    """Return what is left to tell a partner, each mistake once, in the syntax of the file."""
    every = list(found)
    parts = {
        quad.subject.value
        for quad in read.quads
        if quad.predicate == RDF_TYPE
        and quad.object == _PART
        and isinstance(quad.subject, ox.NamedNode)
    }
    named = {_at(one) for one in every if one.rule != _VAGUE}
    kept = (
        one
        for one in every
        if not (one.rule == _NAMED and one.node in parts)
        and not (one.rule == _VAGUE and _at(one) in named)
    )
    return [_placed(_written(_worded(one), read, media_type, label), read) for one in kept]


def _placed(one: Finding, read: Read) -> Finding:
    """Give a finding that nothing sent bears the cell that, emptied, is the reason of it."""
    if one.spot != NOWHERE or not read.emptied:
        return one
    if cells := read.emptied.get((one.node, one.link)):
        cell = next((c for c in cells if _OF_RULE.get(c.what, "\0") in one.rule), cells[0])
        must = (
            ("ne peut", "cannot") if one.severity == "violation" else ("ne devrait", "should not")
        )
        fr = f"la case « {cell.heading} » {must[0]} pas rester vide : {one.message['fr']}"
        en = f"the cell “{cell.heading}” {must[1]} stay empty: {one.message['en']}"
        return replace(one, spot=cell.spot, message={"fr": fr, "en": en})
    if cells := read.emptied.get((one.value.strip("<>"), "")):
        name = cells[0].heading
        fr = f"« {name} » est à supprimer, et une autre chose en dépend : {one.message['fr']}"
        en = f"“{name}” is to be removed, and something else rests on it: {one.message['en']}"
        return replace(one, spot=cells[0].spot, message={"fr": fr, "en": en}, seen=name)
    return one


def _at(one: Finding) -> tuple[Spot, str, str]:
    return one.spot, one.seen, one.severity


def _worded(one: Finding) -> Finding:
    """Leave out of a message what is told beside it, and what is for who writes our sources."""
    message = dict(one.message)
    for lang, changes in _WORDS.items():
        for pattern, instead in changes:
            message[lang] = pattern.sub(instead, message.get(lang, ""))
    return replace(one, message=message)


def _written(one: Finding, read: Read, media_type: str, label: Named) -> Finding:
    """Write what is proposed as the file can hold it: without prefixes, or without triples."""
    kind = media_type.partition(";")[0].strip().lower()
    if kind in {"application/n-triples", "application/n-quads"}:
        fix = _long(one.fix)
        if fix and not one.fix.startswith(("<", "_:")):
            fix = f"<{one.node}> {fix} ."
        return replace(one, example=_long(one.example), fix=fix)
    if kind == "application/ld+json":
        line = read.line(one.spot.line).strip()
        near = one.expected.get("en", "") if _SHORT.fullmatch(one.expected.get("en", "")) else ""
        wrong = next((form for form in _forms(one) if form and form in line), "")
        fix = line.replace(wrong, _full(near)) if near and wrong else _pair(one.fix)
        return replace(one, example=_pair(one.example), fix=fix)
    if read.is_table:
        return replace(one, example=_cell(one.example, label), fix=_cell(one.fix, label))
    return one


def _cell(text: str, label: Named) -> str:
    """Return what a cell would hold for a property and its value, as Turtle writes them.

    >>> _cell("coop:country place:tunisie", {f"{PREFIXES['place']}tunisie": "Tunisie"}.get)
    'Tunisie'
    >>> _cell('skos:prefLabel "Bénin"@fr', str)
    'Bénin'
    """
    if match := _PAIR.match(text):
        return label(_full(match[2])) or match[2].partition(":")[2]
    match = _QUOTED.match(text)
    return match[1] if match else text


def _forms(one: Finding) -> tuple[str, str]:
    """Return how a value may stand in a file: in full, or by its prefix."""
    return one.value.strip("<>"), one.seen


def _full(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local if prefix in PREFIXES else name


def _long(text: str) -> str:
    """Write the prefixed names of a line of Turtle in full."""

    def instead(match: re.Match[str]) -> str:
        return f"<{_full(match[0])}>" if match[1] in PREFIXES else match[0]

    return _SHORT.sub(instead, text)


def _pair(text: str) -> str:
    """Write a property and its value as JSON-LD does, when that is what a text of Turtle is.

    >>> _pair("coop:country place:tunisie")
    '"coop:country": {"@id": "https://w3id.org/cnfpt-coop/id/place/tunisie"}'
    """
    match = _PAIR.match(text)
    if not match:
        return text
    return f"{json.dumps(match[1])}: {json.dumps({'@id': _full(match[2])})}"
