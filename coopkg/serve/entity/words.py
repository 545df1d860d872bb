"""The words of entity pages: kinds, sections, layers, and what the other end of a link is. Pure.

A property that no table names still has its place: by what its values are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from coopkg.errors import Lang
from coopkg.terms import BASE, NS, PREFIXES, expand


class Kind(NamedTuple):
    """A kind of entity in words: with its article, and many of them."""

    fr: str
    many_fr: str
    en: str
    many_en: str

    def one(self, lang: Lang) -> str:
        """Return the kind with its article: « une organisation »."""
        return self.fr if lang == "fr" else self.en

    def bare(self, lang: Lang) -> str:
        """Return the kind without its article, as a heading has it: « Organisation »."""
        text = self.one(lang).partition(" ")[2]
        return text[:1].upper() + text[1:]

    def counted(self, number: int, lang: Lang) -> str:
        """Return so many of a kind: « 3 organisations », « 1 lieu »."""
        if number == 1:
            return f"1 {self.one(lang).partition(' ')[2]}"
        return f"{number} {self.many_fr if lang == 'fr' else self.many_en}"


def _noun(fr: str, many_fr: str, en: str, many_en: str) -> Kind:
    return Kind(fr, many_fr, en, many_en)


_CONCEPT: Final = _noun("une notion", "notions", "a concept", "concepts")
_SCHEME: Final = _noun("une liste de notions", "listes de notions", "a list of concepts",
                       "lists of concepts")  # fmt: skip
OTHER: Final = _noun("une fiche", "fiches", "an entry", "entries")
# By the folder of the name: `id/<folder>/…`, `scheme/<folder>/…`, `graph/<folder>/…`.
KINDS: Final[Mapping[str, Kind]] = {
    "organisation": _noun("une organisation", "organisations", "an organisation", "organisations"),
    "group": _noun("un groupe d’acteurs", "groupes d’acteurs", "a group of actors",
                   "groups of actors"),
    "place": _noun("un lieu", "lieux", "a place", "places"),
    "activity": _noun("une activité", "activités", "an activity", "activities"),
    "strand": _noun("un volet d’action", "volets d’action", "a strand of action",
                    "strands of action"),
    "partnership": _noun("un partenariat", "partenariats", "a partnership", "partnerships"),
    "participation": _noun("une participation", "participations", "a participation",
                           "participations"),
    "programme": _noun("un programme", "programmes", "a programme", "programmes"),
    "initiative": _noun("une initiative", "initiatives", "an initiative", "initiatives"),
    "component": _noun("un objet d’appui", "objets d’appui", "an object of support",
                       "objects of support"),
    "contribution": _noun("une contribution possible", "contributions possibles",
                          "a possible contribution", "possible contributions"),
    "request": _noun("une demande d’appui", "demandes d’appui", "a request for support",
                     "requests for support"),
    "standing-role": _noun("un rôle permanent", "rôles permanents", "a standing role",
                           "standing roles"),
    "training": _noun("une formation", "formations", "a training course", "training courses"),
    "resource": _noun("une ressource numérique", "ressources numériques", "a digital resource",
                      "digital resources"),
    "output": _noun("une production projetée", "productions projetées", "a planned output",
                    "planned outputs"),
    "agreement": _noun("un acte de coopération", "actes de coopération",
                       "a cooperation agreement", "cooperation agreements"),
    "legal": _noun("un texte de loi", "textes de loi", "a legal text", "legal texts"),
    "list": _noun("une liste", "listes", "a list", "lists"),
    "observation": _noun("un chiffre", "chiffres", "a figure", "figures"),
    "dataset": _noun("une série de chiffres", "séries de chiffres", "a set of figures",
                     "sets of figures"),
    "catalog": _noun("un jeu de données", "jeux de données", "a dataset", "datasets"),
    "period": _noun("une période", "périodes", "a period", "periods"),
    "document": _noun("un document", "documents", "a document", "documents"),
    "section": _noun("une rubrique du document", "rubriques du document",
                     "a section of the document", "sections of the document"),
    "gap": _noun("une lacune des sources", "lacunes des sources", "a gap in the sources",
                 "gaps in the sources"),
    "identifier": _noun("un identifiant", "identifiants", "an identifier", "identifiers"),
    "theme": _noun("un thème", "thèmes", "a theme", "themes"),
    "role": _noun("un rôle", "rôles", "a role", "roles"),
    "audience": _noun("un public", "publics", "an audience", "audiences"),
    "modality": _noun("une modalité", "modalités", "a form of action", "forms of action"),
    "indicator": _noun("un indicateur", "indicateurs", "an indicator", "indicators"),
    "unit": _noun("une unité de compte", "unités de compte", "a unit of count", "units of count"),
    "org-type": _noun("une sorte d’organisation", "sortes d’organisation",
                      "a kind of organisation", "kinds of organisation"),
    "passage": _noun("un passage de la brochure", "passages de la brochure",
                     "a passage of the brochure", "passages of the brochure"),
}  # fmt: skip


def kind_of(iri: str) -> Kind | None:
    """Return the kind of a name of ours; None for the names of others."""
    if not iri.startswith(BASE):
        return None
    area, _, rest = iri[len(BASE) :].partition("/")
    folder, slash, _ = rest.partition("/")
    if area == "scheme":
        return KINDS.get(folder, _CONCEPT) if slash else _SCHEME
    return KINDS.get(folder, OTHER)


# --- Where each property stands ------------------------------------------------------------

SECTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "identity": ("Ce que c’est", "What it is"),
    "links": ("Rôles et liens", "Roles and links"),
    "scope": ("Thèmes, lieux et publics", "Themes, places and audiences"),
    "figures": ("Chiffres et dates", "Figures and dates"),
    "names": ("Noms et autres formes", "Names and other forms"),
    "identifiers": ("Identifiants et correspondances", "Identifiers and equivalents"),
    "provenance": ("Sources et notes", "Sources and notes"),
    "incoming": ("Ce qui y renvoie", "What refers to it"),
    "rest": ("Autres faits, tirés des précédents", "Other facts, drawn from those above"),
}


def _local(*names: str) -> frozenset[str]:
    return frozenset(expand(name if ":" in name else f"coop:{name}").value for name in names)


_IDENTITY = _local(
    "rdf:type", "org:classification", "skos:definition", "skos:scopeNote", "dcterms:description",
    "slogan", "identifiedForm", "gapReason", "outputStatus", "statementForce", "printedScope",
    "exhaustivenessMarker", "printedTime", "isAmended", "countryNotStated", "role",
)  # fmt: skip
_SCOPE = _local(
    "theme", "domainTheme", "purposeTheme", "particularTheme", "supportObject", "coversTheme",
    "nameEvokes", "expertiseIn", "modality", "audience", "coversAudience", "intendedFor",
    "country", "basedIn", "hostCountry", "zone", "area", "within", "inM49Region", "inBrochureZone",
    "narrowerZone", "priorityZone", "overallZone", "jointMajorityOrigin", "involvesCountry",
    "takesPlaceIn", "excludesZone", "printedZoneLabel", "coversPlace", "skos:broader",
    "skos:related", "skos:broaderTransitive", "skos:narrower", "preparesFor",
)  # fmt: skip
_FIGURES = _local(
    "value", "unit", "indicator", "year", "period", "measures", "partOfTotal", "shareBase",
    "isStatedTotal", "startYear", "endYear", "launchYear", "documentDate", "inForceUntil",
    "frequency", "sameMobilisationAs", "expertOrigin", "qb:dataSet", "numberOfEntries",
    "numberOfLines", "numberOfBodies", "numberOfModules", "daysPerModule", "numberOfECommunities",
    "axisOrder", "contributionOrder", "dcterms:temporal",
)  # fmt: skip
_NAMES = _local(
    "skos:prefLabel", "skos:altLabel", "skos:hiddenLabel", "rdfs:label", "dcterms:title",
    "printedName", "fullName", "acronym", "expandedName", "definiteName", "locativeName",
)  # fmt: skip
_IDENTIFIERS = _local(
    "hasIdentifier", "identifierScheme", "iso2", "iso3", "m49", "lawNumber", "skos:notation",
    "skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch",
    "skos:relatedMatch", "owl:sameAs", "rdfs:seeAlso", "foaf:page", "dcat:endpointURL",
)  # fmt: skip
_PROVENANCE = _local(
    "dcterms:source", "inSection", "layer", "assertionMode", "skos:editorialNote",
    "dcterms:creator", "dcterms:publisher", "dcterms:license", "dcterms:rights", "dcterms:created",
    "dcterms:modified", "dcterms:language", "dcterms:bibliographicCitation", "dcat:version",
    "owl:versionInfo", "keyPhrase", "statedAs", "lineStart", "lineEnd", "startOffset", "endOffset",
    "prov:wasQuotedFrom", "periodInheritedFrom", "backgroundKnowledge", "unsourced",
    "toBeVerified", "termStatus", "dcterms:isReferencedBy",
)  # fmt: skip
# What only ties nodes together: told by the facts that it makes possible.
_REST = _local("participation", "participant", "skos:inScheme", "skos:topConceptOf")
SECTION_OF: Final[Mapping[str, str]] = {
    iri: section
    for section, properties in (
        ("identity", _IDENTITY), ("scope", _SCOPE), ("figures", _FIGURES), ("names", _NAMES),
        ("identifiers", _IDENTIFIERS), ("provenance", _PROVENANCE), ("rest", _REST),
    )
    for iri in properties
}  # fmt: skip
# The wide reading of another property: nothing new beside it, when it is only inferred.
WIDE: Final = _local(
    "hasParticipant", "participatesIn", "coversTheme", "coversPlace", "coversAudience",
    "skos:broaderTransitive", "withinOrganisation", "org:memberOf", "org:subOrganizationOf",
    "org:unitOf", "dcterms:isReplacedBy", "printedName",
)  # fmt: skip
# The same relation read from its two ends: told once.
INVERSES: Final[Mapping[str, str]] = {
    expand(one).value: expand(other).value
    for pair in (
        ("coop:hasParticipant", "coop:participatesIn"),
        ("coop:hasPartner", "coop:partnerOf"),
        ("skos:related", "skos:related"),
        ("dcterms:hasPart", "dcterms:isPartOf"),
    )
    for one, other in (pair, pair[::-1])
}
FIRST: Final = [
    expand(name).value
    for name in (
        "rdf:type", "org:classification", "skos:definition", "coop:hasLead", "coop:hasPartner",
        "coop:partnerOf", "coop:hasBeneficiary", "coop:hasHost", "coop:hasRequester",
        "coop:participatesIn", "coop:value", "coop:unit", "coop:indicator", "coop:year",
        "coop:purposeTheme", "coop:domainTheme", "coop:supportObject", "coop:theme",
        "coop:country", "coop:basedIn", "skos:prefLabel", "coop:acronym", "coop:fullName",
        "coop:printedName", "skos:altLabel", "dcterms:source",
    )
]  # fmt: skip
# What actors do in the activities of others: told among their own roles.
ROLES: Final = _local(
    "hasLead", "hasPartner", "hasBeneficiary", "hasHost", "hasRequester", "hasOperator",
    "hasProposer", "hasLiaison", "hasParticipant", "heldBy", "providedBy", "developedBy",
    "designedBy", "launchedBy", "launchedWithin", "madeAvailableBy",
)  # fmt: skip
ACTORS: Final = (BASE + "id/organisation/", BASE + "id/group/")
HUBS: Final = tuple(
    BASE + f"id/{kind}/"
    for kind in ("activity", "partnership", "programme", "strand", "request", "standing-role")
)

# --- Words ---------------------------------------------------------------------------------

# Properties of others whose labels are nouns, as a reader meets them: from one end, and from the
# other. All labels of ours are verbs: « a pour partenaire ».
_NOUNS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    expand(name).value: words
    for name, words in {
        "rdf:type": ("est de la sorte", "is of kind", "Ce qui est de cette sorte",
                     "What is of this kind"),
        "skos:broader": ("notion plus large", "broader concept", "Notions plus précises",
                         "Narrower concepts"),
        "skos:broaderTransitive": ("notion plus large, à tout niveau",
                                   "broader concept, at any level",
                                   "Notions plus précises, à tout niveau",
                                   "Narrower concepts, at any level"),
        "skos:related": ("notion associée", "related concept", "Notions associées",
                         "Related concepts"),
        "skos:inScheme": ("fait partie de la liste", "belongs to the list",
                          "Notions de cette liste", "Concepts of this list"),
        "skos:topConceptOf": ("est de premier niveau dans", "stands at the top of",
                              "Notions de premier niveau", "Concepts of the first level"),
        "skos:closeMatch": ("équivalent proche", "close equivalent",
                            "Ce dont c’est un équivalent proche", "What it is nearly equal to"),
        "skos:exactMatch": ("équivalent exact", "exact equivalent",
                            "Ce dont c’est l’équivalent exact", "What it is equal to"),
        "skos:broadMatch": ("équivalent plus large", "broader equivalent",
                            "Ce dont c’est un équivalent plus large",
                            "What it is a broader equivalent of"),
        "skos:relatedMatch": ("équivalent associé", "related equivalent",
                              "Ce à quoi c’est associé", "What it is related to"),
        "org:classification": ("est classé comme", "is classified as", "Ce qui est classé ainsi",
                               "What is classified so"),
        "dcterms:source": ("a pour source", "has source", "Ce qui l’a pour source",
                           "What has it as its source"),
        "dcterms:subject": ("a pour sujet", "has subject", "Ce qui l’a pour sujet",
                            "What is about it"),
        "dcterms:temporal": ("couvre la période", "covers the period", "Ce qui couvre la période",
                             "What covers the period"),
        "qb:dataSet": ("fait partie de la série", "belongs to the set", "Chiffres de cette série",
                       "Figures of this set"),
        "prov:wasQuotedFrom": ("est tiré de", "is quoted from", "Passages qui en sont tirés",
                               "Passages quoted from it"),
        "owl:versionInfo": ("version", "version", "Version", "Version"),
        "owl:versionIRI": ("adresse de cette version", "address of this version",
                           "Ce dont c’est une version", "What it is a version of"),
        "owl:imports": ("s’appuie sur", "builds on", "Ce qui s’appuie dessus",
                        "What builds on it"),
        "coop:participant": ("est la participation de", "is the participation of",
                             "Ses participations", "Its participations"),
        "coop:role": ("se fait dans le rôle", "is in the role", "Participations dans ce rôle",
                      "Participations in this role"),
        "coop:gapAbout": ("concerne", "is about", "Ce que les sources n’en disent pas",
                          "What the sources do not say of it"),
    }.items()
}  # fmt: skip


def property_words(iri: str, label: str, lang: Lang) -> str:
    """Return a property as it is read from its subject: « a pour pays »."""
    known = _NOUNS.get(iri)
    return known[0 if lang == "fr" else 1] if known else label


def incoming_words(
    verb: tuple[str, str], pattern: str, name: str, lang: Lang, *, of_actors: bool
) -> str:
    r"""Return what the other end of a link is, in words: « Ce qui a pour pays « Tunisie » ».

    `verb` is the property and its label; `pattern`, its sentence (see `coopkg.answers.phrases`);
    `name` is quoted. What stands within a sentence cannot be left out of it: the label does then,
    a verb when the property is ours, else a noun.

    >>> incoming_words(("x", ""), "{s} a pour pays {o}.", "«Tunisie»", "fr", of_actors=False)
    'Ce qui a pour pays «Tunisie»'
    >>> incoming_words(("x", ""), "{o} provides {s}.", "“CNFPT”", "en", of_actors=False)
    '“CNFPT” provides'
    >>> incoming_words(("x", "licence"), "Pour {s}, licence : {o}.", "«LO»", "fr", of_actors=False)
    'Ce qui a «LO» pour «\xa0licence\xa0»'
    """
    iri, label = verb
    known = _NOUNS.get(iri)
    if known:
        return known[2 if lang == "fr" else 3]
    said = pattern.rstrip(" .?").replace("{o}", name)
    if said.endswith(" {s}"):
        return said.removesuffix(" {s}").rstrip(" :\u00a0")
    words = ("Qui", "Ce qui") if lang == "fr" else ("Who", "What")
    subject = words[0 if of_actors else 1]
    if said.startswith("{s}"):
        said = said.replace("{s}", subject)
    elif iri.startswith(NS):
        said = f"{subject} {label} {name}"
    elif lang == "fr":
        said = f"{subject} a {name} pour «\u00a0{label}\u00a0»"
    else:
        said = f"{subject} has {name} as its “{label}”"
    return said[:1].upper() + said[1:]


LAYERS: Final[Mapping[str, tuple[str, str]]] = {
    "brochure": ("dit par la brochure", "stated by the brochure"),
    "curation": ("interprété", "interpreted"),
    "reference": ("référence", "reference"),
    "inferred": ("déduit", "inferred"),
    "partner": ("dit par un partenaire", "stated by a partner"),
    "": ("autre source", "other source"),
}
LINKED: Final = (
    ("lien vérifié par une personne", "voir les liens"),
    ("link that a person checked", "see the links"),
)
"""Who says a link to a thing of others, and where such links are shown."""


def layer_words(layer: str, lang: Lang) -> str:
    """Return a layer in plain words.

    >>> layer_words("inferred", "fr")
    'déduit'
    """
    fr, en = LAYERS.get(layer, LAYERS[""])
    return fr if lang == "fr" else en


LANGUAGES: Final[Mapping[str, tuple[str, str]]] = {
    "fr": ("français", "French"),
    "en": ("anglais", "English"),
    "ar": ("arabe", "Arabic"),
    "es": ("espagnol", "Spanish"),
    "pt": ("portugais", "Portuguese"),
    "de": ("allemand", "German"),
    "it": ("italien", "Italian"),
    "vi": ("vietnamien", "Vietnamese"),
    "ht": ("créole haïtien", "Haitian Creole"),
    "he": ("hébreu", "Hebrew"),
    "fa": ("persan", "Persian"),
    "ur": ("ourdou", "Urdu"),
    "ru": ("russe", "Russian"),
    "zh": ("chinois", "Chinese"),
    "uk": ("ukrainien", "Ukrainian"),
}
_RIGHT_TO_LEFT: Final = frozenset({"ar", "he", "fa", "ur", "ps", "sd", "ug", "yi", "dv", "ckb"})


def language_words(tag: str, lang: Lang) -> str:
    """Return the name of a language tag; the tag itself when we have no name for it.

    >>> language_words("ar-TN", "en"), language_words("", "fr")
    ('Arabic (ar-TN)', 'sans langue')
    """
    if not tag:
        return "sans langue" if lang == "fr" else "no language"
    main = tag.partition("-")[0].lower()
    known = LANGUAGES.get(main)
    if not known:
        return tag
    name = known[lang == "en"]
    return name if main == tag.lower() else f"{name} ({tag})"


def direction(tag: str) -> str:
    """Return how a language is written: `rtl` or `ltr`.

    >>> direction("ar"), direction("fr"), direction("az-Arab")
    ('rtl', 'ltr', 'rtl')
    """
    main, *more = tag.lower().split("-")
    return "rtl" if main in _RIGHT_TO_LEFT or {"arab", "hebr"} & set(more) else "ltr"


IS_A: Final = PREFIXES["rdf"] + "type"
GAP: Final = BASE + "id/gap/"
PARTICIPATION: Final = BASE + "id/participation/"
