"""Words that SPARQL does not have: misspelt, brought from SQL, or a name without its mark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from coopkg import sparql_text
from coopkg.engine.hints.finding import Edit, Finding, Said, at
from coopkg.engine.hints.nearest import close, folded
from coopkg.engine.hints.scene import Scene
from coopkg.engine.hints.vocabulary import Vocabulary
from coopkg.engine.hints.wellknown import (
    ALIASES,
    FUNCTIONS,
    GEOSPARQL,
    KNOWN_PREFIXES,
    OF_GEOSPARQL,
)
from coopkg.sparql_tokens import Token, unescape

KEYWORDS: Final = sparql_text.WORDS - FUNCTIONS
_FAMILIAR: Final = {"AND": "&&", "OR": "||"}
_SQL: Final = {
    "BETWEEN": ("?x >= 1 && ?x <= 9", "?x >= 1 && ?x <= 9"),
    "JOIN": (
        "rien : deux motifs qui partagent une variable sont joints",
        "nothing: two patterns that share a variable are joined",
    ),
    "INNER": ("rien : les motifs sont joints", "nothing: patterns are joined"),
    "LEFT": ("OPTIONAL { … }", "OPTIONAL { … }"),
    "ON": ("une variable partagée", "a shared variable"),
    "TOP": ("LIMIT, à la fin de la requête", "LIMIT, at the end of the query"),
    "FETCH": ("LIMIT", "LIMIT"),
    "EXCEPT": ("MINUS { … }", "MINUS { … }"),
    "INTERSECT": ("les deux motifs l’un après l’autre", "both patterns, one after the other"),
    "CASE": ("IF(condition, valeur, sinon)", "IF(condition, value, otherwise)"),
    "LIKE": ("CONTAINS, STRSTARTS ou REGEX", "CONTAINS, STRSTARTS or REGEX"),
    "ILIKE": ('REGEX(?x, "…", "i")', 'REGEX(?x, "…", "i")'),
    "IS": ("BOUND(?x), ou !BOUND(?x)", "BOUND(?x), or !BOUND(?x)"),
    "NULL": ("BOUND(?x), ou !BOUND(?x)", "BOUND(?x), or !BOUND(?x)"),
    "SEPARATED": ("SEPARATOR", "SEPARATOR"),
    "BINDINGS": ("VALUES", "VALUES"),
    "LET": ("BIND ( … AS ?x )", "BIND ( … AS ?x )"),
}


def undeclared(scene: Scene) -> Iterator[Finding]:
    """Yield the prefixes that the query uses and does not declare, each once."""
    told: set[str] = set()
    for place, token in enumerate(scene.tokens):
        prefix = unescape(token.text.partition(":")[0])
        if token.kind != "pname" or prefix in scene.prefixes or prefix in told:
            continue
        before = scene.tokens[place - 1] if place else None
        if before is not None and (before.keyword == "PREFIX" or before.text == "@prefix"):
            continue
        told.add(prefix)
        yield _undeclared(scene, token, prefix)


def _undeclared(scene: Scene, token: Token, prefix: str) -> Finding:
    message = (
        f"le préfixe « {prefix}: » n’est pas déclaré",
        f"the prefix “{prefix}:” is not declared",
    )
    iri = KNOWN_PREFIXES.get(prefix)
    if prefix == "geo" and token.text.partition(":")[2] in OF_GEOSPARQL:
        iri = GEOSPARQL
    if iri is not None:
        head = f"PREFIX {prefix}: <{iri}>"
        return at(
            token,
            "undeclared-prefix",
            message,
            (f"ajoutez en tête : {head}", f"add at the top: {head}"),
            edit=Edit(scene.tokens[0].offset, scene.tokens[0].offset, head + "\n"),
        )
    near = _declared_like(prefix, scene)
    if near is not None:
        name = near + token.text[len(token.text.partition(":")[0]) :]
        return at(
            token,
            "undeclared-prefix",
            message,
            (f"peut-être {near}:, qui l’est", f"perhaps {near}:, which is"),
            name,
        )
    known = close(prefix, KNOWN_PREFIXES)
    hint = None
    if not prefix and token.text != ":":
        head = "PREFIX : <http://…#>"
        hint = (
            f"déclarez-le en tête, {head}, ou nommez-en un autre : coop{token.text}",
            f"declare it at the top, {head}, or name another one: coop{token.text}",
        )
    if known is not None:
        head = f"PREFIX {known}: <{KNOWN_PREFIXES[known]}>"
        hint = (f"peut-être {head}", f"perhaps {head}")
    return at(token, "undeclared-prefix", message, hint)


def _declared_like(prefix: str, scene: Scene) -> str | None:
    return close(prefix, [name for name in scene.prefixes if name]) if prefix else None


class Words:
    """Explains each unknown word by what stands around it."""

    def __init__(self, scene: Scene, schema: Vocabulary | None = None) -> None:
        self.scene = scene
        self.schema = schema
        self.until = 0

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for each word that SPARQL does not have."""
        for token in self.scene.tokens:
            unknown = token.kind == "word" and token.keyword not in sparql_text.WORDS
            if unknown and token.keyword not in _REFUSED and token.offset >= self.until:
                found = self._explain(token)
                self.until = max(token.end, found.end)
                yield found

    def _explain(self, token: Token) -> Finding:
        before, after = self.scene.before(token), self.scene.after(token)
        if before is not None and before.keyword == "PREFIX":
            return self._prefix(token)
        if before is not None and before.keyword in {"LIMIT", "OFFSET"}:
            return self._no_number(before, token)
        if before is not None and before.kind == "pname" and before.text.endswith(":"):
            return self._name_after_space(before, token)
        if (plain := self._operator(token)) is not None:
            return plain
        if token.keyword in {"LIKE", "IS", "NULL", "ILIKE"}:
            return self._null_or_like(token)
        called = after is not None and after.text == "("
        if called and token.frame in {"expression", "clause"}:
            return self._function(token)
        if token.keyword in _SQL:
            return self._sql(token)
        return self._keyword(token, called=called) or self._bare(token)

    def _no_number(self, word: Token, token: Token) -> Finding:
        return at(
            token,
            "limit-value",
            (
                f"{word.text} attend un nombre en chiffres, non {token.text}",
                f"{word.text} expects a number in figures, not {token.text}",
            ),
            (f"par exemple : {word.text} 10", f"for example: {word.text} 10"),
        )

    def _prefix(self, token: Token) -> Finding:
        return at(
            token,
            "prefix-syntax",
            (
                "le nom d’un préfixe se termine par un deux-points",
                "the name of a prefix ends with a colon",
            ),
            (f"écrivez {token.text}:", f"write {token.text}:"),
            f"{token.text}:",
        )

    def _name_after_space(self, prefix: Token, token: Token) -> Finding:
        name = prefix.text + token.text
        return at(
            token,
            "space-in-name",
            (
                f"une espace sépare {prefix.text} de {token.text}",
                f"a space stands between {prefix.text} and {token.text}",
            ),
            (f"écrivez {name}", f"write {name}"),
            edit=Edit(prefix.offset, token.end, name),
        )

    def _operator(self, token: Token) -> Finding | None:
        if token.keyword not in _FAMILIAR or token.frame != "expression":
            return None
        meant = _FAMILIAR[token.keyword]
        return at(
            token,
            "sql-habit",
            (f"{token.text} n’est pas du SPARQL", f"{token.text} is not SPARQL"),
            (f"écrivez {meant}", f"write {meant}"),
            meant,
        )

    def _null_or_like(self, token: Token) -> Finding:
        """Explain `?x LIKE "…"`, `?x IS NULL`, `?x IS NOT NULL`, `?x = NULL`, `?x != NULL`."""
        scene = self.scene
        place = scene.index(token)
        start = place - 1 if token.keyword == "NULL" and place else place
        if token.keyword == "NULL" and scene.tokens[start].text not in {"=", "!="}:
            start = place
        end = place
        while end + 1 < len(scene.tokens) and scene.tokens[end + 1].keyword in {"NOT", "NULL"}:
            end += 1
        seen = scene.tokens[start : end + 1]
        subject = scene.tokens[start - 1] if start else None
        value = scene.tokens[end + 1] if end + 1 < len(scene.tokens) else None
        mend = _mended(seen, subject, value)
        fr, en = _SQL[token.keyword]
        words = " ".join(one.text for one in seen)
        return at(
            seen,
            "sql-habit",
            (f"« {words} » n’est pas du SPARQL", f"“{words}” is not SPARQL"),
            (f"écrivez {mend.text if mend else fr}", f"write {mend.text if mend else en}"),
            edit=mend,
        )

    def _function(self, token: Token) -> Finding:
        name = ALIASES.get(token.keyword) or close(token.keyword, sorted(FUNCTIONS))
        message = (
            f"la fonction {token.text} n’existe pas en SPARQL",
            f"the function {token.text} does not exist in SPARQL",
        )
        if name is None:
            return at(token, "unknown-function", message)
        hint = (f"écrivez {name}", f"write {name}")
        return at(token, "unknown-function", message, hint, name)

    def _sql(self, token: Token) -> Finding:
        fr, en = _SQL[token.keyword]
        return at(
            token,
            "sql-habit",
            (f"{token.text} n’est pas du SPARQL", f"{token.text} is not SPARQL"),
            (f"en SPARQL : {fr}", f"in SPARQL: {en}"),
        )

    def _keyword(self, token: Token, *, called: bool) -> Finding | None:
        near = _TOGETHER.get(token.keyword)
        near = near or close(token.keyword, sorted(KEYWORDS)) or self._glued(token)
        if near is None and called:
            near = close(token.keyword, sorted(FUNCTIONS))
        before = self.scene.before(token)
        if before is not None and before.keyword in {"NOT", "FILTER"}:
            near = close(token.keyword, ["EXISTS"]) or near
        if near is None or len(token.text) < 3 or not self._goes_further(token, near):
            return None
        return at(
            token,
            "misspelt-keyword",
            (
                f"« {token.text} » n’est pas un mot de SPARQL ; peut-être {near} ?",
                f"“{token.text}” is not a word of SPARQL; perhaps {near}?",
            ),
            (f"écrivez {near}", f"write {near}"),
            near,
        )

    def _goes_further(self, token: Token, word: str) -> bool:
        """Tell whether a query with another word goes on beyond it; what comes before may not."""
        fault = self.scene.reading.fault
        if fault is None or fault.token is None or fault.token.offset < token.offset:
            return True
        text = Edit(token.offset, token.end, word).apply(self.scene.text)
        after = Scene.of(text).reading.fault
        end = token.offset + len(word)
        return after is None or after.token is None or after.token.offset >= end

    def _glued(self, token: Token) -> str | None:
        """Return the keyword that a word begins with: `LIMIT10`, `FILTERstr`."""
        rest = (word for word in _LEADING if token.keyword.startswith(word))
        return next(rest, None)

    def _bare(self, token: Token) -> Finding:
        """Explain a name that may have lost its `?`, its prefix or its quotation marks."""
        variables = {one.value for one in self.scene.tokens if one.kind == "var"}
        message = (
            f"« {token.text} » n’est ni un mot de SPARQL, ni une variable, ni un nom préfixé",
            f"“{token.text}” is no word of SPARQL, no variable and no prefixed name",
        )
        meant = next(
            (name for name in sorted(variables) if folded(name) == folded(token.text)), None
        )
        if meant is not None:
            hint = (f"la variable s’écrit ?{meant}", f"the variable is written ?{meant}")
            return at(token, "bare-word", message, hint, f"?{meant}")
        if (named := self._term(token)) is not None:
            hint = (f"peut-être {named}", f"perhaps {named}")
            return at(token, "bare-word", message, hint, named)
        either = f"?{token.text}", f'"{token.text}"'
        return at(
            token,
            "bare-word",
            message,
            (
                f"une variable s’écrit {either[0]}, un texte {either[1]}, un terme avec son "
                f"préfixe (coop:{token.text})",
                f"a variable is written {either[0]}, a text {either[1]}, a term with its prefix "
                f"(coop:{token.text})",
            ),
            expected=(
                "une variable, une IRI, un nom préfixé ou une chaîne",
                "a variable, an IRI, a prefixed name or a string",
            ),
        )

    def _term(self, token: Token) -> str | None:
        """Return the only term of the ontology that has this name and lost its prefix."""
        if self.schema is None or not self._goes_further(token, "coop:name"):
            return None
        known = (*self.schema.classes.values(), *self.schema.properties.values())
        named = [one for one in known if one.count and one.local == token.text]
        return self.scene.short(named[0].iri) if len(named) == 1 else None


