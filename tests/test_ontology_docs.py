"""The pages of the vocabulary say what ontology, shapes, data and questions hold."""

from __future__ import annotations

import copy
import gzip
import html
import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib.plugins.sparql import prepareQuery

from coopkg.answers import Catalogue
from coopkg.build.vocabulary import axioms, constraints
from coopkg.build.vocabulary.triples import Triples
from coopkg.figures.diagram import Arrow, Box, Diagram
from coopkg.serve import structured, vocabulary
from coopkg.serve.present import Names
from coopkg.serve.vocabulary.search import search
from coopkg.serve.vocabulary.view import View
from coopkg.terms import BASE, NS, PREFIXES, RDF_TYPE, compact, expand
from tests.conftest import ROOT
from tests.test_ontology import iris

PREFIXED = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
CODE = r"(?s)<pre.*?</pre>|<code>.*?</code>"
MOST_BYTES = 25_000
# What each of these is also, in its own vocabulary: not true of anything of ours.
TRAPS = {
    "schema:Project": "an organisation",
    "schema:GovernmentOffice": "a place",
    "schema:EducationalOrganization": "a place",
    "schema:CollegeOrUniversity": "a place",
    "http://purl.org/vocab/cpsv#Rule": "a document",
}


@pytest.fixture(scope="module")
def sealed(published: Path) -> dict[str, Any]:
    (path,) = (published / "generations").glob("*/ontology.json")
    return dict(json.loads(path.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def store(published: Path) -> ox.Store:
    (path,) = (published / "generations").glob("*/store.nq")
    store = ox.Store()
    store.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)
    return store


@pytest.fixture(scope="module")
def pages(app: Flask, sealed: dict[str, Any]) -> dict[str, str]:
    """Return every page of the vocabulary, by address; each answers 200."""
    client = app.test_client()
    found = {}
    for lang in ("fr", "en"):
        for path in (f"/{lang}/ns", *(f"/{lang}/ns/{name}" for name in sealed["terms"])):
            answer = client.get(path)
            assert answer.status_code == 200, path
            found[path] = answer.text
    return found


def view(sealed: dict[str, Any], lang: str, labels: dict[str, Any] | None = None) -> View:
    assert lang in {"fr", "en"}
    return View(sealed, Names(Catalogue(labels or {}, {}, {}), lang))  # type: ignore[arg-type]


def select(store: ox.Store, query: str) -> list[Any]:
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions)
    return list(found)


def plain(words: dict[str, Any], lang: str) -> str:
    return "".join(
        one if isinstance(one, str) else one.get("c") or compact(one["t"]).partition(":")[2]
        for one in words[lang]
    ).replace("\u00a0", " ")


def read(turtle: str) -> Triples:
    triples = ox.parse((PREFIXED + turtle).encode(), format=ox.RdfFormat.TURTLE)
    return Triples((one.subject, one.predicate, one.object) for one in triples)


# --- Every term ---------------------------------------------------------------------------


def test_every_term_of_the_ontology_is_documented_and_nothing_else(
    store: ox.Store, sealed: dict[str, Any]
) -> None:
    rows = select(
        store,
        "PREFIX owl: <http://www.w3.org/2002/07/owl#> SELECT DISTINCT ?t WHERE { VALUES ?k "
        "{ owl:Class owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty } "
        f'?t a ?k FILTER(STRSTARTS(STR(?t), "{NS}")) }}',
    )
    terms = {row["t"].value.removeprefix(NS) for row in rows}
    assert len(terms) > 200
    assert set(sealed["terms"]) == terms
    assert sorted(name for one in sealed["modules"] for name in one["terms"]) == sorted(terms)


def test_each_term_has_a_page_in_both_languages_with_its_name_and_its_definition(
    sealed: dict[str, Any], pages: dict[str, str]
) -> None:
    for name, term in sealed["terms"].items():
        for lang in ("fr", "en"):
            text = html.unescape(pages[f"/{lang}/ns/{name}"])
            assert term["label"][lang] in text
            assert term["definition"][lang] in text
            assert f"<code data-copy>{NS}{name}</code>" in text


