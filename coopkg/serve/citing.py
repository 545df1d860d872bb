"""The reference of what a page says, ready to be put in a note."""

from __future__ import annotations

from coopkg.errors import Lang
from coopkg.generation import Generation
from coopkg.serve import i18n, links
from coopkg.typography import french


def reference(title: str, found: Generation, site: str, path: str, lang: Lang) -> str:
    """Return the reference of a page of ours; its address names the generation it was read in.

    `site` is the public address of the installation, `path` that of the page in it.
    """
    day = i18n.date(found.manifest.published, lang)
    address = site + links.at(path, found.id)
    if lang == "fr":
        return french(
            f"« {title} », coopkg, graphe de connaissances de la coopération internationale du "
            f"CNFPT (non officiel), génération {found.id}, {day}. {address}"
        )
    return (
        f"“{title}”, coopkg, knowledge graph of the international cooperation of the CNFPT "
        f"(unofficial), generation {found.id}, {day}. {address}"
    )
