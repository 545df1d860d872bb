"""How the fields of a form are shown: one way for each sort of value, by groups, no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from coopkg.errors import Lang
from coopkg.linking import Index, Lookalike, lookalikes
from coopkg.serve.partners.entries import FEW, Entry
from coopkg.templates import Field, Vocabulary
from coopkg.templates.vocabulary import key
from coopkg.terms import BASE, PREFIXES

FOUND: Final = 8
_LISTED: Final = (BASE + "scheme/", BASE + "id/place/", PREFIXES["coop"])


@dataclass(frozen=True)
class View:
    """A field as it is drawn; `way` is text, number, yes-no, boxes, lists or search."""

    place: int
    field: Field
    way: str
    values: Sequence[str] = ()
    options: Sequence[tuple[str, str]] = ()
    chosen: Sequence[tuple[str, str]] = ()
    found: Sequence[Mapping[str, Any]] = ()
    sought: str = ""
    lists: int = 1
    errors: Sequence[Mapping[str, str]] = ()
    example: str = ""


@dataclass
class Group:
    """A part of a form: its title, and its lines of one field, or of the two languages of one."""

    label: Mapping[str, str]
    lines: list[list[View]] = field(default_factory=list)


def way(one: Field) -> str:
    """Return how a field is filled."""
    if one.kind == "boolean":
        return "yes-no"
    if one.kind in {"integer", "decimal"}:
        return "number"
    if one.kind != "thing":
        return "text"
    if one.among is None:
        return "search"
    listed = [iri for iri in one.among if iri.startswith(_LISTED)]
    if 2 * len(listed) < len(one.among):
        return "search"
    return "boxes" if one.several and len(one.among) <= FEW else "lists"


def groups(
    entry: Entry, words: Vocabulary, index: Index, lang: Lang, base: str = ""
) -> list[Group]:
    """Return the parts of a form, in the order of its fields; `base` begins the partner's own."""
    found: dict[tuple[tuple[str, str], ...], Group] = {}
    for place, one in enumerate(entry.template.fields):
        view = _view(entry, place, one, words, index, lang, base)
        group = found.setdefault(tuple(sorted(one.group.items())), Group(one.group))
        last = group.lines[-1][-1].field if group.lines else None
        if last and one.lang == "en" and last.name == one.name.replace("@en", "@fr"):
            group.lines[-1].append(view)
        else:
            group.lines.append([view])
    return list(found.values())


def _view(
    entry: Entry,
    place: int,
    one: Field,
    words: Vocabulary,
    index: Index,
    lang: Lang,
    base: str,
) -> View:
    how, values = way(one), entry.values.get(one.name, [])
    listed = one.among or () if how in {"boxes", "lists"} else ()
    options = sorted(((iri, words.label(iri, lang)) for iri in listed), key=lambda o: key(o[1]))
    sought = entry.sought.get(one.name, "")
    return View(
        place,
        one,
        how,
        values,
        options,
        [(iri, _called(iri, words, lang)) for iri in values] if how == "search" else (),
        search(one, sought, words, index, values, base) if how == "search" and sought else (),
        sought,
        1 + (len(values) + entry.more.get(one.name, 0) if one.several else 0),
        entry.errors.get(one.name, ()),
        words.label(one.example, lang) if one.among else one.example,
    )


def _called(iri: str, words: Vocabulary, lang: Lang) -> str:
    return words.label(iri, lang) if iri in words.labels else iri.rpartition("/")[2]


def search(
    one: Field,
    text: str,
    words: Vocabulary,
    index: Index,
    but: Sequence[str] = (),
    base: str = "",
) -> list[dict[str, Any]]:
    """Return what a text may name among the things a field may hold, with why, best first."""
    offered = frozenset(one.among or ())
    wanted = text[:300]

    def fits(iri: str) -> bool:
        own = bool(base) and iri.startswith(base)
        return iri not in but and (own or iri in offered)

    found = [
        {"iri": like.iri, "label": like.label, "why": like.why}
        for like in lookalikes(wanted, "", index, but=tuple(but))
        if fits(like.iri)
    ]
    known = {str(like["iri"]) for like in found}
    part = {"fr": "contient ces mots", "en": "holds these words"}
    said = key(wanted)
    own = {iri for iri in words.labels if base and iri.startswith(base)}
    for iri in sorted(offered | own):
        entry = words.labels.get(iri, {})
        if len(found) >= FOUND:
            break
        texts = (entry.get("fr"), entry.get("en"), *entry.get("alt", ()))
        holds = said and any(said in key(str(text)) for text in texts if text)
        if iri not in known and holds and fits(iri):
            label = {name: words.label(iri, name) for name in ("fr", "en")}
            found.append({"iri": iri, "label": label, "why": ({**part},)})
    return found[:FOUND]


def alike(text: str, kind: str, index: Index) -> list[Lookalike]:
    """Return what there is already of a class under a name like this one."""
    return lookalikes(text[:300], kind, index)