def test_the_overview_has_an_anchor_for_each_term_that_leads_to_its_page(
    sealed: dict[str, Any], pages: dict[str, str]
) -> None:
    for lang in ("fr", "en"):
        anchors = re.findall(r'<li id="([^"]+)"><a href="([^"]+)"', pages[f"/{lang}/ns"])
        assert dict(anchors) == {name: f"/{lang}/ns/{name}" for name in sealed["terms"]}
        assert len(anchors) == len(sealed["terms"])


def test_pages_are_well_made_small_and_without_inline_style_or_script(
    pages: dict[str, str],
) -> None:
    for path, page in pages.items():
        ids = re.findall(r' id="([^"]*)"', page)
        assert len(ids) == len(set(ids)), path
        assert not re.findall(r" style=| onclick=|<style", page)
        assert not re.findall(r'<script(?! type="module" src="/static/[^"]*"></script>)', page)
        assert len(gzip.compress(page.encode())) < MOST_BYTES, path
        for tag in ("table", "ul", "dl", "li", "p", "section", "details", "figure"):
            assert len(re.findall(rf"<{tag}[ >]", page)) == page.count(f"</{tag}>"), (path, tag)


def test_no_page_shows_a_bare_iri_where_a_label_exists(pages: dict[str, str]) -> None:
    for path, page in pages.items():
        main = page[page.index("<main") : page.index("</main>")]
        for shown in re.findall(r">([^<>]*https?://[^<>]*)<", re.sub(CODE, "", main)):
            assert BASE + "ns" in shown, (path, shown)  # its own name, to copy
        for code in re.findall(r"<code>(https?://[^<]*)</code>", main):
            assert code.startswith(BASE + "ns/1."), (path, code)


def test_every_link_of_every_page_resolves(pages: dict[str, str], client: FlaskClient) -> None:
    seen: dict[str, str] = {}
    anchors: dict[str, set[str]] = {}
    for path, page in pages.items():
        for given in re.findall(r'href="([^"]*)"', page):
            address = urlsplit(html.unescape(given))
            if address.scheme or address.netloc or address.path == "/sparql":
                continue
            target = (address.path or path) + ("?" + address.query if address.query else "")
            if address.fragment:
                anchors.setdefault(target, set()).add(address.fragment)
            seen.setdefault(re.sub(r"^/(fr|en)/", "/fr/", target), target)
    unvisited = [one for one in seen.values() if one not in pages]
    assert len(unvisited) > 100
    for target in unvisited:
        with client.get(target) as answer:
            assert answer.status_code in {200, 303}, target
    for target, wanted in anchors.items():
        assert wanted <= {"main", *re.findall(r' id="([^"]+)"', pages[target])}, target


# --- What the graph says ------------------------------------------------------------------


def counted(store: ox.Store, graph: str) -> dict[str, int]:
    """Count by hand, apart from the code: the properties, and the kinds of what has one."""
    inside = f"GRAPH <{graph}> {{ ?s ?p ?o }}" if graph else "?s ?p ?o"
    rows = select(store, f"SELECT ?p (COUNT(*) AS ?n) WHERE {{ {inside} }} GROUP BY ?p")
    inside = inside.replace("?p", f"<{RDF_TYPE.value}>")
    rows += select(store, f"SELECT ?o (COUNT(*) AS ?n) WHERE {{ {inside} }} GROUP BY ?o")
    return {row[0].value: int(row[1].value) for row in rows}


def test_counts_are_those_of_the_graph(store: ox.Store, sealed: dict[str, Any]) -> None:
    every, asserted = counted(store, ""), counted(store, BASE + "graph/asserted")
    for name, term in sealed["terms"].items():
        total, stated = every.get(NS + name, 0), asserted.get(NS + name, 0)
        assert term["count"] == {"asserted": stated, "inferred": total - stated}, name
    for one in sealed["reused"]:
        assert one["count"] == every[one["term"]]
    for one in sealed["diagram"]["boxes"]:
        assert one["count"] == every[one["term"]]


def test_each_used_term_has_examples_that_are_in_the_graph(
    store: ox.Store, sealed: dict[str, Any]
) -> None:
    for name, term in sealed["terms"].items():
        total = sum(term["count"].values())
        assert bool(term.get("examples")) == bool(total), name
        for one in term.get("examples", ()):
            subject = ox.NamedNode(one["subject"])
            if term["kind"] == "class":
                quad = ox.Quad(subject, RDF_TYPE, ox.NamedNode(NS + name), ox.DefaultGraph())
            else:
                quad = ox.Quad(subject, ox.NamedNode(NS + name), value(one), ox.DefaultGraph())
            assert quad in store, (name, one)
            stated = ox.Quad(
                quad.subject, quad.predicate, quad.object, ox.NamedNode(BASE + "graph/asserted")
            )
            assert (stated not in store) == one.get("inferred", False), (name, one)


