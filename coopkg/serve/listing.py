"""Questions as lists show them: by category, each with its title and where it leads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from coopkg.errors import Lang
from coopkg.questions import CATEGORIES, Question
from coopkg.questions.templates import FORMS
from coopkg.serve.service import Service
from coopkg.terms import Term
from coopkg.typography import collated

NEIGHBOURS = 4


def heading(service: Service, found: Question, bound: Mapping[str, Term], lang: Lang) -> str:
    """Return the title of a question with its choices in it."""
    words = {
        name: {form: service.catalogue.words(value, lang, form) for form in FORMS}
        for name, value in bound.items()
    }
    return found.heading(lang, words)


def category(found: Question) -> dict[str, Any]:
    """Return the category of a question."""
    return {"slug": found.category, "label": CATEGORIES[found.category]}


def categories(service: Service, lang: Lang) -> list[dict[str, Any]]:
    """Return the categories that hold questions, with their titles."""
    listed = []
    for slug, label in CATEGORIES.items():
        inside = [
            listing(service, one, lang)
            for one in service.questions.values()
            if one.category == slug
        ]
        if inside:
            listed.append(
                {"slug": slug, "label": label, "questions": sorted(inside, key=_by_title)}
            )
    return listed


def _by_title(one: dict[str, Any]) -> str:
    return collated(one["title"])


def neighbours(service: Service, found: Question, lang: Lang) -> list[dict[str, str]]:
    """Return a few other questions of the same category."""
    same = [
        one
        for one in service.questions.values()
        if one.category == found.category and one.slug != found.slug
    ]
    return [listing(service, one, lang) for one in same[:NEIGHBOURS]]


def listing(service: Service, found: Question, lang: Lang) -> dict[str, str]:
    """Return a question as lists show it: with its example choices, which a reader can change."""
    query = urlencode(found.examples)
    return {
        "slug": found.slug,
        "title": heading(service, found, found.bind(found.examples), lang),
        "href": f"/{lang}/questions/{found.slug}" + (f"?{query}" if query else ""),
        "choices": ", ".join(one.label[lang].lower() for one in found.parameters),
    }
