"""Everything that can go wrong, drawn as one tree.

* CoopkgError
  x SettingError ........... a setting of the installation has a value it cannot have
  x SourceError ............ a file that people edit cannot be read
  x ShapesError ............ the shapes cannot be used: nothing was checked
  x OntologyError .......... the ontology says what the rules do not support
  x QuestionError .......... a file of queries/ is not a valid question
  x ParameterError ......... a value given for a parameter is not acceptable
  x UnknownError ........... no question, entity or generation has that name
  x CodeError .............. an address that holds a query or a receipt is cut or damaged
    + TooLongError ......... there would be too much in it for an address
  x GenerationError ........ a generation cannot be written, opened or trusted
  x PublicationError ....... a build is refused: violations, or a question that fails
  x ContributionError ...... what a partner asks cannot be done; `rule` names why
    + UnauthorisedError .... no token, or one that opens nothing any more
    + ForbiddenError ....... a good token, for something that is not its partner's to do
    + TooLargeError ........ the upload is larger than allowed
  x LedgerError ............ the journal of contributions cannot be trusted
  x StorageError ........... the disk refuses: nothing was recorded
  x OutputError ............ a file asked for cannot be written, or is not what it should be
  x QueryError ............. a SPARQL query did not answer
    + SyntaxQueryError ..... it is not SPARQL: line, column, hint
    + RefusedQuery ......... admission: too big, too deep, or calling out
    + QueryLimitError ...... over its time, memory or row limit
    + StoppedError ......... stopped on request, or its reader has gone
    + EngineBusyError ...... no worker became free in time
      - SwitchedError ...... another generation was published meanwhile
    + RateLimitError ....... one client asked for more than its share
      - BannedError ........ and went on asking, hundreds of times
    + UncitableError ....... asked again, it could give another answer: nothing to cite
    + UnwritableError ...... the answer cannot be written in the format asked

An error keeps its evidence, so that a page can show it and a log can count it.
Each has a message in French and in English: `error.message("fr")`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from coopkg.typography import french

Lang = Literal["fr", "en"]


class CoopkgError(Exception):
    """The root: a message in each language, and English for logs."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(en)
        self._messages: dict[str, str] = {"fr": french(fr), "en": en}

    def message(self, lang: Lang = "en") -> str:
        """Return the message in one language."""
        return self._messages[lang]


@dataclass(frozen=True)
class Location:
    """Where in a source: a path relative to the project, a line and a column from 1."""

    path: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """Write `path:line:column` as compilers do.

        >>> str(Location("graph_data/a.ttl", 3, 7))
        'graph_data/a.ttl:3:7'
        """
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part)


class SettingError(CoopkgError):
    """A setting has a value it cannot have; `setting` names it as it was given."""

    def __init__(self, setting: str, seen: str, expected_fr: str, expected_en: str) -> None:
        super().__init__(
            f"{setting} : « {seen} » n’est pas acceptable ; attendu : {expected_fr}",
            f"{setting}: {seen!r} is not acceptable; expected {expected_en}",
        )
        self.setting = setting


class SourceError(CoopkgError):
    """A file that people edit cannot be read.

    `location` says where, `expected` what should stand there, `fix` the line as it could be.
    """

    def __init__(
        self,
        location: Location,
        fr: str,
        en: str,
        expected: Mapping[str, str] | None = None,
        fix: str = "",
    ) -> None:
        super().__init__(f"{location} : {fr}", f"{location}: {en}")
        self.location = location
        self.expected = dict(expected or {})
        self.fix = fix

    def advice(self, lang: Lang = "en") -> str:
        """Return the message, and below it the line as it could be."""
        word = "écrire\u00a0: " if lang == "fr" else "write: "
        return self.message(lang) + (f"\n    {word}{self.fix}" if self.fix else "")