def value(one: dict[str, str]) -> ox.NamedNode | ox.Literal:
    if "value" in one:
        return ox.NamedNode(one["value"])
    if "lang" in one:
        return ox.Literal(one["text"], language=one["lang"])
    return ox.Literal(one["text"], datatype=ox.NamedNode(one["datatype"]))


def test_every_sample_query_gives_rows_and_opens_in_the_editor(
    store: ox.Store, sealed: dict[str, Any], pages: dict[str, str], client: FlaskClient
) -> None:
    for name, term in sealed["terms"].items():
        for lang in ("fr", "en"):
            (link,) = re.findall(r'href="(/sparql\?query=[^"]*)"', pages[f"/{lang}/ns/{name}"])
            given = parse_qs(urlsplit(html.unescape(link)).query)
            (query,) = given["query"]
            assert query == term["sample"].replace("%LANG%", lang)
            assert f"coop:{name}" in query
            assert select(store, query), name
    opened = client.get(html.unescape(link), headers={"Accept": "text/html"})
    assert opened.status_code == 200
    assert "%LANG%" not in opened.text


def test_the_questions_of_a_term_are_those_whose_algebra_names_it(sealed: dict[str, Any]) -> None:
    named: dict[str, set[str]] = {}
    for path in (ROOT / "queries").glob("*.rq"):
        if path.stem in sealed["questions"]:
            algebra = prepareQuery(path.read_text(encoding="utf-8")).algebra
            named[path.stem] = {str(one) for one in iris(algebra)}
    assert len(named) == len(sealed["questions"]) > 60
    for name, term in sealed["terms"].items():
        assert set(term.get("questions", ())) == {
            slug for slug, used in named.items() if NS + name in used
        }, name


def test_each_arrow_of_the_plan_is_true_of_the_data(
    store: ox.Store, sealed: dict[str, Any]
) -> None:
    for one in sealed["diagram"]["arrows"]:
        pattern = f"?a a <{one['from']}> ; <{one['term']}> ?b . ?b a <{one['to']}>"
        assert store.query(f"ASK {{ {pattern} }}"), one
        asserted = f"GRAPH <{BASE}graph/asserted> {{ ?a <{one['term']}> ?b }}"
        assert bool(store.query(f"ASK {{ {asserted} }}")) != one["inferred"], one


# --- Shapes in words ----------------------------------------------------------------------


def shapes() -> Triples:
    paths = enumerate(sorted((ROOT / "ontology" / "shapes").glob("*.ttl")))
    return Triples(
        (apart(one.subject, number), one.predicate, apart(one.object, number))
        for number, path in paths
        for one in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
    )


def apart(term: Any, number: int) -> Any:
    return ox.BlankNode(f"f{number}x{term.value}") if isinstance(term, ox.BlankNode) else term


def test_every_constraint_of_the_shapes_has_words() -> None:
    graph = shapes()
    checked = {
        *graph.subjects("rdf:type", expand("sh:NodeShape")),
        *graph.subjects("rdf:type", expand("sh:PropertyShape")),
    }
    assert len(checked) > 190
    for shape in checked:
        for words in constraints.expected(graph, shape):
            assert constraints.UNTOLD not in words, (shape, words[constraints.UNTOLD])
            assert plain(words, "fr")
            assert plain(words, "en")


@pytest.mark.parametrize(
    "turtle",
    [
        '[] a sh:NodeShape ; sh:flags "i" .',
        "[] a sh:NodeShape ; sh:or ( [ sh:not [ sh:sometimes 3 ] ] ) .",
        "[] a sh:NodeShape ; sh:qualifiedValueShape [ sh:sometimes 3 ] ; sh:qualifiedMinCount 1 .",
    ],
)
def test_a_constraint_without_words_is_said_to_have_none(turtle: str) -> None:
    graph = read(turtle)
    (shape,) = graph.subjects("rdf:type", expand("sh:NodeShape"))
    (words,) = constraints.expected(graph, shape)
    assert words[constraints.UNTOLD] in (["sh:flags"], ["sh:sometimes"])
    assert "ne sait pas dire" in plain(words, "fr")
    assert "cannot put into words" in plain(words, "en")