_REFUSED: Final = sparql_text.UPDATE_FORMS | {"SERVICE", "DATA", "INTO"}
_TOGETHER: Final = {
    "ORDERBY": "ORDER BY",
    "GROUPBY": "GROUP BY",
    "FROMNAMED": "FROM NAMED",
    "NOTEXISTS": "NOT EXISTS",
    "NOTIN": "NOT IN",
}
_LEADING: Final = ("FILTER", "LIMIT", "OFFSET", "OPTIONAL", "SELECT", "WHERE", "UNION", "BIND")


def _mended(seen: Sequence[Token], subject: Token | None, value: Token | None) -> Edit | None:
    """Return the SPARQL of a comparison with NULL, or of LIKE, when its sides are simple."""
    if subject is None or subject.kind != "var":
        return None
    words = [one.keyword or one.text for one in seen]
    if "NULL" in words:
        positive = "NOT" in words or "!=" in words
        text = f"{'' if positive else '!'}BOUND({subject.text})"
        return Edit(subject.offset, seen[-1].end, text)
    if words != ["LIKE"] or value is None or value.kind != "string":
        return None
    asked = value.value
    inside = asked.strip("%").replace("\\", "\\\\").replace('"', '\\"')
    if "%" in inside or "_" in inside or not inside:
        return None
    name = "CONTAINS" if asked[0] == asked[-1] == "%" else None
    name = name or ("STRENDS" if asked[0] == "%" else "STRSTARTS" if asked[-1] == "%" else None)
    quoted = f'"{inside}"'
    text = f"{name}({subject.text}, {quoted})" if name else f"{subject.text} = {quoted}"
    return Edit(subject.offset, value.end, text)


def refused(scene: Scene) -> Iterator[Finding]:
    """Yield what this service does not do: updates, and calls to other services."""
    for token in scene.tokens:
        if token.kind != "word":
            continue
        if "SERVICE" in token.keyword:
            yield at(
                token,
                "calls-out",
                (
                    "ce service n’appelle aucun autre service : SERVICE est désactivé",
                    "this service calls no other service: SERVICE is disabled",
                ),
            )
            return
        if token.keyword in sparql_text.UPDATE_FORMS - {"WITH"}:
            yield Finding(
                "writes",
                token.offset,
                token.end,
                Said(
                    f"ce point d’accès répond et n’écrit pas : {token.keyword} est une mise à jour",
                    f"this endpoint answers and does not write: {token.keyword} is an update",
                ),
                Said(
                    "les données changent par une contribution, relue puis publiée : "
                    "voir CONTRIBUTING.md",
                    "data change by a contribution, reviewed and then published: "
                    "see CONTRIBUTING.md",
                ),
            )
            return
