"""Every rule of the diagnostics: what it is called, how grave it is, and one example.

The pages `docs/errors.md` and `docs/errors.fr.md` are written from this table: the message under
each example is what the rule says of it. A test holds that each example meets its rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from coopkg.engine.hints.finding import Severity


class Rule(NamedTuple):
    """A rule: its severity, its title, and a query that it is about."""

    severity: Severity
    fr: str
    en: str
    example: str


def _error(fr: str, en: str, example: str) -> Rule:
    return Rule("error", fr, en, example)


def _warning(fr: str, en: str, example: str) -> Rule:
    return Rule("warning", fr, en, example)


RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        # --- characters
        "typographic-quote": _error(
            "Guillemets ou apostrophes typographiques",
            "Typographic quotation marks",
            "SELECT ?x WHERE { ?x skos:prefLabel “Tunisie”@fr }",
        ),
        "invisible-space": _error(
            "Espace insécable ou caractère invisible",
            "No-break space or invisible character",
            "SELECT ?x WHERE {\u00a0?x a org:Organization }",
        ),
        "html-entity": _error(
            "Signe copié du code d’une page HTML",
            "Sign copied from the code of an HTML page",
            "SELECT ?x WHERE { ?x coop:year ?y FILTER (?y &gt; 2020) }",
        ),
        "mathematical-sign": _error(
            "Signe mathématique ou tiret typographique",
            "Mathematical sign or typographic dash",
            "SELECT ?x WHERE { ?x coop:year ?y FILTER (?y ≥ 2020) }",
        ),
        "decimal-comma": _error(
            "Virgule décimale",
            "Decimal comma",
            "SELECT ?x WHERE { ?x coop:value ?v FILTER (?v > 3,5) }",
        ),
        "comment-mark": _error(
            "Commentaire écrit comme dans un autre langage",
            "Comment written as in another language",
            "-- all of them\nSELECT ?x WHERE { ?x a org:Organization }",
        ),
        "bad-character": _error(
            "Caractère sans signification",
            "Character without a meaning",
            "SELECT ?x WHERE { ?x a `org:Organization` }",
        ),
        "unclosed-string": _error(
            "Guillemet qui n’est pas fermé",
            "Quotation mark that is not closed",
            'SELECT ?x WHERE { ?x coop:acronym "AFD }',
        ),
        "bad-escape": _error(
            "Barre oblique inverse qui n’annonce rien",
            "Backslash that announces nothing",
            'SELECT ?x WHERE { ?x coop:acronym "A\\D" }',
        ),
        # --- prefixes and IRIs
        "undeclared-prefix": _error(
            "Préfixe non déclaré", "Undeclared prefix", "SELECT ?x WHERE { ?x foaf:name ?n }"
        ),
        "bare-iri": _error(
            "Adresse sans chevrons",
            "Address without angle brackets",
            "SELECT ?p WHERE { https://w3id.org/cnfpt-coop/id/place/maroc ?p ?o }",
        ),
        "bad-iri": _error(
            "IRI mal écrite",
            "IRI wrongly written",
            "SELECT ?x WHERE { ?x a <http://www.w3.org/ns/org #Organization> }",
        ),
        "turtle-prefix": _error(
            "Préfixe écrit comme en Turtle",
            "Prefix written as in Turtle",
            "@prefix ex: <http://example.org/> .\nSELECT ?x WHERE { ?x a ex:Thing }",
        ),
        "prefix-syntax": _error(
            "Déclaration de préfixe incomplète",
            "Incomplete declaration of a prefix",
            "PREFIX ex <http://example.org/>\nSELECT ?x WHERE { ?x a ex:Thing }",
        ),
        "space-in-name": _error(
            "Espace dans un nom", "Space inside a name", "SELECT ?x WHERE { ?x a coop: Country }"
        ),
        # --- words
        "misspelt-keyword": _error(
            "Mot de SPARQL mal orthographié",
            "Misspelt word of SPARQL",
            "SELCT ?x WHERE { ?x a org:Organization }",
        ),
        "bare-word": _error(
            "Nom sans « ? », sans préfixe ou sans guillemets",
            "Name without “?”, prefix or quotation marks",
            "SELECT label WHERE { ?x skos:prefLabel ?label }",
        ),
        "sql-habit": _error(
            "Habitude de SQL",
            "Habit of SQL",
            'SELECT ?x WHERE { ?x skos:prefLabel ?l FILTER (?l LIKE "%ville%") }',
        ),
        "doubled-sign": _error(
            "« & » ou « | » au lieu de « && » ou « || »",
            "“&” or “|” instead of “&&” or “||”",
            "SELECT ?x WHERE { ?x coop:year ?y FILTER (?y > 2018 & ?y < 2024) }",
        ),
        "equality-sign": _error(
            "« == » ou « <> » au lieu de « = » ou « != »",
            "“==” or “<>” instead of “=” or “!=”",
            "SELECT ?x WHERE { ?x coop:year ?y FILTER (?y == 2018) }",
        ),
        # --- brackets and triples
        "unclosed-bracket": _error(
            "Accolade, parenthèse ou crochet non fermé",
            "Brace, bracket or parenthesis not closed",
            "SELECT ?x WHERE {\n  ?x a org:Organization .\n",
        ),
        "extra-bracket": _error(
            "Accolade, parenthèse ou crochet de trop",
            "One brace, bracket or parenthesis too many",
            "SELECT ?x WHERE { ?x a org:Organization } }",
        ),
        "missing-dot": _error(
            "Point ou point-virgule manquant",
            "Missing dot or semicolon",
            "SELECT ?x ?y WHERE {\n  ?x a org:Organization\n  ?y coop:theme ?t\n}",
        ),
        "semicolon-repeats-subject": _error(
            "Sujet répété après « ; »",
            "Subject repeated after “;”",
            "SELECT ?x WHERE { ?x a org:Organization ; ?x coop:acronym ?n }",
        ),
        "incomplete-triple": _error(
            "Triplet incomplet", "Incomplete triple", "SELECT ?x WHERE { ?x coop:acronym }"
        ),
        "a-is-a-verb": _error(
            "« a » hors de sa place",
            "“a” out of its place",
            "SELECT ?x WHERE { ?x A org:Organization }",
        ),
        "variable-in-path": _error(
            "Variable dans un chemin", "Variable in a path", "SELECT ?x WHERE { ?x ?p* ?y }"
        ),
        "blank-node-reused": _error(
            "Nœud anonyme réutilisé ailleurs",
            "Blank node used again elsewhere",
            "SELECT * WHERE { _:b coop:theme ?t OPTIONAL { _:b coop:country ?c } }",
        ),
        # --- clauses
        "missing-brace": _error(
            "Accolade ouvrante manquante",
            "Missing opening brace",
            "SELECT ?x WHERE ?x a org:Organization",
        ),
        "needs-group": _error(
            "OPTIONAL, MINUS, GRAPH ou EXISTS sans accolades",
            "OPTIONAL, MINUS, GRAPH or EXISTS without braces",
            "SELECT ?x WHERE { ?x a org:Organization OPTIONAL ?x coop:acronym ?n }",
        ),
        "union-needs-groups": _error(
            "UNION sans deux groupes",
            "UNION without two groups",
            "SELECT ?x WHERE { ?x a org:Organization UNION { ?x a coop:Country } }",
        ),
        "filter-needs-brackets": _error(
            "Condition sans parenthèses",
            "Condition without brackets",
            "SELECT ?x WHERE { ?x coop:year ?y FILTER ?y > 2018 }",
        ),
        "needs-alias": _error(
            "Expression du SELECT sans nom",
            "Expression of SELECT without a name",
            "SELECT COUNT(*) WHERE { ?x a org:Organization }",
        ),
        "comma-between-variables": _error(
            "Virgule entre des variables",
            "Comma between variables",
            "SELECT ?x, ?n WHERE { ?x coop:acronym ?n }",
        ),
        "order-of-clauses": _error(
            "Clause qui n’est pas à sa place",
            "Clause out of its place",
            "SELECT ?x WHERE { ?x coop:year ?y } LIMIT 10 ORDER BY ?y",
        ),
        "limit-value": _error(
            "LIMIT ou OFFSET qui n’est pas un entier",
            "LIMIT or OFFSET that is no whole number",
            "SELECT ?x WHERE { ?x coop:year ?y } LIMIT -1",
        ),
        "final-semicolon": _error(
            "Signe final de trop",
            "Needless final sign",
            "SELECT ?x WHERE { ?x coop:year ?y } LIMIT 10;",
        ),
        "template": _error(
            "CONSTRUCT qui contient plus que des triplets",
            "CONSTRUCT that holds more than triples",
            "CONSTRUCT ?s WHERE { ?s coop:theme ?o }",
        ),
        "empty-query": _error("Requête vide", "Empty query", "# nothing yet"),
        "plain-language": _error(
            "Phrase au lieu d’une requête",
            "Sentence instead of a query",
            "Quels sont les partenaires en Tunisie ?",
        ),
        "incomplete-query": _error(
            "Requête qui s’arrête trop tôt", "Query that ends too early", "DESCRIBE"
        ),
        "unexpected": _error(
            "Signe ou mot inattendu", "Unexpected sign or word", "SELECT ?x WHERE { ?x a ?y } ?z"
        ),
        # --- scopes, functions
        "ungrouped-variable": _error(
            "Variable ni regroupée ni calculée",
            "Variable neither grouped nor computed",
            "SELECT ?t (COUNT(?a) AS ?n) WHERE { ?a coop:theme ?t }",
        ),
        "star-with-group": _error(
            "SELECT * avec GROUP BY",
            "SELECT * with GROUP BY",
            "SELECT * WHERE { ?a coop:theme ?t } GROUP BY ?t",
        ),
        "projected-twice": _warning(
            "Variable listée deux fois",
            "Variable listed twice",
            "SELECT ?t ?t WHERE { ?a coop:theme ?t }",
        ),
        "already-bound": _error(
            "Variable qui a déjà une valeur",
            "Variable that already has a value",
            "SELECT (UCASE(?l) AS ?l) WHERE { ?o skos:prefLabel ?l }",
        ),
        "aggregate-misplaced": _error(
            "Agrégat dans FILTER ou BIND",
            "Aggregate in FILTER or BIND",
            "SELECT ?t WHERE { ?a coop:theme ?t FILTER (COUNT(?a) > 2) }",
        ),
        "unknown-function": _error(
            "Fonction inconnue",
            "Unknown function",
            "SELECT ?o WHERE { ?o skos:prefLabel ?l FILTER (LENGTH(?l) > 5) }",
        ),
        "wrong-arity": _error(
            "Nombre d’arguments",
            "Number of arguments",
            "SELECT ?o WHERE { ?o skos:prefLabel ?l FILTER (CONTAINS(?l)) }",
        ),
        "values-width": _error(
            "Ligne de VALUES trop courte ou trop longue",
            "Row of VALUES too short or too long",
            "SELECT ?x WHERE { VALUES (?x ?y) { (1 2) (3) } }",
        ),
        # --- what this service does not do
        "writes": _error("Mise à jour", "Update", "INSERT DATA { place:tunisie coop:year 2024 }"),
        "calls-out": _error(
            "Appel à un autre service",
            "Call to another service",
            "SELECT ?x WHERE { SERVICE <https://query.wikidata.org/sparql> { ?x ?p ?o } }",
        ),
        "too-complex": _error(
            "Requête refusée avant tout travail",
            "Query refused before any work",
            "ASK {" + " ?x ?p ?o ." * 400 + " }",
        ),
        "engine": _error("Ce que seul le moteur voit", "What only the engine sees", ""),
        # --- warnings: names
        "unknown-class": _warning(
            "Classe qu’aucun triplet n’emploie",
            "Class that no triple uses",
            "SELECT ?x WHERE { ?x a coop:Organization }",
        ),
        "unknown-property": _warning(
            "Propriété qu’aucun triplet n’emploie",
            "Property that no triple uses",
            "SELECT ?a ?p WHERE { ?a coop:partenaire ?p }",
        ),
        "unused-term": _warning(
            "Terme de l’ontologie encore sans emploi",
            "Term of the ontology without a use so far",
            "SELECT ?a ?p WHERE { ?a coop:hasFunder ?p }",
        ),
        "unknown-entity": _warning(
            "Entité inconnue", "Unknown entity", "SELECT ?a WHERE { ?a coop:country place:tunise }"
        ),
        "unknown-graph": _warning(
            "Graphe inconnu, donc vide",
            "Unknown graph, hence empty",
            "SELECT ?p WHERE { GRAPH graph:infered { ?a coop:hasPartner ?p } }",
        ),
        "unknown-language": _warning(
            "Langue qu’aucun texte ne porte",
            "Language that no text has",
            'SELECT ?l WHERE { ?o skos:prefLabel ?l FILTER (LANG(?l) = "FR") }',
        ),
        "prefix-namespace": _warning(
            "Espace de noms presque juste",
            "Namespace that is nearly right",
            "PREFIX coop: <https://w3id.org/cnfpt-coop/ns/>\nSELECT ?x WHERE { ?x a coop:Country }",
        ),
        "prefixed-name-in-brackets": _warning(
            "Nom préfixé entre chevrons",
            "Prefixed name between angle brackets",
            "SELECT ?x WHERE { ?x a <coop:Country> }",
        ),
        "property-not-on-class": _warning(
            "Propriété que cette classe n’a jamais",
            "Property that this class never has",
            "SELECT ?x ?y WHERE { ?x a coop:Country ; coop:year ?y }",
        ),
        # --- warnings: values
        "literal-without-language": _warning(
            "Texte sans langue, que rien n’égale",
            "Text without a language, which nothing equals",
            'SELECT ?x WHERE { ?x skos:prefLabel "Tunisie" }',
        ),
        "literal-datatype": _warning(
            "Valeur d’un autre type",
            "Value of another type",
            'SELECT ?x WHERE { ?x coop:year "2024" }',
        ),
        "literal-for-entity": _warning(
            "Texte à la place d’une entité",
            "Text in the place of an entity",
            'SELECT ?a WHERE { ?a coop:country "Tunisie" }',
        ),
        "entity-as-text": _warning(
            "Entité ou nombre pris pour un texte",
            "Entity or number taken for a text",
            'SELECT ?a WHERE { ?a coop:country ?c FILTER (CONTAINS(?c, "tunis")) }',
        ),
        "bad-pattern": _warning(
            "Motif de REGEX qui ne se lit pas",
            "Pattern of REGEX that cannot be read",
            'SELECT ?x WHERE { ?x skos:prefLabel ?l FILTER (REGEX(?l, "(")) }',
        ),
        "comma-in-number": _warning(
            "Virgule entre deux nombres",
            "Comma between two numbers",
            "SELECT ?x WHERE { ?x coop:value 3,5 }",
        ),
        "variable-in-quotes": _warning(
            "Variable entre guillemets",
            "Variable in quotation marks",
            'SELECT ?x WHERE { ?x skos:prefLabel ?l FILTER (STR(?l) = "?nom") }',
        ),
        # --- warnings: variables
        "having-alias": _warning(
            "Nom du SELECT repris dans HAVING",
            "Name of SELECT used in HAVING",
            "SELECT ?a (COUNT(?t) AS ?n) { ?a coop:theme ?t } GROUP BY ?a HAVING (?n > 1)",
        ),
        "variable-never-bound": _warning(
            "Variable que rien ne renseigne",
            "Variable that nothing fills",
            "SELECT ?lable WHERE { ?x skos:prefLabel ?label }",
        ),
        "variable-once": _warning(
            "Variable écrite une seule fois, proche d’une autre",
            "Variable written once, close to another",
            "SELECT ?place ?n WHERE { ?place a coop:Country . ?plcae coop:iso2 ?n }",
        ),
        "a-without-question-mark": _warning(
            "?a au lieu de a", "?a instead of a", "SELECT ?x WHERE { ?x ?a coop:Country }"
        ),
        "cartesian-product": _warning(
            "Motifs que rien ne relie",
            "Patterns that nothing joins",
            "SELECT ?c ?o WHERE { ?c a coop:Country . ?o a org:Organization }",
        ),
        "nested-aggregate": _error(
            "Agrégat dans un agrégat",
            "Aggregate inside an aggregate",
            "SELECT (SUM(COUNT(?a)) AS ?n) WHERE { ?a coop:theme ?t }",
        ),
    }
)