@pytest.mark.parametrize(
    ("turtle", "fr", "en"),
    [
        ("sh:minCount 1 ; sh:maxCount 1", "exactement une valeur", "exactly one value"),
        ("sh:minCount 1", "au moins une valeur", "at least one value"),
        ("sh:minCount 2", "au moins 2 valeurs", "at least 2 values"),
        ("sh:maxCount 1", "au plus une valeur", "at most one value"),
        ("sh:minCount 0 ; sh:maxCount 3", "au plus 3 valeurs", "at most 3 values"),
        ("sh:minCount 2 ; sh:maxCount 3", "de 2 à 3 valeurs", "2 to 3 values"),
        ("sh:maxCount 0", "aucune valeur permise", "no value allowed"),
        ("sh:class coop:Place", "de la sorte Place", "of kind Place"),
        ("sh:datatype xsd:integer", "un nombre entier", "a whole number"),
        ("sh:uniqueLang true", "une seule par langue", "only one in each language"),
        ('sh:languageIn ( "fr" "en" )', "en français ou anglais", "in French or English"),
        ('sh:in ( "a" "b" )', "une de ces valeurs : a ou b", "one of these values: a or b"),
        ("sh:hasValue true", "la valeur oui", "the value yes"),
        ("sh:lessThan coop:endYear", "plus petit que endYear", "less than endYear"),
        (
            "sh:or ( [ sh:class coop:Actor ] [ sh:path coop:year ; sh:minCount 1 ] )",
            "l’un au moins : (de la sorte Actor) ou (year : au moins une valeur)",
            "one at least: (of kind Actor) or (year: at least one value)",
        ),
        (
            "sh:qualifiedValueShape [ sh:class coop:Place ] ; sh:qualifiedMaxCount 1",
            "au plus une valeur ainsi faite : de la sorte Place",
            "at most one value such that: of kind Place",
        ),
        (
            "sh:closed true ; sh:ignoredProperties ( coop:year coopsh:statedIn )",
            "aucune autre propriété que year",
            "no other property than year",
        ),
        (f"sh:in ( {' '.join(map(str, range(20)))} )",
         "une de 20 valeurs : 0, 1, 2…", "one of 20 values: 0, 1, 2…"),
    ],
)  # fmt: skip
def test_a_constraint_is_told_in_both_languages(turtle: str, fr: str, en: str) -> None:
    graph = read(f"[] a sh:NodeShape ; {turtle} .")
    (shape,) = graph.subjects("rdf:type", expand("sh:NodeShape"))
    (words,) = constraints.expected(graph, shape)
    assert (plain(words, "fr"), plain(words, "en")) == (fr, en)


def test_a_rule_stands_on_the_page_of_the_kind_and_on_that_of_the_property(
    pages: dict[str, str],
) -> None:
    for name in ("Participation", "partner", "lead"):
        page = re.sub(r"<[^>]+>", "", html.unescape(pages[f"/fr/ns/{name}"]))
        assert "exactement une valeur ; l’un au moins" in page.replace("\u00a0", " "), name


# --- Reasoning in words -------------------------------------------------------------------


def test_each_axiom_that_reasoning_uses_is_one_sentence(store: ox.Store) -> None:
    graph = Triples(
        (one.subject, one.predicate, one.object)
        for one in store.quads_for_pattern(None, None, None, ox.NamedNode(BASE + "graph/ontology"))
    )
    rules = [plain(rule.words, "fr") for rule in axioms.rules(graph)]
    wanted = sum(
        len(graph.pairs(name))
        for name in ("rdfs:subPropertyOf", "owl:inverseOf", "owl:propertyChainAxiom")
    )
    wanted += sum(isinstance(one, ox.BlankNode) for one, _ in graph.pairs("rdfs:subClassOf"))
    kinds = {expand("owl:TransitiveProperty"), expand("owl:SymmetricProperty")}
    wanted += sum(kind in kinds for _, kind in graph.pairs("rdf:type"))
    assert len(rules) == len(set(rules)) == wanted > 70
    for sentence in (
        "Si A participation B et B partner C, alors A hasPartner C.",
        "Si A within B et B within C, alors A within C.",
        "Si A hasPartner B, alors B partnerOf A, et inversement.",
        "Si A partner quelque chose, alors A role partner.",
        "Si A basedIn france, alors A est de la sorte FrenchActor.",
        "Si A partnerOf B et que B est de la sorte Partnership, alors A partnerRoute prose.",
    ):
        assert sentence in rules


