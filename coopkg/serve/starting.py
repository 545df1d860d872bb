"""Where an address of a question leads when it is not quite one: the same, as we would write it."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import redirect, request
from werkzeug.wrappers import Response as BaseResponse

from coopkg.answers import Asked
from coopkg.errors import Lang, ParameterError
from coopkg.serve import arguments
from coopkg.serve.service import Service

MOVED = 308


def at_example(service: Service, slug: str) -> str:
    """Return where a question asked with no choice at all starts: at its example, "" elsewhere.

    A question that needs a choice has no answer without one, and its form is on the page of an
    answer: the example is chosen, is read in the title, and can be changed there.
    """
    needed = service.question(slug).required_examples()
    given = arguments.asked(request.args)
    if not needed or any(one.strip() for values in given.values() for one in values):
        return ""
    kept = [(name, one) for name, one in request.args.items(multi=True) if name not in given]
    return f"{request.path}?{urlencode([*needed.items(), *kept])}"


def by_value(asked: Asked) -> str:
    """Return the address of a question whose choice was given by its name, "" for any other.

    « theme=Décentralisation » leads to « theme=decentralisation »: one answer, one address.
    """
    short = asked.question.short(asked.bound)
    named = {
        name
        for name, values in arguments.asked(request.args).items()
        if name in short and not _is_value(asked, name, values[0].strip())
    }
    if not named:
        return ""
    given = [
        (name, short[name] if name in named else one)
        for name, one in request.args.items(multi=True)
    ]
    return f"{request.path}?{urlencode(given)}"


def _is_value(asked: Asked, name: str, text: str) -> bool:
    parameter = asked.question.parameter(name)
    if parameter.kind != "iri":
        return True
    try:
        return parameter.read(text) == asked.bound[name]
    except ParameterError:
        return False


def unslashed(lang: Lang, slug: str) -> BaseResponse:
    """Lead from an address that ends with a slash to the same without it."""
    query = request.query_string.decode("utf-8", "replace")
    path = request.path.rstrip("/")
    return redirect(f"{path}?{query}" if query else path, MOVED)


def with_choice(name: str, value: str) -> str:
    """Return the address that was asked, with another value of one parameter, from page 1."""
    others = [
        (one, text)
        for one, text in request.args.items(multi=True)
        if one not in {name, "page", "row"}
    ]
    return f"{request.path}?{urlencode([*others, (name, value)])}"
