"""What kind of answer is asked for, and what kinds a question gives. Pure.

« Qui », « où », « quand », « combien » ask for an actor, a place, a time, a number. A question
gives those that its columns hold, and those that one of its wordings asks for, with that wording.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, Final

from coopkg.search.empty import FILLER, STOP, word_set
from coopkg.search.ideas import COST, COUNT, LED, UNCOUNTED, WHEN, WHERE, WHO, WHOM
from coopkg.search.words import Keys, keys

KINDS: Final[Keys] = frozenset({WHO, WHOM, WHERE, WHEN, COUNT, COST})
HOLDS: Final[Mapping[str, Keys]] = {
    "actor": frozenset({WHO, WHOM}),
    "place": frozenset({WHERE, "~domicilier"}),
    "date": frozenset({WHEN, "~date"}),
}
"""What asks for each kind of thing that a column may hold."""
BLANK: Final = "{"
"""How a blank begins among the words of a wording."""
NAMING: Final = word_set("liste lister list noms names")
"""After which stands what is asked for, as after « quels »."""
_WHICH: Final = LED | word_set("what who qui whose")
_OPEN: Final = word_set("what who qui whose")
_ETRE: Final = word_set("est sont etait etaient furent sera seront")
_BEING: Final = word_set("is are was were s re")
_AUX: Final = word_set("do does did can could will would should may might has have had to")
_AFTER: Final = word_set("about on for")
_HELD: Final = word_set("actor place")
_PLACES: Final = word_set("country place zone area host")
"""Names of the columns that hold a place."""


def heads(words: Sequence[str]) -> tuple[int, ...]:
    """Return the places of the words that name what is asked for: two, as one may qualify.

    >>> heads("quels sont les nouveaux partenaires".split())
    (3, 4)
    >>> heads("what does the fund do".split()), heads("which partners".split())
    ((), (1,))
    """
    for at, word in enumerate(words):
        first = all(one in STOP or one in FILLER for one in words[:at])
        if word in _WHICH or word == "combien" or (first and _names(word)):
            after = list(words[at + 1 :])
            if not after or after[0] in _AUX or (word == "what" and after[-1] in _AFTER):
                return ()
            if word in _OPEN and after[0] not in (_ETRE if word == "qui" else _BEING | LED):
                return ()
            return _first(words, at + 1)
    return ()


def _names(word: str) -> bool:
    return word in NAMING or COUNT in keys(word)


def _first(words: Sequence[str], start: int) -> tuple[int, ...]:
    """Return the places of the first word that counts, and of the next when it stands beside."""
    for at in range(start, len(words)):
        if words[at].startswith(BLANK):
            return (at,)
        if words[at] in STOP or words[at] in FILLER or not keys(words[at]).isdisjoint(UNCOUNTED):
            continue
        beside = words[at + 1 : at + 2]
        whole = beside and not beside[0].startswith(BLANK) and beside[0] not in STOP
        return (at, at + 1) if whole else (at,)
    return ()


def named(words: Sequence[str]) -> Keys:
    """Return the kinds that are asked for by their names: « quelle année » asks when."""
    found = frozenset(key for at in heads(words) for key in keys(words[at]))
    return frozenset({WHEN}) if found & {"~annee", "~date"} else frozenset()


def held(columns: Iterable[Mapping[str, Any]], blanks: Container[str]) -> dict[str, frozenset[str]]:
    """Return the columns that hold each kind of thing: actors, places, dates.

    Who is asked for is never what a blank is filled with.
    """
    found: dict[str, set[str]] = {}
    for one in columns:
        kinds = set(one.get("holds", ())) & _HELD
        if one["name"] in blanks:
            kinds.discard("actor")
        if one["name"] in _PLACES:
            kinds.add("place")
        if one["kind"] == "date":
            kinds.add("date")
        for kind in kinds:
            found.setdefault(kind, set()).add(one["name"])
    return {kind: frozenset(names) for kind, names in found.items()}


def gives(of: Mapping[str, frozenset[str]], chosen: Iterable[str]) -> Keys:
    """Return what may be asked of a question with some blanks filled, whatever the wording."""
    filled = frozenset(chosen)
    return frozenset(key for kind, names in of.items() if names - filled for key in HOLDS[kind])


_OPENING: Final = word_set("is are was were does do did est sont")
_PRONOUNS: Final = word_set("il elle ils elles")
_THERE: Final = word_set(
    "y there existe existent exist exists any avez have vous you encore toujours still know sait "
    "savez connait possible"
)
_ASKED: Final = word_set(
    "quel quelle quels quelles lequel laquelle lesquels lesquelles combien qui que qu quoi ou "
    "quand comment pourquoi which what who whom whose how where when why dont"
)


def is_whether(words: Sequence[str]) -> bool:
    """Tell whether a yes or a no is asked for, of more than that there is something.

    >>> is_whether("le cefal est il une ecole".split()), is_whether("y a t il une ecole".split())
    (True, False)
    """
    if not _THERE.isdisjoint(words):
        return False
    if list(words[:3]) in (["est", "ce", "que"], ["est", "ce", "qu"]):
        return _ASKED.isdisjoint(words[3:])
    if not _ASKED.isdisjoint(words):
        return False
    return words[:1] != [] and (words[0] in _OPENING or not _PRONOUNS.isdisjoint(words[1:]))


def is_statement(words: Sequence[str]) -> bool:
    """Tell whether words say that a thing is another: « l’AFD est un partenaire ».

    >>> is_statement("l afd est un partenaire".split()), is_statement("qui est l afd".split())
    (True, False)
    """
    is_ = not _STATES.isdisjoint(words[1:])
    return is_ and _ASKED.isdisjoint(words) and _THERE.isdisjoint(words)


_STATES: Final = word_set("est sont is are")