def test_what_is_never_two_things_at_once_is_told_of_each() -> None:
    found = axioms.apart(
        read(
            "coop:A owl:disjointWith coop:B . "
            "[] a owl:AllDisjointClasses ; owl:members ( coop:A coop:C coop:D ) ."
        )
    )
    assert found[NS + "A"] == [NS + "B", NS + "C", NS + "D"]
    assert found[NS + "B"] == [NS + "A"]
    assert found[NS + "C"] == [NS + "A", NS + "D"]


# --- Search, addresses, older generations -------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("représentation diplomatique", "DiplomaticMission"),
        ("representation DIPLOMATIQUE", "DiplomaticMission"),
        ("diplomatic mission", "DiplomaticMission"),
        ("hasPartner", "hasPartner"),
        ("a pour partenaire", "hasPartner"),
        ("Etat", "State"),
        ("met en oeuvre", "implements"),
    ],
)
def test_a_term_is_found_in_either_language_with_or_without_accents(
    sealed: dict[str, Any], asked: str, first: str
) -> None:
    for lang in ("fr", "en"):
        assert search(view(sealed, lang), asked).terms[0]["name"] == first


def test_a_search_finds_concepts_and_words_of_definitions(client: FlaskClient) -> None:
    page = client.get("/en/ns?q=decentralisation").text
    assert 'href="/en/scheme/theme/decentralisation"' in page
    page = client.get("/fr/ns?q=sans+le+conduire").text
    assert 'href="/fr/ns/hasPartner"' in page


