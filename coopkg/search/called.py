"""What people call the things whose label is a term of the vocabulary. Pure.

A line is one thing: the end of its IRI, then the names that people give it and no label holds.
A name here is a whole name: single words that may mean something else have no place.
"""

from __future__ import annotations

from typing import Final

_CALLED: Final = """
layer/reference: répertoires extérieurs, répertoires externes, annuaires extérieurs, sources
 extérieures, external directories, external registers, outside sources, external sources
layer/curation: ajouts de l’éditeur, interprétations de l’éditeur, couche de curation, curation
 layer, editor’s additions, additions of the editor, editor’s interpretation
layer/brochure: couche de la brochure, texte imprimé, brochure layer, printed text
partner-route/prose: cités dans le texte, nommés dans le texte, cités dans une phrase, named in the
 text, mentioned in the text, quoted in the text, named in a sentence
partner-route/listed: cités dans une liste, listés seulement, named on a list, named in a list
partner-route/action: action par pays, action décrite, country action, described action
terms/creator: auteur, rédacteur, author, writer
terms/issued: date de parution, année de publication, année de parution, date d’édition, date of
 issue, year of publication, publication date, publication year, release date
terms/publisher: maison d’édition, publishing house
terms/subject: sujet traité, objet, subject matter
ns#slogan: devise, motto, tagline
gap-reason/not-stated: non précisé, pas précisé, non dit, not specified, not said, unspecified
gap-reason/out-of-scope: hors sujet, hors champ, hors du champ, outside the scope
gap-reason/only-examples: seulement des exemples, que des exemples, examples only
gap-reason/listed-without-action: listés sans action, partenaires sans action, listed with no action
"""


def _table() -> dict[str, tuple[str, ...]]:
    """Return the names of each thing by the end of its IRI."""
    found = {}
    for line in _CALLED.replace("\n ", " ").strip().splitlines():
        thing, names = line.split(": ", 1)
        found[thing] = tuple(one.strip() for one in names.split(","))
    return found


_TABLE: Final = _table()


def called(iri: str) -> tuple[str, ...]:
    """Return what people call a thing, beside its labels.

    >>> called("http://purl.org/dc/terms/creator")[0], called("https://example.org/x")
    ('auteur', ())
    """
    return _TABLE.get("/".join(iri.rsplit("/", 2)[-2:]), ()) or _TABLE.get(
        iri.rsplit("/", 1)[-1], ()
    )
