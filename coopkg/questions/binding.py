"""Read the values given for parameters: text in, RDF terms out, or a reason why not."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from pyoxigraph import Literal, NamedNode

from coopkg.errors import ParameterError
from coopkg.questions.fields import Bilingual
from coopkg.terms import PREFIXES, Term, compact, expand

KINDS: Final = ("iri", "integer", "text")
LONGEST_VALUE: Final = 500
RESERVED: Final = frozenset(
    {"lang", "page", "inference", "generation", "format", "row", "sort", "order"}
)
"""Names in addresses that are never parameters of a question."""
_SLUG: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._~-]*[A-Za-z0-9])?")
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_INTEGER_TYPE: Final = NamedNode(PREFIXES["xsd"] + "integer")

Arguments: TypeAlias = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Parameter:
    """A blank of a question: a column a reader may choose a value for.

    `base` is the namespace of short values (a slug), and `lang` the language tag of texts, ""
    when there is none; `domain` is the SPARQL query that lists the choices, None when the
    question itself does.
    """

    name: str
    kind: str
    label: Bilingual
    help: Bilingual
    example: str
    any_words: Bilingual
    base: str = ""
    lang: str = ""
    required: bool = False
    domain: str | None = None

    def read(self, text: str, known: Known | None = None) -> Term:
        """Read one value.

        Raises:
            ParameterError: not a value of this kind.
        """
        if len(text) <= LONGEST_VALUE and not _unprintable(text):
            term = READERS[self.kind](self, text)
            if term is not None:
                return term
        raise self.refusal(text, known(self) if known else ())

    def short(self, term: Term) -> str:
        """Return a value as it is written in addresses; `read` reads it back."""
        if isinstance(term, NamedNode):
            slug = term.value.removeprefix(self.base)
            fits = self.base and slug != term.value and _SLUG.fullmatch(slug)
            return slug if fits else compact(term.value)
        return term.value

    def refusal(self, seen: str, known: Sequence[str], *, unlisted: bool = False) -> ParameterError:
        """Return the error for a value nobody may choose, with the nearest choices.

        `unlisted` is for a value that can be read but is none of the choices.
        """
        fr, en = UNLISTED if unlisted else EXPECTED[self.kind]
        near = nearest(seen, known) or [self.example]
        return ParameterError(
            self.name,
            seen[:LONGEST_VALUE],
            f"{fr}, par exemple {' ou '.join(near)}",
            f"{en}, such as {' or '.join(near)}",
        )


Known: TypeAlias = Callable[[Parameter], Sequence[str]]


def nothing_known(_: Parameter) -> Sequence[str]:
    """Know no choice: suggest the example of the parameter."""
    return ()


def _iri(parameter: Parameter, text: str) -> Term | None:
    if parameter.base and _SLUG.fullmatch(text):
        return NamedNode(parameter.base + text)
    if re.search(r"[\s<>\"{}|\\^`]", text):
        return None
    try:
        return expand(text)
    except ValueError:
        return None


def _integer(_: Parameter, text: str) -> Term | None:
    if not _INTEGER.fullmatch(text):
        return None
    return Literal(str(int(text)), datatype=_INTEGER_TYPE)


def _text(parameter: Parameter, text: str) -> Term | None:
    return Literal(text, language=parameter.lang) if parameter.lang else Literal(text)


READERS: Final[Mapping[str, Callable[[Parameter, str], Term | None]]] = {
    "iri": _iri,
    "integer": _integer,
    "text": _text,
}
EXPECTED: Final[Mapping[str, tuple[str, str]]] = {
    "iri": ("un nom court ou une adresse http(s)", "a short name or an http(s) IRI"),
    "integer": ("un nombre entier", "a whole number"),
    "text": ("un texte court", "a short text"),
}
UNLISTED: Final = ("un des choix proposés", "one of the choices offered")


def _unprintable(text: str) -> bool:
    # Control, format (bidi) and lone surrogate code points never belong in a choice.
    return not text.isprintable() and any(
        unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in text
    )


def bind(parameters: Sequence[Parameter], args: Arguments, known: Known) -> dict[str, Term]:
    """Read every value given, whether or not a required one is left out."""
    bound: dict[str, Term] = {}
    for name, given in args.items():
        values = [given] if isinstance(given, str) else list(given)
        parameter = named(parameters, name, ", ".join(values))
        if len(values) > 1:
            raise ParameterError(
                name, ", ".join(values), "une seule valeur à la fois", "one value at a time"
            )
        text = unicodedata.normalize("NFC", values[0]).strip() if values else ""
        if text:
            bound[name] = parameter.read(text, known)
    return bound


def complete(parameters: Sequence[Parameter], bound: Mapping[str, Term]) -> None:
    """Raise a ParameterError when a required parameter has no value."""
    for parameter in parameters:
        if parameter.required and parameter.name not in bound:
            raise ParameterError(
                parameter.name,
                "",
                f"une valeur, par exemple {parameter.example}",
                f"a value, such as {parameter.example}",
            )


def named(parameters: Sequence[Parameter], name: str, seen: str) -> Parameter:
    """Return a parameter by name, or raise a ParameterError that names those there are."""
    for parameter in parameters:
        if parameter.name == name:
            return parameter
    names = [parameter.name for parameter in parameters]
    if not names:
        expected = ("aucun paramètre pour cette question", "no parameter for this question")
    else:
        listed = ", ".join(difflib.get_close_matches(name, names, n=1) or names)
        expected = (f"un paramètre connu : {listed}", f"a known parameter: {listed}")
    raise ParameterError(name, seen, *expected)


def nearest(text: str, known: Sequence[str], number: int = 3) -> list[str]:
    """Return the choices nearest to a text, best first, blind to accents and case.

    >>> nearest("Décentralisation", ["culture", "decentralisation"])
    ['decentralisation']
    """
    plain = {folded(choice): choice for choice in known}
    found = difflib.get_close_matches(folded(text), list(plain), n=number, cutoff=0.6)
    return [plain[one] for one in found]


@lru_cache(maxsize=2_048)  # a page sorts every choice it offers by this
def folded(text: str) -> str:
    """Return a text without accents and case, for comparing and sorting.

    >>> folded("Élus")
    'elus'
    """
    split = unicodedata.normalize("NFD", text.casefold())
    return "".join(one for one in split if not unicodedata.combining(one))
