"""What pages say of contributions in plain words, in French and in English."""

from __future__ import annotations

from typing import Final

Both = tuple[str, str]

LICENCES: Final[dict[str, Both]] = {
    "etalab-2.0": ("Licence Ouverte 2.0 (Etalab)", "Licence Ouverte 2.0 (Etalab)"),
    "CC-BY-4.0": (
        "Creative Commons Attribution 4.0 (CC BY)",
        "Creative Commons Attribution 4.0 (CC BY)",
    ),
    "CC0-1.0": ("Domaine public (CC0 1.0)", "Public domain (CC0 1.0)"),
}
SHEETS: Final[dict[str, Both]] = {
    "organisation": ("des organismes", "organisations"),
    "embassy": ("des ambassades", "embassies"),
    "country-action": ("des actions dans un pays", "actions in a country"),
    "project": ("des projets de coopération", "cooperation projects"),
    "component": ("ce qu’une action apporte", "what an action brings"),
    "partnership": ("des partenariats", "partnerships"),
    "participation": ("qui participe à quoi", "who takes part in what"),
    "agreement": ("des accords de coopération", "cooperation agreements"),
    "training": ("des itinéraires de formation", "training itineraries"),
    "resource": ("des ressources numériques", "digital resources"),
}
STATES: Final[dict[str, Both]] = {
    "received": ("reçue, pas encore vérifiée", "received, not checked yet"),
    "waiting": ("vérifiée, attend qu’une personne la relise", "checked, waits for a person"),
    "accepted": ("acceptée, pas encore publiée", "accepted, not published yet"),
    "published": ("publiée", "published"),
    "refused": ("refusée", "refused"),
    "withdrawn": ("retirée par qui l’a envoyée", "taken back by who sent it"),
    "undone": ("retirée après acceptation", "taken out after it was accepted"),
    "failed": ("vérification ou publication impossible", "could not be checked or published"),
}
EVENTS: Final[dict[str, Both]] = {
    "received": ("reçue", "received"),
    "checked": ("vérifiée", "checked"),
    "accepted": ("acceptée", "accepted"),
    "published": ("publiée", "published"),
    "refused": ("refusée", "refused"),
    "withdrawn": ("retirée", "taken back"),
    "undone": ("annulée", "undone"),
    "undo-failed": ("annulation impossible", "could not be undone"),
    "failed": ("publication impossible", "could not be published"),
    "erased": ("effacée", "erased"),
    "redacted": (
        "débarrassée de ce qu’elle répétait d’une contribution effacée",
        "rid of what it repeated of a contribution that was erased",
    ),
}
ROLES: Final[dict[str, Both]] = {
    "reviewed": ("ses envois sont relus par une personne", "a person reviews what it sends"),
    "direct": ("ses envois valables sont publiés aussitôt", "what it sends is published at once"),
    "reviewer": ("relit ce que les autres envoient", "reviews what others send"),
    "operator": ("tient ce service", "runs this service"),
}
METHODS: Final[dict[str, Both]] = {
    "post": ("ajouter à ce que j’ai déjà envoyé", "add to what I sent before"),
    "put": (
        "remplacer tout ce que j’ai envoyé dans ce jeu de données",
        "replace all that I sent in this data set",
    ),
}
WAYS: Final[dict[str, Both]] = {
    "post": ("ajoute à ce que ce partenaire a envoyé", "adds to what this partner sent"),
    "put": ("remplace tout un jeu de données", "replaces a whole data set"),
    "patch": ("change une partie de ce qui a été envoyé", "changes part of what was sent"),
    "delete": ("efface tout un jeu de données", "deletes a whole data set"),
}
STATUS: Final[dict[str, Both]] = {
    "conforms": ("Tout est en ordre.", "Everything is in order."),
    "warnings": (
        "Le fichier peut être envoyé ; voici ce qui gagnerait à être complété.",
        "The file can be sent; here is what would be better completed.",
    ),
    "violations": (
        "Le fichier ne peut pas être envoyé tel quel : voici quoi corriger.",
        "The file cannot be sent as it is: here is what to correct.",
    ),
    "unparsable": ("Le fichier ne peut pas être lu.", "The file cannot be read."),
    "unsupported": ("Ce format n’est pas lu ici.", "This format is not read here."),
    "too-large": ("Le fichier est trop grand.", "The file is too large."),
    "not-checked": ("La vérification n’a pas abouti.", "The check did not end."),
}
PARTS: Final[dict[str, Both]] = {
    "status": ("elle change d’état", "its state changes"),
    "rows": ("ses lignes changent d’ordre", "its rows change places"),
    "related": ("ses réponses voisines changent", "its weaker matches change"),
    "gaps": ("ce qui n’est pas dit change", "what is not stated changes"),
    "computed": ("son calcul change", "its reckoning changes"),
    "lines": ("ce qui la fonde change", "what it rests on changes"),
}
SEVERITY: Final[dict[str, Both]] = {
    "violation": ("à corriger", "to correct"),
    "warning": ("à compléter", "to complete"),
    "info": ("à savoir", "to know"),
}


def said(table: dict[str, Both], name: str, lang: str) -> str:
    """Return a word of a table in one language, the name itself when it is not there."""
    both = table.get(name, (name, name))
    return both[lang == "en"]
