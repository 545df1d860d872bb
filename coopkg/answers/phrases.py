"""Facts as sentences: « L’action en Tunisie » a pour partenaire « AFD ».

The labels of our properties are verb phrases: a subject, the label and an object make a sentence.
`PATTERNS` says it better where a label cannot: numbers, yes or no, agreement in French. Names are
quoted, so that no article, gender or plural can be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pyoxigraph as ox

from coopkg.answers.catalogue import NUMBERS, Catalogue, literal_words
from coopkg.errors import Lang
from coopkg.terms import NS, PREFIXES, RDF_TYPE, Term, Triple, compact
from coopkg.typography import french

# {s}: the subject; {o}: the object. French may be typed with plain spaces.
_PATTERNS: Final = {
    "actsForState": ("{s} agit au nom de cet État : {o}.", "{s} acts for the State {o}."),
    "basedIn": ("{s} se trouve ici : {o}.", "{s} is based in {o}."),
    "contributionOrder": (
        "{s} vient au rang {o} dans la liste imprimée.",
        "{s} is number {o} in the printed list.",
    ),
    "countryNotStated": (
        "La source n’indique pas le pays de {s} : {o}.",
        "The source does not state the country of {s}: {o}.",
    ),
    "daysPerModule": ("{s} compte {o} jours par module.", "{s} has {o} days per module."),
    "designedBy": ("{o} a imaginé {s}.", "{o} designed {s}."),
    "developedBy": ("{o} a conçu {s}.", "{o} developed {s}."),
    "documentDate": ("{s} porte la date du {o}.", "{s} is dated {o}."),
    "endYear": ("{s} finit en {o}.", "{s} ends in {o}."),
    "governedBy": ("{o} encadre {s}.", "{o} governs {s}."),
    "heldBy": ("{o} tient ce rôle : {s}.", "{o} holds this role: {s}."),
    "hostCountry": ("{s} se trouve dans ce pays : {o}.", "{s} is hosted by the country {o}."),
    "identifiedForm": (
        "La base reconnaît {s} sous la forme {o}.",
        "The base recognises {s} in the form {o}.",
    ),
    "inForceUntil": ("{s} est en vigueur jusqu’au {o}.", "{s} is in force until {o}."),
    "indicator": ("Ce que compte {s} : {o}.", "What {s} counts: {o}."),
    "intendedFor": ("{s} a pour destinataire {o}.", "{s} is intended for {o}."),
    "isAmended": (
        "Le texte {s} a-t-il été modifié ? {o}.",
        "Has the text {s} been amended? {o}.",
    ),
    "isStatedTotal": (
        "Le document imprime-t-il {s} comme un total ? {o}.",
        "Does the document print {s} as a total? {o}.",
    ),
    "keyPhrase": ("{s} contient les mots {o}.", "{s} contains the words {o}."),
    "launchYear": ("Année de lancement de {s} : {o}.", "{s} was launched in {o}."),
    "launchedBy": ("{o} a lancé {s}.", "{o} launched {s}."),
    "launchedWithin": ("Le cadre du lancement de {s} est {o}.", "{s} was launched within {o}."),
    "lineEnd": (
        "{s} : fin à la ligne {o} de la transcription.",
        "{s}: ends at line {o} of the transcript.",
    ),
    "lineStart": (
        "{s} : début à la ligne {o} de la transcription.",
        "{s}: starts at line {o} of the transcript.",
    ),
    "madeAvailableBy": ("{o} met à disposition {s}.", "{o} makes {s} available."),
    "namedUnder": (
        "Le document nomme {s} à la suite de {o}.",
        "The document names {s} under {o}.",
    ),
    "numberOfBodies": ("{s} compte {o} organismes.", "{s} has {o} bodies."),
    "numberOfECommunities": ("{s} compte {o} e-communautés.", "{s} has {o} e-communities."),
    "numberOfEntries": ("{s} compte {o} entrées.", "{s} has {o} entries."),
    "numberOfLines": ("{s} compte {o} lignes imprimées.", "{s} has {o} printed lines."),
    "numberOfModules": ("{s} compte {o} modules.", "{s} has {o} modules."),
    "participant": ("La participation {s} revient à {o}.", "The participation {s} belongs to {o}."),
    "partOfOrganisation": ("{s} dépend de {o}.", "{s} belongs to {o}."),
    "providedBy": ("{o} fournit {s}.", "{o} provides {s}."),
    "role": (
        "La participation {s} se fait dans le rôle {o}.",
        "The participation {s} is in the role {o}.",
    ),
    "startYear": ("{s} commence en {o}.", "{s} starts in {o}."),
    "statementForce": (
        "Le document énonce {s} avec cette force : {o}.",
        "The document states {s} with this force: {o}.",
    ),
    "toBeVerified": ("{s} reste-t-il à vérifier ? {o}.", "Is {s} still to be verified? {o}."),
    "takesPlaceIn": ("Lieu où se déroule {s} : {o}.", "{s} takes place in {o}."),
    "unsourced": ("{s} est-il sans source ? {o}.", "Is {s} without a source? {o}."),
    "value": ("{s} : la valeur est {o}.", "{s}: the value is {o}."),
    "within": ("{s} se situe dans {o}.", "{s} lies within {o}."),
    "year": ("{s} porte sur l’année {o}.", "{s} is about the year {o}."),
    "skos:broader": ("Un terme plus large que {s} est {o}.", "A broader term than {s} is {o}."),
    "skos:narrower": ("Un terme plus précis que {s} est {o}.", "A narrower term than {s} is {o}."),
    "skos:broaderTransitive": (
        "{o} contient {s}, directement ou de proche en proche.",
        "{o} contains {s}, directly or step by step.",
    ),
    "skos:narrowerTransitive": (
        "{s} contient {o}, directement ou de proche en proche.",
        "{s} contains {o}, directly or step by step.",
    ),
    "skos:related": ("{s} et {o} sont des termes voisins.", "{s} and {o} are related terms."),
    "skos:inScheme": ("{s} appartient à la liste {o}.", "{s} belongs to the scheme {o}."),
    "skos:topConceptOf": (
        "{s} est au sommet de la liste {o}.",
        "{s} is at the top of the scheme {o}.",
    ),
    "skos:prefLabel": ("{s} porte le libellé {o}.", "{s} has the label {o}."),
    "skos:altLabel": ("{s} porte aussi le nom {o}.", "{s} also has the name {o}."),
    "skos:scopeNote": ("Note sur {s} : {o}.", "Note on {s}: {o}."),
    "skos:definition": ("Définition de {s} : {o}.", "Definition of {s}: {o}."),
    "dcterms:isPartOf": ("{s} fait partie de {o}.", "{s} is part of {o}."),
    "dcterms:isReplacedBy": ("{o} remplace {s}.", "{o} replaces {s}."),
    "dcterms:source": ("{s} se lit à cet endroit : {o}.", "{s} is read here: {o}."),
    "dcterms:subject": ("{s} a pour sujet {o}.", "{s} has the subject {o}."),
    "dcterms:title": ("{s} a pour titre {o}.", "{s} has the title {o}."),
    "dcterms:date": ("{s} porte la date {o}.", "{s} has the date {o}."),
    "org:classification": ("{s} est d’une sorte nommée {o}.", "{s} is of the kind named {o}."),
    "org:unitOf": ("{s} est une unité de {o}.", "{s} is a unit of {o}."),
    "qb:dataSet": (
        "{s} fait partie du jeu de chiffres {o}.",
        "{s} is part of the set of figures {o}.",
    ),
}


def _iri(name: str) -> str:
    prefix, _, local = name.rpartition(":")
    return f"{PREFIXES[prefix]}{local}" if prefix else NS + local


PATTERNS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        _iri(name): MappingProxyType({"fr": french(fr), "en": en})
        for name, (fr, en) in _PATTERNS.items()
    }
)

# Classes whose French label is feminine; those of other vocabularies with their own words.
FEMININE: Final = frozenset(
    NS + name
    for name in (
        *("ActivityArea", "AdvisoryBody", "Association", "CooperationActivity", "CountryAction"),
        *("DiplomaticMission", "DigitalResource", "DocumentSection", "DocumentaryResource"),
        *("ECommunity", "FundingRule", "InformationGap", "Initiative", "LocalAuthority"),
        *("Participation", "PartnerList", "PlannedOutput", "PossibleContribution", "PriorityArea"),
        *("PublicAgency", "Quotation", "StatisticalZone", "SupportRequest", "TrainingOffer"),
        *("TrainingProvision", "University", "WorldRegion"),
    )
)
KINDS: Final[Mapping[str, tuple[str, str]]] = {
    PREFIXES["qb"] + "Observation": ("un chiffre", "a figure"),
    PREFIXES["qb"] + "DataSet": ("un jeu de chiffres", "a set of figures"),
    PREFIXES["skos"] + "Concept": ("un terme d’une liste", "a term of a list"),
}
_VOWEL: Final = re.compile(r"[aeioé](?!ne\b)", re.IGNORECASE)
_COMPLEMENT: Final = {"fr": "Pour {s}, {p} : {o}.", "en": "For {s}, {p}: {o}."}


def sentence(catalogue: Catalogue, triple: Triple) -> dict[str, str]:
    """Return a triple as a sentence, in each language."""
    return {lang: _sentence(catalogue, triple, lang) for lang in ("fr", "en")}


def _sentence(catalogue: Catalogue, triple: Triple, lang: Lang) -> str:
    subject, predicate, value = triple
    s, o = named(catalogue, subject, lang), named(catalogue, value, lang)
    if predicate == RDF_TYPE:
        return _capital(f"{s} {'est' if lang == 'fr' else 'is'} {kind(catalogue, value, lang)}.")
    pattern = pattern_of(catalogue, predicate.value, lang)
    return _capital(pattern.replace("{s}", s).replace("{o}", o))


def pattern_of(catalogue: Catalogue, iri: str, lang: Lang) -> str:
    """Return the sentence of a property, with `{s}` and `{o}` to be filled."""
    if iri in PATTERNS:
        return PATTERNS[iri][lang]
    label = catalogue.label(iri)[lang]
    if iri.startswith(NS) and label != compact(iri):
        return f"{{s}} {_articled(label) if lang == 'en' else label} {{o}}."
    return french(_COMPLEMENT[lang]).replace("{p}", quoted(label, lang))


_BARE: Final = re.compile(
    r"^(has|covers|excludes|prepares|bears|admits|belongs to|stands in|is in|is about|is part of"
    r"|prints|asserts in|is a partner by) (?!the |been |knowledge |expertise |to |by )"
)


def _articled(label: str) -> str:
    """Return an English verb phrase with its article.

    >>> _articled("has partner"), _articled("takes place in")
    ('has the partner', 'takes place in')
    """
    return _BARE.sub(r"\1 the ", label)


def named(catalogue: Catalogue, term: Term, lang: Lang) -> str:
    """Return a thing by its quoted name; a number, a year, a yes as it is."""
    if isinstance(term, ox.NamedNode):
        return quoted(catalogue.label(term.value)[lang], lang)
    text = literal_words(term, lang)
    if isinstance(term, ox.Literal) and term.datatype.value in _PLAIN:
        return text
    return quoted(text, lang)


_PLAIN: Final = NUMBERS | {PREFIXES["xsd"] + name for name in ("boolean", "date", "gYear")}


def kind(catalogue: Catalogue, term: Term, lang: Lang) -> str:
    """Return what a class makes of its members: « une action par pays »."""
    if term.value in KINDS:
        return KINDS[term.value][lang == "en"]
    label = catalogue.label(term.value)[lang]
    if not term.value.startswith(NS):
        return f"{'de la sorte' if lang == 'fr' else 'of the kind'} {quoted(label, lang)}"
    if lang == "fr":
        return f"{'une' if term.value in FEMININE else 'un'} {label}"
    return f"{'an' if _VOWEL.match(label) else 'a'} {label}"


def quoted(text: str, lang: str) -> str:
    """Return a name in the quotation marks of a language.

    >>> quoted("AFD", "en")
    '“AFD”'
    """
    return f"«\u00a0{text}\u00a0»" if lang == "fr" else f"“{text}”"


def _capital(text: str) -> str:
    """Return a sentence with a capital; one that begins with a quoted name keeps that name."""
    return text[:1].upper() + text[1:]
