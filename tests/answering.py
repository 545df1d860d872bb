"""Two graphs to ask: a tiny one to hold in your head, and the real one; and a tiny question."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from coopkg import answers, rules
from coopkg.answers import Answer, Asked, Catalogue, Context, answer, of_store
from coopkg.build import content, describe, evidence, infer, sources
from coopkg.questions import Question, QuestionEvidence, load, read
from coopkg.terms import BASE, PREFIXES, Triple

ROOT = Path(__file__).parents[1]
QUERIES = ROOT / "queries"

DECLARED = "\n".join(
    f"@prefix {name}: <{iri}> ."
    for name, iri in PREFIXES.items()
    if name
    in {
        "coop", "organisation", "place", "activity", "participation", "theme", "passage", "owl",
        "curation", "graph", "gap", "gap-reason", "assertion-mode", "layer", "rdfs", "skos", "xsd",
    }
)  # fmt: skip

# Tunisia (a purpose), Morocco (a theme close to it), Vietnam (elsewhere); a lead who is no partner.
FACTS = """
GRAPH passage:l1 { activity:tunisie coop:country place:tunisie ; coop:since 2015 . }
GRAPH passage:l2 {
  activity:tunisie coop:participation participation:a , participation:b , participation:c ;
    coop:purposeTheme theme:decentralisation .
  participation:a coop:partner organisation:afd .
  participation:b coop:partner organisation:etoile .
  participation:c coop:lead organisation:cnfpt .
}
GRAPH passage:l3-4 {
  activity:maroc coop:participation participation:d , participation:h ; coop:country place:maroc ;
    coop:theme theme:gouvernance .
  participation:d coop:partner organisation:region .
  participation:h coop:partner organisation:afd .
}
GRAPH passage:l5 {
  activity:vietnam coop:participation participation:e ; coop:country place:vietnam ;
    coop:theme theme:decentralisation , theme:culture .
}
GRAPH passage:l5-implied { participation:e coop:partner organisation:universite . }
GRAPH passage:l6 { activity:tunisie coop:country place:tunisie . }
GRAPH curation:zones {
  place:tunisie coop:inBrochureZone place:mediterranee .
  place:maroc coop:inBrochureZone place:mediterranee .
  place:vietnam coop:inBrochureZone place:asie .
}
GRAPH curation:gaps {
  gap:cameroun coop:gapPlace place:cameroun ; coop:gapReason gap-reason:not-stated ;
    skos:prefLabel "actions au Cameroun"@fr , "actions in Cameroon"@en ;
    skos:scopeNote "Aucune action n’y est décrite."@fr , "No action is described there."@en .
}
GRAPH curation:labels {
  organisation:afd skos:prefLabel "AFD"@fr , "AFD"@en .
  organisation:etoile skos:prefLabel "Étoile"@fr , "Star"@en .
  organisation:region skos:prefLabel "Région"@fr , "Region"@en .
  organisation:universite skos:prefLabel "Université"@fr .
  place:tunisie skos:prefLabel "Tunisie"@fr , "Tunisia"@en ;
    coop:locativeName "en Tunisie"@fr , "in Tunisia"@en .
  place:mediterranee skos:prefLabel "Méditerranée"@fr , "Mediterranean"@en ;
    coop:locativeName "en Méditerranée"@fr , "in the Mediterranean"@en .
  theme:decentralisation skos:prefLabel "décentralisation"@fr , "decentralisation"@en .
  theme:culture skos:prefLabel "culture"@fr , "culture"@en .
  coop:hasPartner rdfs:label "a pour partenaire"@fr , "has partner"@en .
}
GRAPH graph:vocabulary {
  theme:decentralisation skos:related theme:gouvernance ; skos:inScheme theme:all .
  theme:gouvernance skos:inScheme theme:all .
  theme:culture skos:inScheme theme:all .
  theme:autre skos:inScheme theme:all .
  place:tunisie skos:inScheme theme:places . place:maroc skos:inScheme theme:places .
  place:vietnam skos:inScheme theme:places . place:mediterranee skos:inScheme theme:places .
  place:asie skos:inScheme theme:places . place:cameroun skos:inScheme theme:places .
  place:europe skos:inScheme theme:places .
}
GRAPH graph:sources {
  passage:l1 coop:lineStart 1 ; coop:lineEnd 1 ; coop:layer layer:brochure ;
    coop:assertionMode assertion-mode:stated ; coop:keyPhrase "TUNISIE"@fr .
  passage:l2 coop:lineStart 2 ; coop:lineEnd 2 ; coop:layer layer:brochure ;
    coop:assertionMode assertion-mode:stated .
  passage:l3-4 coop:lineStart 3 ; coop:lineEnd 4 ; coop:layer layer:brochure ;
    coop:assertionMode assertion-mode:stated .
  passage:l5 coop:lineStart 5 ; coop:lineEnd 5 ; coop:layer layer:brochure ;
    coop:assertionMode assertion-mode:stated .
  passage:l5-implied coop:lineStart 5 ; coop:lineEnd 5 ; coop:layer layer:brochure ;
    coop:assertionMode assertion-mode:implied .
  passage:l6 coop:lineStart 6 ; coop:lineEnd 6 ; coop:layer layer:brochure ;
    coop:assertionMode assertion-mode:stated .
  curation:zones coop:layer layer:curation ; coop:assertionMode assertion-mode:curated ;
    rdfs:label "Zones"@fr , "Zones"@en .
  curation:gaps coop:layer layer:curation ; coop:assertionMode assertion-mode:curated .
}
"""

AXIOMS = """
coop:hasPartner owl:propertyChainAxiom ( coop:participation coop:partner ) .
coop:coversPlace owl:propertyChainAxiom ( coop:country coop:inBrochureZone ) .
coop:country rdfs:subPropertyOf coop:coversPlace .
coop:purposeTheme rdfs:subPropertyOf coop:theme .
"""

TINY = """\
#+ title.fr = "Qui travaille sur {theme.the} {place.in} ?"
#+ title.en = "Who works on {theme.the} {place.in}?"
#+ help.fr = "Les partenaires d'une action."
#+ help.en = "The partners of an action."
#+ category = "partners"
#+ view = "table"
#+ exhaustive = false
#+ [sentence]
#+ none.fr = "Personne ne travaille sur {theme} {place.in}."
#+ none.en = "Nobody works on {theme} {place.in}."
#+ one.fr = "{partner} travaille sur {theme} {place.in}."
#+ one.en = "{partner} works on {theme} {place.in}."
#+ many.fr = "{count} partenaires : {partner}."
#+ many.en = "{count} partners: {partner}."
#+ [columns]
#+ partner.label = { fr = "Partenaire", en = "Partner" }
#+ activity.label = { fr = "Action", en = "Action" }
#+ since = { kind = "year", label = { fr = "Depuis", en = "Since" } }
#+ close.label = { fr = "Thème proche", en = "Related theme" }
#+ place.hidden = true
#+ [parameters.theme]
#+ kind = "iri"
#+ base = "theme:"
#+ label = { fr = "Thème", en = "Theme" }
#+ help = { fr = "Un thème.", en = "A theme." }
#+ any = { fr = "tout", en = "anything" }
#+ example = "decentralisation"
#+ domain = "SELECT DISTINCT ?theme WHERE { ?theme skos:inScheme theme:all }"
#+ [parameters.place]
#+ kind = "iri"
#+ base = "place:"
#+ label = { fr = "Lieu", en = "Place" }
#+ help = { fr = "Un lieu.", en = "A place." }
#+ any = { fr = "partout", en = "anywhere" }
#+ example = "mediterranee"
#+ domain = "SELECT DISTINCT ?place WHERE { ?place skos:inScheme theme:places }"
#+ [[related]]
#+ reason.fr = "Par un thème proche."
#+ reason.en = "By a related theme."
#+ query = '''
#+ SELECT DISTINCT ?partner ?activity ?close ?theme ?place WHERE {
#+   ?theme skos:related ?close .
#+   ?activity coop:hasPartner ?partner ; coop:theme ?close ; coop:coversPlace ?place .
#+ }
#+ '''
#+ [gap]
#+ query = '''
#+ SELECT DISTINCT ?gap ?reason ?note ?theme ?place WHERE {
#+   ?gap coop:gapPlace ?place ; coop:gapReason ?reason ; skos:scopeNote ?note .
#+   ?theme skos:inScheme theme:all .
#+ }
#+ '''

