"""What is said of a question typed: how each word was understood, or why it was not. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from coopkg.search.find import label
from coopkg.search.ideas import COST, COUNT, HOW, MOST, NOT, ORIGIN, WHEN, WHERE, WHO, WHOM, WHY
from coopkg.search.index import Index
from coopkg.search.reading import Text, Token
from coopkg.search.typed import LEAST_MET, SURE, Reading
from coopkg.typography import french

Said = Mapping[str, str]
HOWS: Final[Mapping[str, tuple[str, str]]] = {
    "exact": ("par son nom", "by its name"),
    "alias": ("par un autre de ses noms", "by another of its names"),
    "stem": ("par une autre forme de son nom", "by another form of its name"),
    "adjective": ("par l’adjectif de ce lieu", "by the adjective of this place"),
    "spelling": ("par une orthographe proche", "by a close spelling"),
    "prefix": ("par le début de son nom", "by the beginning of its name"),
    "part": ("par une partie de son nom", "by a part of its name"),
}
_ASKED: Final = (
    (NOT, "une exclusion", "an exclusion"),
    (WHY, "un motif", "a reason"),
    (HOW, "une manière", "a manner"),
    (WHEN, "une date", "a date"),
    (MOST, "un classement", "a ranking"),
    (COST, "un prix", "a price"),
    (ORIGIN, "une provenance", "an origin"),
    (WHERE, "un lieu", "a place"),
    (WHO, "une personne ou un organisme", "a person or a body"),
    (WHOM, "une personne ou un organisme", "a person or a body"),
    (COUNT, "un nombre", "a number"),
)


def said(fr: str, en: str) -> dict[str, str]:
    """Return a text in both languages, French typeset."""
    return {"fr": french(fr), "en": en}


def how(kind: str) -> dict[str, str]:
    """Return in words how a name was found."""
    return said(*HOWS[kind])


def too_long(most: int) -> Said:
    """Say that nothing was read: the text is too long."""
    return said(
        f"Le texte dépasse {most} caractères : il n’a pas été lu. Posez une question plus courte.",
        f"The text is longer than {most} characters: it was not read. Ask a shorter question.",
    )


def nothing_readable() -> Said:
    """Say that there is no word in what was typed."""
    return said(
        "Ce texte ne contient aucun mot que ces données connaissent.",
        "This text holds no word that these data know.",
    )


def refusal(index: Index, text: Text, found: Sequence[Reading]) -> Said:
    """Return why what was typed is not read as a question, naming the words in the way."""
    abroad = list(dict.fromkeys(one.abroad for one in text.tokens if one.abroad[0]))
    if abroad:
        return said(
            f"Les sources ne nomment pas ce lieu : {', '.join(fr for fr, _ in abroad)}.",
            f"The sources do not name this place: {', '.join(en for _, en in abroad)}.",
        )
    used = set(range(len(text.tokens))) - set(found[0].unexplained) if found else set()
    unknown = [
        one for at, one in enumerate(text.tokens) if one.needed and not one.known and at not in used
    ]
    if unknown:
        fr, en = _quoted(unknown)
        years = _years(found)
        if years and all(one.word.text.isdigit() for one in unknown):
            return said(
                f"Les sources ne parlent pas de {fr} ; années possibles : {years}.",
                f"The sources do not speak of {en}; possible years: {years}.",
            )
        return said(
            f"Mots non compris : {fr}. Les laisser de côté changerait la question.",
            f"Words not understood: {en}. Leaving them out would change the question.",
        )
    if not found or not text.content:
        return nothing_readable()
    return _of_best(index, text, found[0])


def _of_best(index: Index, text: Text, best: Reading) -> Said:
    if best.unexplained:
        return _unexplained([text.tokens[at] for at in best.unexplained])
    if best.unlike:
        return said(
            "Cette phrase demande un oui ou un non, et aucune question ne vérifie cela.",
            "This sentence asks for a yes or a no, and no question checks that.",
        )
    if best.several:
        name = next(iter(best.several))
        typed = text.slice(sorted(best.chosen[name].at))
        called = [
            label(index.things.get(one, {"fr": one, "en": one})) for one in _things(best, name)
        ]
        return said(
            f"« {typed} » désigne plusieurs choses : {', '.join(one['fr'] for one in called)}.",
            f"“{typed}” names several things: {', '.join(one['en'] for one in called)}.",
        )
    if best.missing:
        named = [one.label for one in best.missing]
        return said(
            f"Il manque un choix pour répondre : {', '.join(one['fr'].lower() for one in named)}.",
            f"A choice is missing: {', '.join(one['en'].lower() for one in named)}.",
        )
    if best.score < SURE or best.met < LEAST_MET:
        asking = [one for at, one in enumerate(text.tokens) if at in text.asking]
        if asking:
            return _unexplained(asking)
        return said(
            "Cette phrase ne suffit pas à choisir une question.",
            "This sentence is not enough to choose a question.",
        )
    return said(
        "Ces mots nomment des choses, sans rien demander à leur sujet.",
        "These words name things, without asking anything about them.",
    )


def _years(found: Sequence[Reading]) -> str:
    """Return the years that the best question takes, when it takes years."""
    choices = found[0].question.choices if found else ()
    return next((", ".join(sorted(one.values)) for one in choices if one.kind == "integer"), "")


def _things(best: Reading, name: str) -> list[str]:
    return [best.chosen[name].thing, *(one.thing for one in best.several[name])][:6]


def _unexplained(tokens: Sequence[Token]) -> Said:
    for key, fr, en in _ASKED:
        met = [one for one in tokens if key in one.keys]
        if met:
            word = met[0].word.typed
            return said(
                f"Vous demandez {fr} (« {word} ») : aucune question ne répond à cela.",
                f"You ask for {en} (“{word}”): no question answers that.",
            )
    fr, en = _quoted(tokens)
    left = "reste" if len({one.word.typed for one in tokens}) == 1 else "restent"
    return said(
        f"Aucune question ne réunit tout cela ; {left} sans emploi : {fr}.",
        f"No question takes all of this; left unused: {en}.",
    )


def _quoted(tokens: Sequence[Token]) -> tuple[str, str]:
    words = list(dict.fromkeys(one.word.typed for one in tokens))
    return ", ".join(f"« {one} »" for one in words), ", ".join(f"“{one}”" for one in words)
