"""The causes of syntax errors that lie inside one word: a prefix, an IRI, a character."""

from __future__ import annotations

import re
from difflib import get_close_matches
from re import Match
from typing import Final

from coopkg.build.turtle.scene import Cause, Scene
from coopkg.terms import PREFIXES

QUOTES: Final = "“”„‟«»‹›‘’‚"
SPACES: Final = "\u00a0\u202f\u2007\u2009\u3000"
SCHEMES: Final = frozenset({"http", "https", "mailto", "urn", "ftp", "file", "tel", "doi"})


def prefix(scene: Scene, match: Match[str]) -> Cause:
    """Say what to do about a prefix that is not declared."""
    name, at = match[1].removesuffix(":"), scene.offset
    if name.lower() in SCHEMES:
        return Cause(
            at,
            f"un IRI s’écrit entre < et > : <{name}:…>",
            f"an IRI is written between < and >: <{name}:…>",
        )
    if name.lower() == "graph":
        return Cause(at, "il manque une espace après GRAPH", "a space is missing after GRAPH")
    if name in PREFIXES:
        line = f"@prefix {name}: <{PREFIXES[name]}> ."
        return Cause(
            at,
            f"préfixe « {name}: » non déclaré ; ajouter en tête du fichier : {line}",
            f"prefix {name}: is not declared; add at the top of the file: {line}",
        )
    near = get_close_matches(name, [*scene.declared, *PREFIXES], n=1)
    if near:
        return Cause(
            at,
            f"préfixe « {name}: » inconnu ; vouliez-vous écrire « {near[0]}: » ?",
            f"prefix {name}: is unknown; did you mean {near[0]}:?",
        )
    return Cause(
        at,
        f"préfixe « {name}: » non déclaré ; ajouter en tête : @prefix {name}: <son IRI> .",
        f"prefix {name}: is not declared; add at the top: @prefix {name}: <its IRI> .",
    )


def iri(scene: Scene, match: Match[str]) -> Cause:
    """Say what a character does not do in an IRI, or that the IRI never ends."""
    start = scene.offset
    inside = scene.text.content[start + 1 :].partition(">")[0]
    if match[1].isspace() and (re.search(r"[\r\n<]", inside) or " " not in inside.strip()):
        return Cause(
            start,
            "IRI ouvert par < et jamais refermé par >",
            "IRI opened by < and never closed by >",
        )
    name = "une espace" if match[1].isspace() else f"« {match[1]} »"
    name_en = "a space" if match[1].isspace() else f"“{match[1]}”"
    code = "".join(f"%{byte:02X}" for byte in match[1].encode())
    return Cause(
        start + 1 + max(inside.find(match[1]), 0),
        f"{name} dans un IRI ; écrire {code}",
        f"{name_en} inside an IRI; write {code}",
    )


def character(scene: Scene, match: Match[str]) -> Cause:
    """Say what a character that begins no word may stand for."""
    seen = match[1]
    if seen in QUOTES:
        return Cause(
            scene.offset,
            f'guillemet typographique {seen} : un texte s’écrit entre guillemets droits, "…"',
            f'typographic quote {seen}: a text is written between straight quotes, "…"',
        )
    if seen in SPACES:
        return Cause(
            scene.offset,
            f"espace insécable (U+{ord(seen):04X}) hors d’un texte : mettre une espace simple",
            f"non-breaking space (U+{ord(seen):04X}) outside a text: put a plain space",
        )
    if seen in "/+!$&'()*=?#@%" and scene.before.kind == "name":
        return Cause(
            scene.offset,
            f"« {seen} » ne peut pas suivre un préfixe tel quel : écrire \\{seen}, ou "
            "l’IRI entier entre < et >",
            f"“{seen}” cannot follow a prefix as it is: write \\{seen}, or the whole IRI "
            "between < and >",
        )
    shown = seen if seen.isprintable() else f"U+{ord(seen):04X}"
    return Cause(
        scene.offset,
        f"caractère inattendu « {shown} »",
        f"unexpected character “{shown}”",
    )
