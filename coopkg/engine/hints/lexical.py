"""What is wrong among the characters and the words, before any grammar: pasted signs, bare IRIs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from coopkg.engine.hints import triples_causes
from coopkg.engine.hints.finding import Edit, Finding, Said, at
from coopkg.engine.hints.scene import HTTP, Scene
from coopkg.engine.hints.wellknown import (
    CURLY_CLOSING,
    CURLY_OPENING,
    ENTITIES,
    EQUALITIES,
    SIGNS,
    SINGLE_QUOTES,
    SPACES,
)
from coopkg.sparql_tokens import CLOSING, OPENING, Token

_WWW: Final = re.compile(r"www\.[^\s<>\"{}|\\^`]+")
_ANGLE: Final = re.compile(r"<([^<>\n]*)>")
_LINE: Final = re.compile(r"[^\r\n]*")
_LENIENT: Final = re.compile(r"\"(?:[^\"\\\n\r]|\\.)*\"|'(?:[^'\\\n\r]|\\.)*'")
_ESCAPES: Final = re.compile(r"\\(?:[tbnrf\\\"']|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|(.?))")
_ENTITY: Final = re.compile("|".join(map(re.escape, ENTITIES)))
_OPERANDS: Final = frozenset({"iri", "pname", "var", "string", "langtag", "number"})
_FENCE: Final = Said(
    "ne copiez que ce qui est entre les deux lignes ```",
    "copy only what stands between the two ``` lines",
)
_TRAILING: Final = ".,;)'"


class Lexer:
    """Goes through the tokens once; `shapes` tells of findings that bend the grammar after them."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.text = scene.text
        self.until = 0  # what ends before this offset has been told already
        self.bent: int | None = None
        self.open: list[Token] = []  # the brackets open before the token that is looked at

    def findings(self) -> Iterator[Finding]:
        """Yield what is found, in order; `bent` is then the first offset that bends the grammar."""
        for place, token in enumerate(self.scene.tokens):
            found = self._look(place, token) if token.offset >= self.until else None
            if token.kind == "punct" and token.text in OPENING:
                self.open.append(token)
            elif token.kind == "punct" and token.text in CLOSING and self.open:
                self.open.pop()
            if found is not None:
                self.until = max(found.end, token.end)
                if self.bent is None:
                    self.bent = token.offset
                yield found

    def _look(self, place: int, token: Token) -> Finding | None:
        if token.kind == "invalid":
            return self._invalid(token)
        if token.kind in {"pname", "word"}:
            return self._bare_iri(token)
        if token.kind == "langtag":
            return self._turtle(place, token)
        if token.kind == "punct":
            return self._punct(place, token)
        return self._iri_or_number(place, token)

    # --- pasted signs

    def _invalid(self, token: Token) -> Finding | None:
        sign = token.text[0]
        if sign in CURLY_OPENING:
            return self._curly(token.offset)
        if sign in "\"'":
            return self._string(token)
        if sign in SPACES:
            return self._space(token)
        entity = _ENTITY.match(self.text, token.offset)
        if entity:
            return Finding(
                "html-entity",
                token.offset,
                entity.end(),
                Said(
                    f"« {entity[0]} » vient d’une page HTML : c’est le signe {ENTITIES[entity[0]]}",
                    f"“{entity[0]}” comes from an HTML page: it stands for {ENTITIES[entity[0]]}",
                ),
                edit=Edit(token.offset, entity.end(), ENTITIES[entity[0]]),
            )
        if sign in SIGNS:
            plain, fr, en = SIGNS[sign]
            return at(
                token,
                "mathematical-sign",
                (
                    f"« {sign} » ({fr}, U+{ord(sign):04X}) n’existe pas en SPARQL",
                    f"“{sign}” ({en}, U+{ord(sign):04X}) does not exist in SPARQL",
                ),
                (f"écrivez {plain}", f"write {plain}"),
                plain,
            )
        if sign == "&":
            return _doubled(token, "&&")
        end = token.end
        while end < len(self.text) and self.text[end] == sign:
            end += 1
        fence = self.text[token.offset : end] == "```"
        if fence and (line := _LINE.match(self.text, end)):
            end = line.end()
        return Finding(
            "bad-character",
            token.offset,
            end,
            Said(
                f"le caractère « {sign} » (U+{ord(sign):04X}) n’a pas de sens ici",
                f"the character “{sign}” (U+{ord(sign):04X}) has no meaning here",
            ),
            _FENCE if fence else None,
            Edit(token.offset, end, "") if fence else None,
        )

    def _space(self, token: Token) -> Finding:
        end = token.end
        while end < len(self.text) and self.text[end] in SPACES:
            end += 1
        fr, en = SPACES[token.text[0]]
        code = f"U+{ord(token.text[0]):04X}"
        return Finding(
            "invisible-space",
            token.offset,
            end,
            Said(
                f"caractère invisible ({fr}, {code}), collé d’un traitement de texte, sans doute",
                f"invisible character ({en}, {code}), pasted from a word processor, most likely",
            ),
            Said("mettez une espace ordinaire", "put an ordinary space"),
            Edit(token.offset, end, " "),
        )

    def _curly(self, start: int) -> Finding:
        """Tell of a text between typographic quotation marks, and write it with straight ones."""
        line = _LINE.match(self.text, start)
        stop = line.end() if line else len(self.text)
        straight = "'" if self.text[start] in SINGLE_QUOTES else '"'
        closing = (at_ for at_ in range(start + 1, stop) if self.text[at_] in CURLY_CLOSING + '"')
        end = next(closing, None)
        names = (
            ("apostrophes", "apostrophes") if straight == "'" else ("guillemets", "quotation marks")
        )
        message = Said(
            f"{names[0]} typographiques ({self.text[start]}), d’un traitement de texte sans doute",
            f"typographic {names[1]} ({self.text[start]}), from a word processor most likely",
        )
        suggestion = Said(
            f"SPARQL n’admet que les signes droits : {straight}",
            f"SPARQL only knows straight ones: {straight}",
        )
        if end is None:
            found = Edit(start, start + 1, straight)
            return Finding("typographic-quote", start, start + 1, message, suggestion, found)
        inside = self.text[start + 1 : end].strip(" \u00a0\u202f")
        inside = inside.replace("\\", "\\\\").replace(straight, "\\" + straight)
        change = Edit(start, end + 1, f"{straight}{inside}{straight}")
        return Finding("typographic-quote", start, end + 1, message, suggestion, change)

    def _string(self, token: Token) -> Finding:
        if lenient := _LENIENT.match(self.text, token.offset):
            for escape in _ESCAPES.finditer(self.text, token.offset, lenient.end()):
                if escape[1] is not None:
                    return _escape(escape)
        line = self.text[token.offset : token.end]
        curly = next((i for i, one in enumerate(line) if i and one in CURLY_CLOSING), None)
        if curly is not None:
            inside = line[1:curly].replace("\\", "\\\\")
            return Finding(
                "typographic-quote",
                token.offset,
                token.offset + curly + 1,
                Said(
                    f"chaîne ouverte par {line[0]} et fermée par le signe typographique "
                    f"{line[curly]}",
                    f"a string opened by {line[0]} and closed by the typographic {line[curly]}",
                ),
                None,
                Edit(token.offset, token.offset + curly + 1, f"{line[0]}{inside}{line[0]}"),
            )
        return at(
            token,
            "unclosed-string",
            (
                f"le guillemet {token.text[0]} ouvert ici n’est pas fermé avant la fin de la ligne",
                f"the quotation mark {token.text[0]} opened here is not closed before the end of "
                "the line",
            ),
            (
                f"ajoutez {token.text[0]} à la fin du texte ; sur plusieurs lignes, écrivez "
                f"{token.text[0] * 3}…{token.text[0] * 3}",
                f"add {token.text[0]} after the text; over several lines, write "
                f"{token.text[0] * 3}…{token.text[0] * 3}",
            ),
        )

    # --- IRIs and prefixes

    def _bare_iri(self, token: Token) -> Finding | None:
        seen = HTTP.match(self.text, token.offset) or _WWW.match(self.text, token.offset)
        prefix = token.text.partition(":")[0]
        if seen is None or (token.kind == "pname" and prefix in self.scene.prefixes):
            return None
        iri = seen[0].rstrip(_TRAILING)
        end = token.offset + len(iri)
        full = iri if "://" in iri else "http://" + iri
        return Finding(
            "bare-iri",
            token.offset,
            end,
            Said(
                "une adresse (IRI) s’écrit entre chevrons",
                "an address (IRI) is written between angle brackets",
            ),
            Said(f"écrivez <{full}>", f"write <{full}>"),
            Edit(token.offset, end, f"<{full}>"),
        )

    def _turtle(self, place: int, token: Token) -> Finding | None:
        word = token.text[1:].upper()
        if word not in {"PREFIX", "BASE"} or token.frame != "clause":
            return None
        return at(
            token,
            "turtle-prefix",
            (
                f"{token.text} … . est l’écriture de Turtle ; en SPARQL, {word} sans @ ni point",
                f"{token.text} … . is Turtle; in SPARQL, {word} without @ and without a dot",
            ),
            (f"écrivez {word}", f"write {word}"),
            word,
        )

    def _punct(self, place: int, token: Token) -> Finding | None:
        tokens = self.scene.tokens
        before = tokens[place - 1] if place else None
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        if token.text == "<":
            operand = before is not None and before.kind in _OPERANDS | {"word"}
            closed = before is not None and before.text in {")", "]"}
            if not (token.frame == "expression" and (operand or closed)):
                return self._angle(token)
        if found := self._equality(place, token):
            return found
        if token.text == "|" and token.frame == "expression":
            return _doubled(token, "||")
        if token.text in "-/" and self.scene.adjacent(token, after) and after is not None:
            return self._comment(token, before, after)
        if token.text == "?" and after is not None and after.kind == "word" and before is not None:
            return self._space_in_variable(token, before, after)
        return None

    def _angle(self, token: Token) -> Finding | None:
        seen = _ANGLE.match(self.text, token.offset)
        if seen is None:
            return at(
                token,
                "bad-iri",
                (
                    "le chevron « < » ouvre une IRI qui n’est pas fermée par « > »",
                    "the “<” opens an IRI that no “>” closes",
                ),
                (
                    "fermez-la ; pour comparer, écrivez FILTER ( … )",
                    "close it; to compare, write FILTER ( … )",
                ),
            )
        bad = next((one for one in seen[1] if one <= " " or one in '"{}|^`\\'), "")
        fr, en = ("une espace", "a space") if bad == " " else (f"« {bad} »", f"“{bad}”")
        return Finding(
            "bad-iri",
            token.offset,
            seen.end(),
            Said(
                f"cette IRI contient {fr}, qu’une IRI ne peut pas contenir",
                f"this IRI holds {en}, which no IRI can hold",
            ),
            Said("retirez-le, ou écrivez-le en %XX", "remove it, or write it as %XX"),
        )

    def _equality(self, place: int, token: Token) -> Finding | None:
        if token.frame != "expression" or token.text not in {"=", "<", ">", "!="}:
            return None
        run = [token]
        for other in self.scene.tokens[place + 1 : place + 3]:
            if other.text in {"=", "<", ">", "!"} and self.scene.adjacent(run[-1], other):
                run.append(other)
        written = "".join(one.text for one in run)
        meant = EQUALITIES.get(written)
        if meant is None:
            return None
        return at(
            run,
            "equality-sign",
            (f"« {written} » n’existe pas en SPARQL", f"“{written}” does not exist in SPARQL"),
            (f"écrivez {meant}", f"write {meant}"),
            meant,
        )

    def _comment(self, token: Token, before: Token | None, after: Token) -> Finding | None:
        pair = token.text + after.text
        in_expression = token.frame == "expression"
        if pair not in {"--", "//", "/*"} or (pair == "--" and in_expression):
            return None
        if pair == "//" and before is not None and triples_causes.goes_on(before, token):
            return triples_causes.doubled(token, after)
        line = _LINE.match(self.text, token.offset)
        end = line.end() if line else token.end
        content = self.text[token.offset + 2 : end].strip().removesuffix("*/").strip()
        return Finding(
            "comment-mark",
            token.offset,
            end,
            Said(
                f"« {pair} » n’ouvre pas un commentaire en SPARQL",
                f"“{pair}” is not how a comment opens in SPARQL",
            ),
            Said("un commentaire commence par #", "a comment begins with #"),
            Edit(token.offset, end, f"# {content}"),
        )

    def _space_in_variable(self, token: Token, before: Token, after: Token) -> Finding | None:
        in_place = before.text in {"{", ".", ";", ",", "("} or before.keyword in {"SELECT", "BY"}
        if not in_place:
            return None
        return at(
            (token, after),
            "space-in-name",
            (
                "une espace sépare « ? » du nom de la variable",
                "a space stands between “?” and the name of the variable",
            ),
            (f"écrivez ?{after.text}", f"write ?{after.text}"),
            f"?{after.text}",
        )

    def _iri_or_number(self, place: int, token: Token) -> Finding | None:
        tokens = self.scene.tokens
        if token.kind != "number" or place + 2 >= len(tokens) or token.frame != "expression":
            return None
        comma, decimals = tokens[place + 1], tokens[place + 2]
        glued = self.scene.adjacent(token, comma) and self.scene.adjacent(comma, decimals)
        if comma.text != "," or decimals.kind != "number" or not glued:
            return None
        if self._in_a_list():
            return None
        return at(
            (token, decimals),
            "decimal-comma",
            (
                "la virgule sépare des arguments ; un nombre décimal s’écrit avec un point",
                "a comma separates arguments; a decimal number is written with a dot",
            ),
            (f"écrivez {token.text}.{decimals.text}", f"write {token.text}.{decimals.text}"),
            f"{token.text}.{decimals.text}",
        )

    def _in_a_list(self) -> bool:
        """Tell whether the token stands among the arguments of a function, or after IN."""
        opening = self.scene.before(self.open[-1]) if self.open else None
        return opening is not None and (
            opening.keyword not in {"", "FILTER", "HAVING", "BIND", "BY"}
            or opening.kind in {"iri", "pname"}
        )


def _doubled(token: Token, meant: str) -> Finding:
    return at(
        token,
        "doubled-sign",
        (f"« {token.text} » seul n’est pas un opérateur", f"“{token.text}” alone is no operator"),
        (f"écrivez {meant}", f"write {meant}"),
        meant,
    )


def _escape(seen: re.Match[str]) -> Finding:
    return Finding(
        "bad-escape",
        seen.start(),
        seen.end(),
        Said(
            f"« {seen[0]} » n’est pas un échappement de SPARQL",
            f"“{seen[0]}” is no escape of SPARQL",
        ),
        Said("doublez la barre oblique inverse : \\\\", "double the backslash: \\\\"),
        Edit(seen.start(), seen.start() + 1, "\\\\"),
    )
