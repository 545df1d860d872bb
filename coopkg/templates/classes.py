"""What partners describe, class by class; what they do not, and why; the headings of columns.

The shapes say which properties a class has. This table says what shapes cannot: which classes are
for partners, which columns come first, which words of any thing a class uses, and which properties
of its shapes are no column, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from coopkg.terms import BASE

NAMES: Final = ("skos:prefLabel@fr", "skos:prefLabel@en")
PARTICIPATION: Final = "coop:participation"
Both = tuple[str, str]


@dataclass(frozen=True)
class Kind:
    """A class that partners describe.

    `label` says one of it, with its article, and `note` what that is, in plain words. `first` are
    the columns in front, in order; those the shapes add come after. `also` are classes whose
    properties its things have without being one. `roles` are those of participations that have a
    column, and `apart` the properties of its shapes that have none, with the reason. `samples` are
    the values of its example; of the columns `one_of`, the example fills the first.
    """

    iri: str
    label: Both
    note: Both
    first: tuple[str, ...]
    example: Both
    also: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    apart: Mapping[str, str] = field(default_factory=dict)
    samples: Mapping[str, str] = field(default_factory=dict)
    one_of: tuple[str, ...] = ()


_ROLES: Final = ("coop:lead", "coop:partner", "coop:beneficiary", "coop:funder", "coop:host")
_NOT_SAID: Final = "the brochure alone leaves things unsaid: who contributes knows where it is"
_LISTS: Final = "the lists are those of the brochure, and their entries are counted"
_LAWS: Final = "the laws known here are the French ones that the brochure names"
_DATES: Final = "a register of partners' own codes is not asked for: the address is the identity"

CLASSES: Final[Mapping[str, Kind]] = {
    "organisation": Kind(
        "org:Organization",
        ("un organisme", "an organisation"),
        (
            "Une collectivité, une agence, une association, un centre de formation, un réseau…",
            "A local authority, an agency, an association, a training centre, a network…",
        ),
        (
            *NAMES, "coop:acronym@fr", "skos:altLabel@fr", "coop:basedIn", "coop:unitOf",
            "coop:isMemberOf", "coop:expertiseIn", "foaf:page", "rdf:type",
        ),
        ("Régie de l’eau de Sfax", "Sfax water board"),
        also=("coop:Actor",),
        samples={"coop:basedIn": BASE + "id/place/tunisie"},
        apart={
            "coop:countryNotStated": _NOT_SAID,
            "coop:inList": _LISTS,
            "coop:missionsConferredBy": _LAWS,
        },
    ),
    "embassy": Kind(
        "coop:DiplomaticMission",
        ("une ambassade", "an embassy"),
        (
            "La représentation d’un État dans un autre pays",
            "The representation of a State in another country",
        ),
        (*NAMES, "coop:hostCountry", "coop:actsForState", "foaf:page"),
        ("Ambassade de France au Cameroun", "Embassy of France in Cameroon"),
        samples={"coop:hostCountry": BASE + "id/place/cameroun"},
        apart={
            "coop:countryNotStated": _NOT_SAID,
            "coop:inList": _LISTS,
            "coop:missionsConferredBy": _LAWS,
            "coop:expertiseIn": "what an embassy is expert in is for its State to say",
        },
    ),
    "country-action": Kind(
        "coop:CountryAction",
        ("une action dans un pays", "an action in a country"),
        (
            "Ce qui est mené avec des partenaires dans un seul pays",
            "What is carried out with partners in one country",
        ),
        (
            *NAMES, "coop:country", "coop:participation/coop:lead",
            "coop:participation/coop:partner", "coop:participation/coop:beneficiary",
            "coop:purposeTheme", "coop:domainTheme", "coop:audience",
        ),
        ("Appui aux communes du Sud tunisien", "Support to the towns of southern Tunisia"),
        roles=_ROLES,
        apart={"dcterms:identifier": _DATES},
    ),
    "project": Kind(
        "coop:CooperationProject",
        ("un projet de coopération", "a cooperation project"),
        (
            "Un projet qui porte un nom, dans un pays ou plusieurs",
            "A project that has a name, in one country or several",
        ),
        (
            *NAMES, "coop:country", "coop:participation/coop:lead",
            "coop:participation/coop:partner", "coop:participation/coop:beneficiary",
            "coop:purposeTheme", "coop:domainTheme", "coop:audience", "foaf:page",
        ),
        ("Écoles des métiers de l’eau", "Schools of the water trades"),
        roles=_ROLES,
    ),
    "component": Kind(
        "coop:SupportComponent",
        ("un objet d’appui", "an object of support"),
        (
            "Une partie de ce qu’une de vos actions apporte",
            "A part of what one of your actions brings",
        ),
        (*NAMES, "^coop:component", "coop:supportObject", "coop:audience"),
        ("Formation des agents de l’état civil", "Training of registry officers"),
    ),
    "partnership": Kind(
        "coop:Partnership",
        ("un partenariat", "a partnership"),
        (
            "Une relation suivie entre deux organismes au moins",
            "A lasting relation between two organisations at least",
        ),
        (
            *NAMES, "coop:participation/coop:lead", "coop:participation/coop:partner",
            "coop:domainTheme",
        ),
        ("Partenariat des villes de l’eau", "Partnership of water towns"),
        roles=_ROLES,
    ),
    "participation": Kind(
        "coop:Participation",
        ("une participation", "a participation"),
        (
            "Un organisme prend part, à un titre, à une activité que vous avez décrite",
            "An organisation takes part, in one role, in an activity that you described",
        ),
        ("^coop:participation", "coop:lead", "coop:partner", "coop:beneficiary", "coop:funder"),
        ("", ""),
        one_of=(
            "coop:operator", "coop:lead", "coop:partner", "coop:beneficiary", "coop:funder",
            "coop:host", "coop:liaison", "coop:proposer", "coop:requester",
        ),
    ),
    "agreement": Kind(
        "coop:CooperationAgreement",
        ("un accord de coopération", "a cooperation agreement"),
        (
            "Une convention, une lettre d’engagement…",
            "A convention, a letter of engagement…",
        ),
        (*NAMES, "coop:withCounterpart", "foaf:page"),
        ("Convention de coopération sur l’eau", "Cooperation agreement on water"),
    ),
    "training": Kind(
        "coop:TrainingItinerary",
        ("un itinéraire de formation", "a training itinerary"),
        (
            "Une suite de modules de formation de même durée",
            "A series of training modules of the same length",
        ),
        (
            *NAMES, "coop:providedBy", "coop:numberOfModules", "coop:daysPerModule",
            "coop:theme", "coop:audience", "foaf:page",
        ),
        ("Gérer un service d’eau", "Running a water service"),
    ),
    "resource": Kind(
        "coop:DigitalResource",
        ("une ressource numérique", "a digital resource"),
        (
            "Un forum, une communauté en ligne, un wiki, une documentation",
            "A forum, an online community, a wiki, a documentation",
        ),
        (*NAMES, "coop:theme", "coop:audience", "foaf:page"),
        ("Forum des services d’eau", "Forum of water services"),
    ),
}  # fmt: skip
"""The classes there is a template and a form for, by the name that addresses give them."""

_REFERENCE: Final = "countries and regions are reference data (ISO 3166, M49): nobody adds one"
_FIGURES: Final = "figures come as a cube with its totals, which a row cannot hold: Turtle"
_BROCHURE: Final = "what the brochure alone says of the CNFPT and of its programmes"
_COMMON: Final = "the common vocabulary: no contribution changes it"
_SOURCES: Final = "where facts come from: publishing writes it"
_DEDUCED: Final = "deduced from the country, the list or the role: never written"

LEFT_OUT: Final[Mapping[str, str]] = {
    "coop:Country": _REFERENCE,
    "coop:ForeignCountry": _REFERENCE,
    "coop:WorldRegion": _REFERENCE,
    "qb:Observation": _FIGURES,
    "qb:DataSet": _FIGURES,
    "time:ProperInterval": _FIGURES,
    "coop:ActionStrand": _BROCHURE,
    "coop:FundingRule": _BROCHURE,
    "coop:PartnerList": _BROCHURE,
    "coop:PlannedOutput": _BROCHURE,
    "coop:PossibleContribution": _BROCHURE,
    "coop:StandingRole": _BROCHURE,
    "coop:SupportRequest": _BROCHURE,
    "eli:LegalResource": _BROCHURE,
    "owl:AnnotationProperty": _COMMON,
    "owl:Class": _COMMON,
    "owl:DatatypeProperty": _COMMON,
    "owl:ObjectProperty": _COMMON,
    "owl:Ontology": _COMMON,
    "skos:Concept": _COMMON,
    "coop:CurationGraph": _SOURCES,
    "coop:InformationGap": _SOURCES,
    "coop:ReferenceGraph": _SOURCES,
    "coop:SourcePassage": _SOURCES,
    "coop:CooperationPartner": _DEDUCED,
    "coop:ForeignActor": _DEDUCED,
    "coop:FrenchActor": _DEDUCED,
}
"""The classes that shapes speak of and partners do not describe row by row, with the reason."""

HEADINGS: Final[Mapping[str, Both]] = {
    "skos:prefLabel": ("Nom", "Name"),
    "skos:altLabel": ("Autre nom", "Other name"),
    "coop:acronym": ("Sigle", "Acronym"),
    "rdf:type": ("Sorte d’organisme", "Kind of organisation"),
    "coop:basedIn": ("Pays ou lieu", "Country or place"),
    "coop:unitOf": ("Organisme de rattachement", "Parent organisation"),
    "coop:partOfOrganisation": ("Dépend de", "Depends on"),
    "coop:associatedInstitution": ("Institution associée", "Associated institution"),
    "coop:isMemberOf": ("Membre de", "Member of"),
    "coop:expertiseIn": ("Domaines d’expertise", "Fields of expertise"),
    "coop:hostCountry": ("Pays d’accueil", "Host country"),
    "coop:actsForState": ("État représenté", "State represented"),
    "foaf:page": ("Page web", "Web page"),
    "coop:country": ("Pays", "Country"),
    "coop:lead": ("Chef de file", "Lead"),
    "coop:partner": ("Partenaires", "Partners"),
    "coop:beneficiary": ("Bénéficiaires", "Beneficiaries"),
    "coop:funder": ("Financeurs", "Funders"),
    "coop:host": ("Hôtes", "Hosts"),
    "coop:proposer": ("Proposants", "Proposers"),
    "coop:requester": ("Demandeurs", "Requesters"),
    "coop:liaison": ("Organismes en lien", "Liaison bodies"),
    "coop:operator": ("Opérateurs", "Operators"),
    "coop:purposeTheme": ("Thème visé", "Purpose theme"),
    "coop:domainTheme": ("Domaines", "Domain themes"),
    "coop:theme": ("Thèmes", "Themes"),
    "coop:supportObject": ("Thème de l’appui", "Theme of the support"),
    "coop:audience": ("Publics", "Audiences"),
    "^coop:participation": ("Activité", "Activity"),
    "^coop:component": ("Activité", "Activity"),
    "coop:component": ("Objets d’appui", "Objects of support"),
    "coop:withCounterpart": ("Signataires", "Counterparts"),
    "coop:providedBy": ("Organisme de formation", "Provider"),
    "coop:numberOfModules": ("Nombre de modules", "Number of modules"),
    "coop:daysPerModule": ("Jours par module", "Days in each module"),
    "coop:continuedAs": ("Se poursuit sous", "Continued as"),
    "coop:launchYear": ("Année de lancement", "Launch year"),
}
"""Headings shorter than the labels of the ontology, which are verbs."""

NOTES: Final[Mapping[str, Both]] = {
    "skos:prefLabel": (
        "Le nom en toutes lettres, tel que votre organisme l’écrit",
        "The name in full, as your organisation writes it",
    ),
    "skos:altLabel": (
        "Un autre nom sous lequel on la connaît",
        "Another name by which it is known",
    ),
    "coop:acronym": ("Le sigle, sans points", "The acronym, without dots"),
    "rdf:type": (
        "Le genre d’organisme ; laisser vide en cas de doute",
        "The kind of organisation; leave empty when in doubt",
    ),
    "foaf:page": ("L’adresse d’une page qui en parle", "The address of a page about it"),
    "coop:basedIn": (
        "Où est l’organisme. Une ambassade se décrit à part",
        "Where the organisation is. An embassy is described apart",
    ),
    "coop:country": (
        "Le pays de l’action ; deux pays font deux actions",
        "The country of the action; two countries make two actions",
    ),
    "coop:component": (
        "Ce que l’action apporte, décrit de son côté",
        "What the action brings, described on its own",
    ),
    "coop:purposeTheme": (
        "Ce que l’activité cherche à faire progresser",
        "What the activity seeks to advance",
    ),
    "coop:domainTheme": (
        "Le ou les sujets dont l’activité traite",
        "The subject or subjects that the activity deals with",
    ),
    "coop:theme": ("De quoi il s’agit", "What it is about"),
    "coop:supportObject": ("Ce sur quoi porte l’appui", "What the support is about"),
    "coop:expertiseIn": (
        "Les sujets dans lesquels l’organisme a un savoir-faire reconnu",
        "The subjects in which the organisation has acknowledged skill",
    ),
    "coop:unitOf": (
        "L’organisme dont celui-ci est un service, une direction ou une unité",
        "The organisation of which this one is a unit or a department",
    ),
    "coop:partOfOrganisation": (
        "L’organisme dont celui-ci dépend, tout en étant distinct",
        "The organisation on which this one depends, while having its own standing",
    ),
    "coop:associatedInstitution": (
        "Une institution citée avec lui, sans en être membre ni une partie",
        "An institution named along with it, without membership or belonging",
    ),
    "coop:actsForState": (
        "L’État que l’ambassade représente, jamais le pays d’accueil",
        "The State that the embassy represents, never the host country",
    ),
    "coop:continuedAs": ("La ressource qui lui a succédé", "The resource that came after it"),
    "coop:launchYear": ("L’année, en quatre chiffres", "The year, in four digits"),
    "coop:lead": ("Qui conduit l’activité", "Who leads the activity"),
    "coop:partner": (
        "Avec qui elle est menée ; le CNFPT n’est pas son propre partenaire",
        "With whom it is carried out; the CNFPT is not its own partner",
    ),
    "coop:beneficiary": ("À qui elle profite", "Who benefits from it"),
    "coop:funder": ("Qui apporte l’argent", "Who brings the money"),
    "coop:host": ("Qui reçoit les autres", "Who receives the others"),
    "coop:proposer": ("Qui a eu l’idée et l’a soumise", "Who had the idea and put it forward"),
    "coop:requester": ("Qui demande l’intervention", "Who asks for the intervention"),
    "coop:liaison": ("Avec qui l’activité se concerte", "With whom the activity is concerted"),
    "coop:operator": ("Qui exécute pour un autre", "Who carries out on behalf of another"),
    "^coop:component": (
        "L’activité, décrite par vous, que cet appui sert : dans une autre feuille de ce fichier, "
        "ou dans un envoi précédent",
        "The activity, described by you, that this support serves: in another sheet of this file, "
        "or in what you sent before",
    ),
    "^coop:participation": (
        "L’activité, le projet ou le partenariat, décrit par vous, auquel l’organisme participe : "
        "dans une autre feuille de ce fichier, ou dans un envoi précédent",
        "The activity, project or partnership, described by you, the organisation takes part in: "
        "in another sheet of this file, or in what you sent before",
    ),
}
"""Notes in plain words, where those of the shapes speak to who writes Turtle."""