class OntologyError(CoopkgError):
    """The ontology says what the rules do not support; `subject` is the term at fault."""

    def __init__(self, subject: str, fr: str, en: str) -> None:
        super().__init__(f"{subject} : {fr}", f"{subject}: {en}")
        self.subject = subject


class ShapesError(CoopkgError):
    """The shapes cannot be used, in the words of the engine: nothing was checked."""


class QuestionError(CoopkgError):
    """A file of queries/ is not a valid question; `slug` names it."""

    def __init__(self, slug: str, fr: str, en: str) -> None:
        super().__init__(f"{slug} : {fr}", f"{slug}: {en}")
        self.slug = slug


@dataclass(frozen=True)
class Choice:
    """A value that would be acceptable, as addresses write it and as people read it."""

    value: str
    fr: str
    en: str


_SAID = {"page": ("Page", "Page"), "row": ("Ligne", "Row"), "sort": ("Tri", "Sort")}
"""What people call the parameters that are the same everywhere."""


class ParameterError(CoopkgError):
    """A value is not acceptable for a parameter: what was seen, what was expected.

    `label` is its name as people read it; `choices` are the nearest acceptable values.
    """

    def __init__(
        self,
        parameter: str,
        seen: str,
        expected_fr: str,
        expected_en: str,
        *,
        label: tuple[str, str] | None = None,
        choices: tuple[Choice, ...] = (),
    ) -> None:
        fr, en = label or _SAID.get(parameter) or (parameter, parameter)
        super().__init__(
            f"{fr} : « {seen} » n’est pas acceptable ; attendu : {expected_fr}"
            if seen
            else f"{fr} : il manque une valeur ; attendu : {expected_fr}",
            f"{en}: {seen!r} is not acceptable; expected {expected_en}"
            if seen
            else f"{en}: a value is missing; expected {expected_en}",
        )
        self.parameter = parameter
        self.seen = seen
        self.choices = choices


class UnknownError(CoopkgError):
    """Nothing has that name; `known` lists the nearest names that exist.

    `generations` lists the ids of those where it does exist.
    """

    def __init__(
        self,
        name: str,
        fr: str,
        en: str,
        known: tuple[str, ...] = (),
        generations: tuple[str, ...] = (),
    ) -> None:
        super().__init__(fr, en)
        self.name = name
        self.known = known
        self.generations = generations


class CodeError(CoopkgError):
    """An address that holds what it names cannot be read, or written; `rule` names why."""

    def __init__(self, rule: str, fr: str, en: str) -> None:
        super().__init__(fr, en)
        self.rule = rule


class TooLongError(CodeError):
    """There is too much for an address."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__("too-long", fr, en)


class GenerationError(CoopkgError):
    """A generation cannot be written, opened or trusted."""


class PublicationError(CoopkgError):
    """A build is refused; the served generation is unchanged."""


class ContributionError(CoopkgError):
    """What a partner or a reviewer asks cannot be done; `rule` names why."""

    def __init__(self, rule: str, fr: str, en: str) -> None:
        super().__init__(fr, en)
        self.rule = rule


class UnauthorisedError(ContributionError):
    """No token, or one that opens nothing; only its owner is told that it did."""


class ForbiddenError(ContributionError):
    """A good token, for something that is not its partner's to do."""


class TooLargeError(ContributionError):
    """An upload is larger than allowed: `seen` and `allowed`, in bytes."""

    def __init__(self, seen: int, allowed: int) -> None:
        super().__init__(
            "too-large",
            f"l’envoi dépasse la taille permise : {seen} octets, {allowed} au plus",
            f"the upload is larger than allowed: {seen} bytes, {allowed} at most",
        )
        self.seen = seen
        self.allowed = allowed


class LedgerError(CoopkgError):
    """The journal of contributions cannot be trusted; `what` names the entry or the object."""

    def __init__(self, what: str, fr: str, en: str) -> None:
        super().__init__(fr, en)
        self.what = what


