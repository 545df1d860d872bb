"""The causes of syntax errors that lie inside one word: a prefix, an IRI, a character."""

from __future__ import annotations

import re
from difflib import get_close_matches
from re import Match
from typing import Final

from coopkg.build.turtle import habits
from coopkg.build.turtle.scene import Cause, Edit, Scene
from coopkg.terms import PREFIXES

QUOTES: Final = "“”„‟«»‹›‘’‚"
SPACES: Final = "\u00a0\u202f\u2007\u2009\u3000"
_INVISIBLE: Final = {
    "\ufeff": (
        "marque d’ordre des octets, de deux fichiers mis bout à bout",
        "byte order mark, of two files put end to end",
    ),
    "\u200b": ("espace sans chasse", "zero-width space"),
    "\u00ad": ("césure conditionnelle", "soft hyphen"),
    "\u200e": ("marque de sens d’écriture", "mark of writing direction"),
    "\u200f": ("marque de sens d’écriture", "mark of writing direction"),
}
_FORBIDDEN: Final = re.compile(r"[\s<>\"{}|^`\\\x00-\x20]")
SCHEMES: Final = frozenset({"http", "https", "mailto", "urn", "ftp", "file", "tel", "doi"})


def prefix(scene: Scene, match: Match[str]) -> Cause:
    """Say what to do about a prefix that is not declared."""
    name, at = match[1].removesuffix(":"), scene.offset
    if name[:1] in _INVISIBLE:
        return _invisible(scene, name[0])
    if name.lower() in SCHEMES:
        return Cause(
            at,
            f"un IRI s’écrit entre < et > : <{name}:…>",
            f"an IRI is written between < and >: <{name}:…>",
            _between_brackets(scene),
        )
    if name.lower() == "graph":
        return Cause(
            at,
            "il manque une espace après GRAPH",
            "a space is missing after GRAPH",
            Edit(at + len(name), at + len(name), " "),
        )
    if name in PREFIXES:
        line = f"@prefix {name}: <{PREFIXES[name]}> ."
        return Cause(
            at,
            f"préfixe « {name}: » non déclaré ; ajouter en tête du fichier : {line}",
            f"prefix {name}: is not declared; add at the top of the file: {line}",
            Edit(0, 0, f"{line}\n"),
        )
    near = get_close_matches(name, [*scene.declared, *PREFIXES], n=1)
    if near:
        return Cause(
            at,
            f"préfixe « {name}: » inconnu ; vouliez-vous écrire « {near[0]}: » ?",
            f"prefix {name}: is unknown; did you mean {near[0]}:?",
            Edit(at, at + len(name), near[0]),
            (f"{near[0]}:", f"{near[0]}:"),
        )
    return Cause(
        at,
        f"préfixe « {name}: » non déclaré ; ajouter en tête : @prefix {name}: <son IRI> .",
        f"prefix {name}: is not declared; add at the top: @prefix {name}: <its IRI> .",
        expected=(f"@prefix {name}: <https://…> .", f"@prefix {name}: <https://…> ."),
    )


def _between_brackets(scene: Scene) -> Edit:
    """Return what puts < and > around the address that begins where the parser stopped."""
    match = re.match(r"[^\s<>\"{}|^`\\]*[^\s<>\"{}|^`\\.;,]", scene.text.content[scene.offset :])
    address = match[0] if match else ""
    return Edit(scene.offset, scene.offset + len(address), f"<{address}>")


def iri(scene: Scene, match: Match[str]) -> Cause:
    """Say what a character does not do in an IRI, or that the IRI never ends."""
    start = scene.offset
    inside = scene.text.content[start + 1 :].partition(">")[0]
    if match[1].isspace() and (re.search(r"[\r\n<]", inside) or " " not in inside.strip()):
        return Cause(
            start,
            "IRI ouvert par < et jamais refermé par >",
            "IRI opened by < and never closed by >",
            _closed(scene, start),
        )
    name = "une espace" if match[1].isspace() else f"« {match[1]} »"
    name_en = "a space" if match[1].isspace() else f"“{match[1]}”"
    code = "".join(f"%{byte:02X}" for byte in match[1].encode())
    return Cause(
        start + 1 + max(inside.find(match[1]), 0),
        f"{name} dans un IRI ; écrire {code}",
        f"{name_en} inside an IRI; write {code}",
        Edit(start + 1, start + 1 + len(inside), _FORBIDDEN.sub(_coded, inside)),
    )


