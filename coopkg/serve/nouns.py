"""The labels of columns as nouns, for many things. Pure."""

from __future__ import annotations

import re
from typing import Final

from coopkg.errors import Lang

# What follows belongs to the noun and stays as it is: « lignes d’activité », "lines of activity".
_TAIL: Final = {
    "fr": re.compile(r"\s(?:de|du|des|à|au|aux|en|par|sur|qui|et|ou)\s|\s(?:d’|d')"),
    "en": re.compile(r"\s(?:of|by|on|in|for|and|or|to)\s"),
}
_SENTENCES: Final = ("Ce qui", "What ", "Ce que")


def plural(label: str, lang: Lang) -> str:
    """Return the label of a column for many of its values.

    >>> plural("Ligne d’activité", "fr"), plural("Partenaire", "fr"), plural("Pays", "fr")
    ('Lignes d’activité', 'Partenaires', 'Pays')
    >>> plural("Country", "en"), plural("Line of activity", "en"), plural("Law", "en")
    ('Countries', 'Lines of activity', 'Laws')
    """
    if label.startswith(_SENTENCES):
        return "Résultats" if lang == "fr" else "Results"
    tail = _TAIL[lang].search(label)
    head, rest = (label[: tail.start()], label[tail.start() :]) if tail else (label, "")
    words = head.split(" ")
    if lang == "fr":
        return " ".join(_french(word) for word in words) + rest
    return " ".join([*words[:-1], _english(words[-1])]) + rest


def _french(word: str) -> str:
    if word.endswith(("s", "x", "z")) or not word:
        return word
    if word.endswith(("eau", "eu")):
        return word + "x"
    return word[:-2] + "aux" if word.endswith("al") else word + "s"


def _english(word: str) -> str:
    if word.endswith("s") or not word:
        return word
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + "es" if word.endswith(("x", "ch", "sh")) else word + "s"


def counted(number: int, label: str, lang: Lang) -> str:
    """Return a number of things in words, as a title does.

    >>> counted(1, "Partenaire", "fr"), counted(8, "Partenaire", "fr"), counted(2, "What is", "en")
    ('1 partenaire', '8 partenaires', '2 results')
    """
    few = number < 2 if lang == "fr" else number == 1
    singular = label
    if label.startswith(_SENTENCES):
        singular = "Résultat" if lang == "fr" else "Result"
    noun = singular if few else plural(label, lang)
    return f"{number} {noun[:1].lower()}{noun[1:]}"