PREFIX coop: <https://w3id.org/cnfpt-coop/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX theme: <https://w3id.org/cnfpt-coop/scheme/theme/>

SELECT DISTINCT ?partner ?activity ?since ?theme ?place WHERE {
  ?activity coop:hasPartner ?partner ; coop:theme ?theme ; coop:coversPlace ?place .
  OPTIONAL { ?activity coop:since ?since }
}
"""


def context(store: ox.Store, proofs: dict[str, dict[str, object]]) -> Context:
    """Return a store as answers see it."""
    default = list(store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    catalogue = Catalogue(describe.labels(default), describe.passages(store), proofs)
    return Context(of_store(store), catalogue, "7-0123456789ab", "2026-11-23T00:00:00Z")


def sealed(
    quads: Iterable[ox.Quad], asserted: Iterable[Triple], inferred: Iterable[Triple]
) -> ox.Store:
    """Return a store laid out as a generation is."""
    store = ox.Store()
    store.extend(quads)
    for copy, triples in (("asserted", list(asserted)), ("inferred", list(inferred))):
        store.extend(ox.Quad(*triple) for triple in triples)
        store.extend(ox.Quad(*triple, ox.NamedNode(f"{BASE}graph/{copy}")) for triple in triples)
    return store


@cache
def tiny() -> tuple[ox.Store, Context]:
    """Return the tiny graph, with what its axioms add."""
    quads = list(ox.parse(f"{DECLARED}\n{FACTS}", format=ox.RdfFormat.TRIG))
    axioms = [
        (quad.subject, quad.predicate, quad.object)
        for quad in ox.parse(f"{DECLARED}\n{AXIOMS}", format=ox.RdfFormat.TURTLE)
    ]
    asserted = list(dict.fromkeys((q.subject, q.predicate, q.object) for q in quads))
    inferred = rules.closure(asserted, rules.compiled(axioms))
    store = sealed(quads, asserted, inferred.triples)
    return store, context(store, content.proofs(inferred))


@cache
def real() -> tuple[ox.Store, Context]:
    """Return the real graph, as the build makes it."""
    gathered = content.gather(sources.read(ROOT))
    inferred = infer.infer(gathered.reasoned, gathered.ontology)
    store = ox.Store()
    store.extend(content.contents(gathered, inferred).store)
    return store, context(store, content.proofs(inferred))


@cache
def shipped() -> dict[str, Question]:
    """Return the questions of `queries/`."""
    return load(QUERIES)


@cache
def derived(slug: str) -> QuestionEvidence:
    """Return the evidence of a shipped question."""
    return evidence.derive(shipped()[slug])


def tiny_question(text: str = TINY) -> tuple[Question, QuestionEvidence]:
    """Return a question and its evidence."""
    question = read("who-works-on", text)
    return question, evidence.derive(question)


def asked(text: str = TINY, **args: str) -> Asked:
    """Return a question put to the tiny graph."""
    return answers.asked(*tiny_question(text), args, tiny()[1])


def ask_tiny(text: str = TINY, /, lang: str = "fr", page: int | None = 1, **args: str) -> Answer:
    """Answer a question on the tiny graph."""
    question, found = tiny_question(text)
    return answer(answers.asked(question, found, args, tiny()[1]), page=page, lang=lang)  # type: ignore[arg-type]


def ask_real(slug: str, **args: str) -> Answer:
    """Answer a shipped question on the real graph."""
    return answer(answers.asked(shipped()[slug], derived(slug), args, real()[1]))


def names(found: Answer, column: str = "partner") -> list[str]:
    """Return the local names of a column, in the order of the rows."""
    return [row[column]["value"].rsplit("/", 1)[-1] for row in found.rows]