def backslash(scene: Scene, _: Match[str]) -> Cause | None:
    """Say that an address has no backslash, when that is where one stands."""
    content = scene.text.content
    start = content.rfind("<", 0, scene.offset + 1)
    end = content.find(">", start)
    address = content[start : end + 1]
    if not (0 <= start <= scene.offset <= end) or "\n" in address or '"' in address:
        return None
    return Cause(
        start + address.index("\\"),
        "une adresse n’a pas de barre oblique inverse : écrire « / »",
        "an address has no backslash: write “/”",
        Edit(start, end + 1, address.replace("\\", "/")),
    )


def escape(scene: Scene, _: Match[str]) -> Cause:
    """Say that a sign after a backslash makes no escape."""
    content = scene.text.content
    at = max(content.rfind("\\", 0, scene.offset + 1), 0)
    seen = content[at : at + 2]
    return Cause(
        scene.offset,
        f"« {seen} » n’est pas un échappement ; une barre oblique inverse s’écrit \\\\",
        f"“{seen}” is not an escape; a backslash is written \\\\",
        Edit(at, at + 1, "\\\\"),
    )


def _closed(scene: Scene, start: int) -> Edit:
    """Return what closes an IRI: where the next space is, or what ends the statement."""
    match = re.match(r"[^\s<>;,]*[^\s<>;,.]", scene.text.content[start + 1 :])
    end = start + 1 + (match.end() if match else 0)
    return Edit(end, end, ">")


def _coded(match: Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())


def character(scene: Scene, match: Match[str]) -> Cause:
    """Say what a character that begins no word may stand for."""
    seen = match[1]
    if cause := habits.sign(scene, match):
        return cause
    if seen in QUOTES:
        return Cause(
            scene.offset,
            f'guillemet typographique {seen} : un texte s’écrit entre guillemets droits, "…"',
            f'typographic quote {seen}: a text is written between straight quotes, "…"',
            _straight(scene),
        )
    if seen in SPACES:
        return Cause(
            scene.offset,
            f"espace insécable (U+{ord(seen):04X}) hors d’un texte : mettre une espace simple",
            f"non-breaking space (U+{ord(seen):04X}) outside a text: put a plain space",
            Edit(scene.offset, scene.offset + 1, " "),
        )
    if seen in "/+!$&'()*=?#@%" and scene.before.kind == "name":
        return Cause(
            scene.offset,
            f"« {seen} » ne peut pas suivre un préfixe tel quel : écrire \\{seen}, ou "
            "l’IRI entier entre < et >",
            f"“{seen}” cannot follow a prefix as it is: write \\{seen}, or the whole IRI "
            "between < and >",
            Edit(scene.offset, scene.offset + 1, f"\\{seen}"),
        )
    if seen in _INVISIBLE or not seen.isprintable():
        return _invisible(scene, seen)
    return Cause(
        scene.offset,
        f"caractère inattendu « {seen} »",
        f"unexpected character “{seen}”",
        Edit(scene.offset, scene.offset + 1, ""),
        ("un sujet, un prédicat ou une valeur", "a subject, a predicate or a value"),
    )


def _straight(scene: Scene) -> Edit | None:
    """Return what puts straight quotes in the place of typographic ones, around one text."""
    match = re.match(
        rf"[{QUOTES}]\s*([^{QUOTES}\n\"]*?)\s*[{QUOTES}]", scene.text.content[scene.offset :]
    )
    return match and Edit(scene.offset, scene.offset + match.end(), f'"{match[1]}"')


def _invisible(scene: Scene, seen: str) -> Cause:
    """Name a character that nobody sees, and how it may have come."""
    code = f"U+{ord(seen):04X}"
    fr, en = _INVISIBLE.get(seen, ("caractère de contrôle", "control character"))
    return Cause(
        scene.offset,
        f"{fr} ({code}), invisible, au milieu du fichier : la supprimer"
        if seen in _INVISIBLE
        else f"{fr} ({code}), invisible : le supprimer",
        f"{en} ({code}), invisible, in the middle of the file: remove it"
        if seen in _INVISIBLE
        else f"{en} ({code}), invisible: remove it",
        Edit(scene.offset, scene.offset + 1, ""),
    )