class StorageError(CoopkgError):
    """The disk refuses; `is_full` tells that only room is lacking."""

    def __init__(self, fr: str, en: str, is_full: bool) -> None:
        super().__init__(f"rien n’a été enregistré : {fr}", f"nothing was recorded: {en}")
        self.is_full = is_full


class OutputError(CoopkgError):
    """A file asked for cannot be written, or would not be what it should be; nothing was left."""


class QueryError(CoopkgError):
    """A SPARQL query did not answer."""


class SyntaxQueryError(QueryError):
    """Not SPARQL: why, with line and column from 1 when known.

    `hint` is the text that mends; `rule` names the cause, `caret` shows the place in its line;
    `expected` and `suggestion` are said in French and in English.
    """

    def __init__(
        self, fr: str, en: str, line: int | None = None, column: int | None = None, hint: str = ""
    ) -> None:
        super().__init__(fr, en)
        self.line = line
        self.column = column
        self.hint = hint
        self.rule = ""
        self.caret = ""
        self.expected: tuple[str, str] | None = None
        self.suggestion: tuple[str, str] | None = None

    def said(self, lang: Lang) -> dict[str, str]:
        """Return what was expected and what is suggested, in one language, when they are known."""
        texts = {"expected": self.expected, "suggestion": self.suggestion}
        return {
            name: french(text[0]) if lang == "fr" else text[1]
            for name, text in texts.items()
            if text
        }


class RefusedQuery(QueryError):  # noqa: N818 - "refused" is the word of the interface
    """Refused by admission before any work: `rule` names why; line and column, where."""

    def __init__(
        self, rule: str, fr: str, en: str, line: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(fr, en)
        self.rule = rule
        self.line = line
        self.column = column


@dataclass(frozen=True)
class Spent:
    """What a stopped query was allowed and had used."""

    limit: str
    allowed: float
    used: float
    unit: str
    details: dict[str, str] = field(default_factory=dict)


class QueryLimitError(QueryError):
    """Over its time (`seconds`), memory (`bytes`) or result size (`rows`, `bytes`)."""

    def __init__(self, spent: Spent, fr: str, en: str) -> None:
        super().__init__(fr, en)
        self.spent = spent


class StoppedError(QueryError):
    """Stopped on request after `elapsed` seconds: there is no answer, and no fault."""

    def __init__(self, elapsed: float, fr: str, en: str) -> None:
        super().__init__(fr, en)
        self.elapsed = elapsed


class EngineBusyError(QueryError):
    """No worker became free in time; try again after `retry_after_s` seconds."""

    def __init__(self, retry_after_s: int, fr: str, en: str) -> None:
        super().__init__(fr, en)
        self.retry_after_s = retry_after_s


class SwitchedError(EngineBusyError):
    """The generation asked is not the one that the engine holds any more; ask again."""


class RateLimitError(QueryError):
    """One client asked for more than its share; try again after `retry_after_s` seconds."""

    def __init__(self, retry_after_s: int, fr: str, en: str) -> None:
        super().__init__(fr, en)
        self.retry_after_s = retry_after_s


class BannedError(RateLimitError):
    """One client went on asking after it was refused again and again."""

    def __init__(self, retry_after_s: int, ignored: int) -> None:
        super().__init__(
            retry_after_s,
            f"{ignored} refus n’ont pas été entendus : plus rien n’est répondu pendant "
            f"{retry_after_s} s. Attendre le temps que dit Retry-After évite cela.",
            f"{ignored} refusals went unheeded: nothing is answered for {retry_after_s} s. To wait "
            "as long as Retry-After says avoids this.",
        )


class UncitableError(QueryError):
    """The same query could give another answer at the same generation; `rule` names why."""

    def __init__(self, rule: str, fr: str, en: str) -> None:
        super().__init__(fr, en)
        self.rule = rule


class UnwritableError(QueryError):
    """The answer exists, but cannot be written in the format asked."""
