"""Every rule that what is sent is held to: its name, what it says, and what to do.

Findings, refusals, `docs/errors.md` and the page of refusals name rules alike; a test holds that
none that the checker names is missing here, and none here is named by nothing.
"""

# ruff: noqa: E501 - a table, one rule a line

from __future__ import annotations

from typing import Final, NamedTuple

from coopkg.linking.identifiers import KINDS


class Rule(NamedTuple):
    """A rule: what it says and what to do when it is broken, in French and in English."""

    fr: str
    en: str
    do_fr: str
    do_en: str


READING: Final = {
    "syntax": Rule("Une ligne mal écrite", "A line wrongly written", "Corriger la ligne comme le rapport le propose.", "Mend the line as the report proposes."),
    "encoding": Rule("Un fichier qui n’est pas en UTF-8", "A file that is not in UTF-8", "Enregistrer le fichier en UTF-8 (« CSV UTF-8 » dans un tableur).", "Save the file as UTF-8 (“CSV UTF-8” in a spreadsheet)."),
    "byte-order-mark": Rule("Une marque au début du fichier", "A mark at the start of the file", "Rien : elle est ôtée à la lecture.", "Nothing: it is removed when the file is read."),
    "empty": Rule("Un fichier qui ne dit rien", "A file that says nothing", "Y écrire au moins une ligne de données.", "Write at least one row of data in it."),
    "unsupported": Rule("Un format qui n’est pas lu", "A format that is not read", "Envoyer du Turtle, TriG, N-Triples, JSON-LD, CSV ou XLSX.", "Send Turtle, TriG, N-Triples, JSON-LD, CSV or XLSX."),
    "remote-context": Rule("Un contexte JSON-LD pris ailleurs", "A JSON-LD context from elsewhere", "L’écrire dans le fichier, ou nommer le nôtre : rien n’est téléchargé.", "Write it in the file, or name ours: nothing is fetched."),
    "unread-key": Rule("Une clé JSON-LD que rien n’explique", "A JSON-LD key that nothing explains", "L’ajouter au @context, ou écrire l’adresse de la propriété : sinon, ce qu’elle dit n’est pas lu.", "Add it to the @context, or write the address of the property: else what it says is not read."),
    "unread-language": Rule("Une langue qui n’en est pas une", "A language that is none", "Écrire son code : fr, en, ar…", "Write its code: fr, en, ar…"),
    "xml-dtd": Rule("Une déclaration DOCTYPE ou ENTITY", "A DOCTYPE or ENTITY declaration", "Écrire les valeurs en entier.", "Write the values in full."),
    "triple-term": Rule("Un triplet cité dans un autre", "A triple quoted in another", "Écrire deux triplets.", "Write two triples."),
    "odd": Rule("Quelque chose d’inhabituel", "Something unusual", "Vérifier que c’est voulu.", "Check that it is meant."),
}  # fmt: skip
LIMITS: Final = {
    "limit-quads": Rule("Trop de triplets", "Too many triples", "Couper l’envoi en plusieurs.", "Cut the upload in several."),
    "limit-literal": Rule("Un texte trop long", "A text too long", "Donner l’adresse d’un document à la place.", "Give the address of a document instead."),
    "limit-depth": Rule("Trop de niveaux imbriqués", "Too many nested levels", "Donner une adresse à chaque chose.", "Give each thing an address."),
    "limit-columns": Rule("Trop de colonnes", "Too many columns", "Ôter les colonnes inutiles.", "Remove the columns not needed."),
    "limit-cells": Rule("Trop de cellules", "Too many cells", "Couper la feuille en plusieurs.", "Cut the sheet in several."),
    "limit-sheets": Rule("Trop de feuilles", "Too many sheets", "Envoyer moins de feuilles.", "Send fewer sheets."),
    "limit-unpacked": Rule("Un classeur trop gros une fois ouvert", "A workbook too large once unpacked", "L’enregistrer de nouveau, sans images.", "Save it again, without pictures."),
    "check-time": Rule("Une vérification trop longue", "A check that takes too long", "Envoyer moins à la fois.", "Send less at a time."),
    "check-memory": Rule("Une vérification qui demande trop de mémoire", "A check that needs too much memory", "Envoyer moins à la fois.", "Send less at a time."),
    "too-deep": Rule("Un fichier trop imbriqué pour être lu", "A file nested too deep to be read", "Donner une adresse à chaque chose.", "Give each thing an address."),
    "check-failed": Rule("Une vérification qui a échoué par notre faute", "A check that failed by our fault", "Nous le signaler ; l’envoi est gardé.", "Tell us; what was sent is kept."),
    "not-all-checked": Rule("Tout n’a pas été vérifié", "Not everything was checked", "Envoyer moins à la fois.", "Send less at a time."),
}  # fmt: skip
PRIVILEGE: Final = {
    "graph": Rule("Le jeu de données d’un autre", "The data set of another", "Écrire dans les vôtres : graph/partner/<votre nom> et ce qui est dessous.", "Write in your own: graph/partner/<your name> and what is below."),
    "foreign-subject": Rule("Une chose qui n’est pas à vous", "A thing that is not yours", "Décrire ce dont l’adresse commence par la vôtre ; les autres peuvent être nommées comme valeurs.", "Describe what has an address that begins with yours; others may be named as values."),
    "core-term": Rule("Un mot du vocabulaire commun", "A word of the common vocabulary", "L’employer, sans le définir de nouveau.", "Use it, without defining it again."),
    "axiom": Rule("Une règle au lieu d’un fait", "A rule instead of a fact", "Dire des faits : owl:, rdfs: et rdf: n’entrent pas, sauf rdf:type, rdfs:label, rdfs:comment et rdfs:seeAlso.", "State facts: owl:, rdfs: and rdf: do not enter, but for rdf:type, rdfs:label, rdfs:comment and rdfs:seeAlso."),
    "identity": Rule("Deux choses déclarées n’en faire qu’une", "Two things declared to be one", "Écrire rdfs:seeAlso, ou proposer un lien, qu’une personne accepte.", "Write rdfs:seeAlso, or propose a link, which a person accepts."),
    "mapping": Rule("Une correspondance avec une chose d’ailleurs", "A match with a thing of others", "La proposer comme lien : une personne l’accepte.", "Propose it as a link: a person accepts it."),
    "shacl": Rule("Une forme qui vérifie les données", "A shape that checks data", "L’ôter : ce qui vérifie n’est pas contribué.", "Remove it: what checks is not contributed."),
    "provenance": Rule("L’origine d’un fait dite par qui l’envoie", "The origin of a fact said by who sends it", "L’ôter : elle est écrite à la publication.", "Remove it: it is written when published."),
    "iri-scheme": Rule("Une adresse qui n’est pas du web", "An address that is not of the web", "Écrire une adresse http:// ou https://.", "Write an http:// or https:// address."),
    "iri-character": Rule("Un signe qu’une adresse n’a pas", "A sign that no address has", "Ôter le signe, ou l’écrire en %.", "Remove the sign, or write it with %."),
    "iri-path": Rule("Une adresse qui en devient une autre (« .. »)", "An address that becomes another (“..”)", "Écrire l’adresse en entier, sans « . » ni « .. ».", "Write the address in full, without “.” or “..”."),
    "control-character": Rule("Un caractère de contrôle", "A control character", "L’ôter du texte ou de la cellule.", "Remove it from the text or the cell."),
    **{
        f"identifier-{kind.name}": Rule(
            f"Un identifiant qui ne peut pas en être un : {kind.name}", f"An identifier that cannot be one: {kind.name}", f"Le recopier depuis son registre ; par exemple {kind.example}.", f"Copy it again from its register; for example {kind.example}."
        )
        for kind in KINDS
    },
}  # fmt: skip
TABLES: Final = {
    "unknown-table": Rule("Une feuille dont les titres ne disent rien", "A sheet whose headings say nothing", "Partir du modèle, ou dire ce que sont ses colonnes.", "Start from the template, or say what its columns are."),
    "missing-sheet": Rule("Une feuille qui manque", "A sheet that is missing", "La remettre, ou choisir une autre feuille.", "Put it back, or choose another sheet."),
    "mapping-file": Rule("Une correspondance de colonnes illisible", "A mapping of columns that cannot be read", "La reprendre depuis la page des colonnes.", "Take it again from the page of columns."),
    "misnamed-column": Rule("Un titre de colonne mal écrit", "A heading wrongly written", "Écrire le titre proposé.", "Write the heading proposed."),
    "missing-column": Rule("Une colonne obligatoire qui manque", "A required column that is missing", "L’ajouter.", "Add it."),
    "double-column": Rule("Une colonne présente deux fois", "A column that is there twice", "N’en garder qu’une.", "Keep one."),
    "unnamed-column": Rule("Une colonne sans titre", "A column without a heading", "Lui donner un titre, ou l’ôter.", "Give it a heading, or remove it."),
    "unknown-column": Rule("Une colonne inconnue", "An unknown column", "La renommer, ou l’ôter.", "Rename it, or remove it."),
    "ignored-sheet": Rule("Une feuille laissée de côté", "A sheet left out", "Rien, si c’est voulu ; sinon, dire ce que sont ses colonnes.", "Nothing, if it is meant; else say what its columns are."),
    "ignored-column": Rule("Une colonne laissée de côté", "A column left out", "Rien, si c’est voulu.", "Nothing, if it is meant."),
    "removed-column": Rule("Une colonne ôtée d’une feuille téléchargée", "A column removed from a downloaded sheet", "Rien : ses valeurs ne changent pas.", "Nothing: its values do not change."),
    "rows-above": Rule("Des lignes au-dessus des titres", "Lines above the headings", "Les effacer : les titres vont à la première ligne.", "Delete them: the headings go on the first line."),
    "missing-name": Rule("Une ligne que rien ne désigne", "A row that nothing designates", "Lui donner un identifiant ou un nom.", "Give it an identifier or a name."),
    "missing-value": Rule("Une case obligatoire vide", "A required cell that is empty", "La remplir.", "Fill it in."),
    "slug": Rule("Un identifiant qui n’entre pas dans une adresse", "An identifier that fits no address", "Minuscules sans accent, chiffres et tirets.", "Small letters, digits and hyphens."),
    "unknown-name": Rule("Un nom inconnu", "An unknown name", "Choisir dans la liste du modèle, ou écrire l’adresse.", "Choose in the list of the template, or write the address."),
    "ambiguous-name": Rule("Un nom qui désigne plusieurs choses", "A name of several things", "Écrire l’adresse voulue.", "Write the address meant."),
    "not-address": Rule("Ce n’est pas une adresse", "This is not an address", "Écrire https://…", "Write https://…"),
    "not-integer": Rule("Ce n’est pas un nombre entier", "This is not a whole number", "Écrire des chiffres seuls.", "Write digits alone."),
    "not-decimal": Rule("Ce n’est pas un nombre", "This is not a number", "Écrire un nombre, comme 12,5.", "Write a number, such as 12.5."),
    "not-date": Rule("Ce n’est pas une date", "This is not a date", "Écrire année-mois-jour, comme 2018-01-31.", "Write year-month-day, such as 2018-01-31."),
    "not-thing": Rule("Ce n’est ni un nom connu ni une adresse", "This is neither a known name nor an address", "Choisir dans la liste, ou écrire l’adresse.", "Choose in the list, or write the address."),
    "not-boolean": Rule("Ce n’est ni oui ni non", "This is neither yes nor no", "Écrire oui ou non.", "Write yes or no."),
    "formula": Rule("Une formule", "A formula", "Coller sa valeur : rien n’est calculé ici.", "Paste its value: nothing is computed here."),
    "cell-error": Rule("Une erreur du tableur", "An error of the spreadsheet", "Corriger la formule puis coller sa valeur, ou vider la cellule.", "Mend the formula then paste its value, or empty the cell."),
    "surplus-cell": Rule("Plus de cellules que de titres", "More cells than headings", "Mettre entre guillemets un texte qui contient le séparateur ; ôter ce qui est de trop.", "Put a text that holds the separator between quotes; take out what is too many."),
    "several-values": Rule("Plusieurs valeurs dans une cellule", "Several values in one cell", "Les séparer comme la colonne le demande, ou faire une ligne pour chacune.", "Separate them as the column asks, or make a row for each."),
    "csv-quote": Rule("Un guillemet qui ne se referme pas", "A quote that is not closed", "Le refermer ; à l’intérieur d’un texte, l’écrire deux fois.", "Close it; inside a text, write it twice."),
    "merged-cells": Rule("Des cellules fusionnées", "Merged cells", "Les défusionner : seule la première a une valeur.", "Unmerge them: only the first has a value."),
    "not-a-workbook": Rule("Un classeur illisible", "A workbook that cannot be read", "L’enregistrer de nouveau au format .xlsx ou CSV UTF-8.", "Save it again as .xlsx or CSV UTF-8."),
}  # fmt: skip
CORRECTIONS: Final = {
    "unchanged": Rule("Rien n’a changé depuis le téléchargement", "Nothing has changed since the download", "Corriger au moins une cellule.", "Correct at least one cell."),
    "changed-since": Rule("La donnée a changé depuis le téléchargement", "The data have changed since the download", "La télécharger de nouveau, puis corriger.", "Download it again, then correct."),
    "double-row": Rule("Deux lignes pour une même chose", "Two rows for one thing", "Donner à la seconde un autre identifiant, ou l’effacer.", "Give the second another identifier, or delete it."),
    "lost-marks": Rule("Une feuille téléchargée dont les repères ont disparu", "A downloaded sheet whose marks are gone", "Télécharger de nouveau, et y reporter les corrections.", "Download it again, and make the corrections there."),
    "beside-published": Rule("Une valeur à côté d’une autre, déjà publiée", "A value beside another one, published before", "Rien, si les deux valent ; sinon, corriger dans « vos données ».", "Nothing, if both hold; else correct it in “your data”."),
    "sorted-apart": Rule("Des lignes triées sans leurs colonnes masquées", "Rows sorted without their hidden columns", "Vérifier ce qui change ; trier toutes les colonnes ensemble.", "Check what changes; sort all the columns together."),
    "missing-row": Rule("Une ligne qui n’est plus là", "A row that is gone", "Rien n’est retiré : pour retirer une chose, le demander.", "Nothing is removed: to remove a thing, ask for it."),
    "new-row": Rule("Une ligne nouvelle dans une réponse", "A new row in an answer", "L’ajouter par « vos données » ou par un modèle.", "Add it by “your data” or by a template."),
    "cut-text": Rule("Un texte coupé par le tableur", "A text cut by the spreadsheet", "Le corriger dans un autre format.", "Correct it in another format."),
    "two-ways": Rule("Deux corrections qui se contredisent", "Two corrections that disagree", "N’en garder qu’une.", "Keep one."),
    "unknown-answer": Rule("Une réponse que rien ne reconnaît", "An answer that nothing recognises", "La télécharger de nouveau.", "Download it again."),
    "computed-cell": Rule("Une cellule calculée", "A computed cell", "Corriger ce dont elle est faite.", "Correct what it is made of."),
    "inferred-cell": Rule("Une cellule déduite", "An inferred cell", "Corriger les faits dont elle vient.", "Correct the facts it comes from."),
    "several-facts": Rule("Une cellule de plusieurs faits", "A cell of several facts", "Les corriger dans « vos données ».", "Correct them in “your data”."),
    "others-cell": Rule("Une cellule que d’autres disent", "A cell that others state", "Signaler l’erreur.", "Report the mistake."),
    "empty-cell": Rule("Une cellule vidée", "A cell that was emptied", "La retirer dans « vos données ».", "Remove it in “your data”."),
    "beside-cell": Rule("Une cellule à côté de la réponse", "A cell beside the answer", "Rien : elle n’est pas envoyée.", "Nothing: it is not sent."),
}  # fmt: skip
SECTIONS: Final[tuple[tuple[str, str, dict[str, Rule]], ...]] = (
    ("Lire le fichier", "Reading the file", READING),
    ("Les limites", "Limits", LIMITS),
    ("Ce que chacun peut dire", "What each may say", PRIVILEGE),
    ("Les tableaux", "Tables", TABLES),
    ("Les feuilles renvoyées corrigées", "Sheets sent back corrected", CORRECTIONS),
)
RULES: Final = {name: rule for _, _, rules in SECTIONS for name, rule in rules.items()}
