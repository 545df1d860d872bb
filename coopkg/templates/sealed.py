"""Templates as a generation seals them (`forms.json`), so that no page waits for the shapes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from coopkg.templates.classes import CLASSES
from coopkg.templates.fields import Field, Template, template
from coopkg.templates.vocabulary import Vocabulary

FILE: Final = "forms.json"
VERSION: Final = 1
_TEXTS: Final = ("name", "kind", "lang", "required", "several", "example", "datatype")


def document(vocabulary: Vocabulary) -> dict[str, Any]:
    """Return what is sealed: each class with its fields; a list that several share stands once."""
    lists: dict[tuple[str, ...], int] = {}

    def field(one: Field) -> dict[str, Any]:
        among = None if one.among is None else lists.setdefault(one.among, len(lists))
        said = {name: getattr(one, name) for name in _TEXTS}
        told = {"label": dict(one.label), "note": dict(one.note), "group": dict(one.group)}
        return {**said, **told, "among": among}

    made = [template(name, vocabulary) for name in CLASSES]
    classes = [
        {
            "name": one.name,
            "kind": one.kind,
            "label": dict(one.label),
            "note": dict(one.note),
            "title": dict(one.title),
            "fields": [field(each) for each in one.fields],
        }
        for one in made
    ]
    return {"version": VERSION, "classes": classes, "lists": [list(one) for one in lists]}


def templates(document: Mapping[str, Any]) -> dict[str, Template]:
    """Return every template of a sealed document, by the name of its class."""
    lists = [tuple(one) for one in document["lists"]]

    def field(said: Mapping[str, Any]) -> Field:
        among = None if said["among"] is None else lists[said["among"]]
        return Field(**{**said, "among": among})

    return {
        one["name"]: Template(**{**one, "fields": tuple(map(field, one["fields"]))})
        for one in document["classes"]
    }