def test_a_search_without_result_says_so_and_offers_the_nearest(client: FlaskClient) -> None:
    page = html.unescape(client.get("/fr/ns?q=partenarait").text)
    assert "Aucun terme pour <q>partenarait</q>" in page
    assert 'href="/fr/ns/Partnership"' in page
    page = client.get("/en/ns?q=" + "%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    for empty in ("", "+", "%3F"):
        assert client.get(f"/fr/ns?q={empty}").status_code == 200
    assert client.get("/fr/ns?q=" + "a" * 5_000).status_code == 200


def test_the_name_of_a_term_leads_to_its_page_or_to_the_data(client: FlaskClient) -> None:
    found = client.get("/ns/hasPartner", headers={"Accept": "text/html", "Accept-Language": "en"})
    assert (found.status_code, found.location) == (303, "/en/ns/hasPartner")
    found = client.get("/ns/hasPartner", headers={"Accept": "text/turtle"})
    assert (found.status_code, found.location) == (303, "/ns.ttl")
    page = client.get("/en/ns/hasPartner")
    assert f'<{NS}hasPartner>; rel="describes"' in page.headers["Link"]
    assert "</fr/ns/hasPartner>" in page.headers["Link"]
    assert page.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/fr/ns/agents").status_code == 200  # a module
    lost = client.get("/fr/ns/hasPartnr")
    assert lost.status_code == 404
    assert "hasPartner" in lost.text


def test_a_generation_without_documentation_says_so(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vocabulary, "SEALED", "absent.json")
    for lang, said in (("fr", "avant que le vocabulaire ne soit documenté"), ("en", "before the")):
        for path in (f"/{lang}/ns?old", f"/{lang}/ns/hasPartner?old"):
            page = client.get(path)
            assert page.status_code == 200
            assert said in page.text
            assert "hasPartner" in page.text
    assert client.get("/fr/ns/Nothing?old").status_code == 404


@pytest.fixture
def changed(app: Flask, sealed: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return a documentation that a test may change, served instead of the real one."""
    given = copy.deepcopy(sealed)
    monkeypatch.setattr(vocabulary, "sealed", lambda service: given)
    return given


def test_a_deprecated_term_says_what_to_use_instead(
    client: FlaskClient, changed: dict[str, Any]
) -> None:
    changed["terms"]["hasHost"]["deprecated"] = {
        "by": [NS + "hasPartner"],
        "why": {"fr": "Réuni au partenaire."},
    }
    page = html.unescape(client.get("/en/ns/hasHost?deprecated").text)
    assert "Do not use this term any more" in page
    assert 'href="/en/ns/hasPartner">has partner</a>' in page
    assert '<span lang="fr">Réuni au partenaire.</span> <span class="badge">fr</span>' in page


def test_a_text_missing_in_a_language_is_shown_in_the_other_and_marked(
    client: FlaskClient, changed: dict[str, Any]
) -> None:
    del changed["terms"]["hasHost"]["definition"]["en"]
    french = changed["terms"]["hasHost"]["definition"]["fr"]
    page = html.unescape(client.get("/en/ns/hasHost?fallback").text)
    assert f'<span lang="fr">{french}</span> <span class="badge">fr</span>' in page


# --- Alignments ---------------------------------------------------------------------------


@cache
def aligned() -> list[tuple[str, str, str]]:
    return [
        (str(one.subject), one.predicate.value, str(one.object))
        for path in sorted((ROOT / "ontology" / "alignments").glob("*.ttl"))
        for one in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
        if isinstance(one.subject, ox.NamedNode) and one.subject.value.startswith(NS)
    ]


def test_no_alignment_puts_a_term_under_one_that_says_more() -> None:
    assert len(aligned()) > 40
    traps = {str(expand(name)): said for name, said in TRAPS.items()}
    for subject, how, value_ in aligned():
        assert value_ not in traps or how == expand("skos:closeMatch").value, (
            subject,
            traps[value_],
        )


def test_a_property_under_a_foreign_one_is_said_of_nothing_that_the_foreign_one_is_not(
    store: ox.Store,
) -> None:
    """A gap in information stands nowhere, measures nothing, is provided by nobody."""
    for subject, how, value_ in aligned():
        if how == expand("rdfs:subPropertyOf").value and "printedName" not in subject:
            used = f"ASK {{ ?gap a <{NS}InformationGap> ; {subject} ?value }}"
            assert not store.query(used), (subject, value_)


def test_alignments_are_in_the_files_of_the_vocabulary_and_on_the_pages(
    client: FlaskClient, sealed: dict[str, Any], pages: dict[str, str]
) -> None:
    held = {
        (str(one.subject), one.predicate.value, str(one.object))
        for one in ox.parse(client.get("/ns.ttl").data, format=ox.RdfFormat.TURTLE)
    }
    assert set(aligned()) <= held
    shown = [row for one in sealed["alignments"] for row in one["rows"]]
    assert len(shown) == len(aligned())
    for ours, _, theirs in shown:
        assert f'href="{theirs}"' in pages[f"/en/ns/{ours.removeprefix(NS)}"]
        assert f'href="{theirs}"' in pages["/en/ns"]


def test_search_engines_are_told_only_what_is_true_under_their_terms(app: Flask) -> None:
    under = {
        (subject.strip("<>"), value_.strip("<>").removeprefix(PREFIXES["schema"]))
        for subject, how, value_ in aligned()
        if how != expand("skos:closeMatch").value and PREFIXES["schema"] in value_
    }
    told = structured.aligned(app.extensions["coopkg"].service())
    assert {(iri, word) for iri, words in told.items() for word in words} == under


# --- The plan -----------------------------------------------------------------------------


def test_a_diagram_says_in_words_what_it_draws() -> None:
    boxes = (Box("a", "acteur", "coop:Actor", (0, 0)), Box("b", "cadre", "coop:Hub", (1, 1)))
    drawn = Diagram("Plan", boxes, (Arrow("a", "b", "participe à", inferred=True),))
    said = drawn.message("fr").replace("\u00a0", " ")
    assert said == (
        "2 sortes, 1 lien : « acteur » participe à « cadre ». En pointillés, un lien déduit."
    )
    assert drawn.table("en").rows == (("acteur", "participe à", "cadre"),)
    picture = drawn.svg("en", "plan")
    assert 'role="img"' in picture
    assert "Dashed: inferred." in picture
    assert (picture.count("<rect"), picture.count('class="arrow inferred"')) == (2, 1)
    assert " style=" not in picture


def test_a_diagram_refuses_an_arrow_to_nowhere() -> None:
    box = Box("a", "acteur", "coop:Actor", (0, 0))
    with pytest.raises(KeyError):
        Diagram("Plan", (box,), (Arrow("a", "z", "mène à"),)).svg("fr", "plan")
