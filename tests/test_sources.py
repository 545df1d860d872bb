from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from coopkg import generation
from coopkg.build import layout, sources
from coopkg.build.sources import Source
from coopkg.errors import Location, SourceError
from coopkg.terms import BASE, PREFIXES, expand

ROOT = Path(__file__).parents[1]
HEAD = f"@prefix coop: <{PREFIXES['coop']}> .\n@prefix passage: <{PREFIXES['passage']}> .\n"
A, B, C = (expand("coop:" + name) for name in "abc")


def graph(name: str) -> NamedNode:
    return NamedNode(BASE + "graph/" + name)


def write(root: Path, path: str, text: str, head: str = HEAD) -> str:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes((head + text).encode())
    return path


def one(root: Path, path: str, text: str) -> Source:
    write(root, path, text)
    (source,) = sources.read(root)
    return source


def refused(root: Path, path: str, text: str) -> SourceError:
    write(root, path, text)
    with pytest.raises(SourceError) as error:
        sources.read(root)
    assert error.value.location.path == path
    return error.value


# --- Roles and graphs ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "role", "name"),
    [
        ("ontology/coop.ttl", "module", "ontology"),
        ("ontology/modules/agents.ttl", "module", "ontology"),
        ("ontology/imports/org.ttl", "import", "ontology"),
        ("ontology/vocab/theme.ttl", "vocabulary", "vocabulary"),
        ("ontology/vocab/mappings/dac.ttl", "mapping", "mappings"),
        ("ontology/alignments/cpov.ttl", "alignment", "alignments"),
        ("ontology/shapes/agents.ttl", "shapes", "shapes"),
        ("graph_data/catalog.ttl", "data", "catalog"),
        ("graph_data/sources/passages.ttl", "data", "sources"),
        ("graph_data/reference/m49.ttl", "data", "reference/m49"),
        ("graph_data/partners/cefal/actions.ttl", "data", "partner/cefal"),
        ("graph_data/partners/cefal/2018/actions.ttl", "data", "partner/cefal"),
    ],
)
def test_the_folder_of_a_turtle_file_decides_its_role_and_graph(
    tmp_path: Path, path: str, role: str, name: str
) -> None:
    source = one(tmp_path, path, "coop:a coop:b coop:c .")

    assert (source.path, source.role) == (path, role)
    assert source.quads == (Quad(A, B, C, graph(name)),)
    assert source.sha256 == hashlib.sha256((tmp_path / path).read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("graph_data/brochure/cnfpt.trig", "passage/l16"),
        ("graph_data/brochure/actions/tunisie.trig", "passage/l117"),
        ("graph_data/curation/zones.trig", "curation/zones"),
        ("graph_data/reference/more.trig", "reference/more"),
        ("graph_data/partners/cefal/actions.trig", "partner/cefal"),
        ("graph_data/partners/cefal/actions.trig", "partner/cefal/2018"),
    ],
)
def test_trig_keeps_its_graphs(tmp_path: Path, path: str, name: str) -> None:
    source = one(tmp_path, path, f"GRAPH {graph(name)} {{ coop:a coop:b coop:c }}")

    assert source.quads == (Quad(A, B, C, graph(name)),)
    assert source.role == "data"


@pytest.mark.parametrize(
    ("path", "begins", "shown"),
    [
        ("graph_data/brochure/a.trig", "", "in no graph"),
        ("graph_data/brochure/a.trig", f"GRAPH {graph('curation/x')}", "graph/curation/x"),
        ("graph_data/brochure/a.trig", f"GRAPH {graph('passage/')}", "graph/passage/"),
        ("graph_data/brochure/a.trig", "GRAPH <http://e/g>", "<http://e/g>"),
        ("graph_data/brochure/a.trig", "GRAPH _:g", "_:g"),
        ("graph_data/curation/a.trig", "GRAPH passage:l1", "graph/passage/l1"),
        ("graph_data/partners/x/a.trig", f"GRAPH {graph('partner/y')}", "graph/partner/y"),
        ("graph_data/partners/x/a.trig", f"GRAPH {graph('partner/xy')}", "graph/partner/xy"),
        ("graph_data/partners/x/a.trig", f"GRAPH {graph('inferred')}", "graph/inferred"),
        ("graph_data/partners/x/a.trig", f"GRAPH <{PREFIXES['coop']}>", "ns#"),
    ],
)
def test_a_layer_holds_its_own_graphs_only(
    tmp_path: Path, path: str, begins: str, shown: str
) -> None:
    error = refused(tmp_path, path, f"\n\n{begins} {{ \n  coop:a coop:b coop:c }}")

    assert shown in error.message("en")
    assert (error.location.line, error.location.column) == (6, 3)


def test_a_partner_may_use_graphs_that_are_not_ours(tmp_path: Path) -> None:
    text = "GRAPH <http://e/g> { coop:a coop:b coop:c }"
    source = one(tmp_path, "graph_data/partners/x/a.trig", text)
    assert str(source.quads[0].graph_name) == "<http://e/g>"


def test_sources_are_sorted_and_files_for_others_are_not_read(tmp_path: Path) -> None:
    for path in ("ontology/shapes/b.ttl", "ontology/coop.ttl", "graph_data/sources/a.ttl"):
        write(tmp_path, path, "coop:a coop:b coop:c .")
    for path in (
        "ontology/examples/invalid/broken.ttl", "ontology/context/coop.context.jsonld",
        "ontology/w3id/.htaccess", "ontology/VERSION", "graph_data/README.md",
        "graph_data/reference/registers.tsv", "graph_data/.cache/x.ttl", "graph_data/.a.ttl.swp",
        "queries/a.rq", "var/x.ttl",
    ):  # fmt: skip
        write(tmp_path, path, "not read")

    found = sources.read(tmp_path)
    assert [source.path for source in found] == [
        "graph_data/sources/a.ttl", "ontology/coop.ttl", "ontology/shapes/b.ttl",
    ]  # fmt: skip
    assert sources.notices(tmp_path, found) == ()


@pytest.mark.parametrize(
    ("path", "fr", "en"),
    [
        ("graph_data/brochure/a.ttl", "fichier .trig", "a .trig file"),
        ("graph_data/sources/a.trig", "fichier .ttl", "a .ttl file"),
        ("ontology/modules/a.trig", "fichier .ttl", "a .ttl file"),
        ("graph_data/a.ttl", "rien ne dit", "nothing says"),
        ("graph_data/zones/a.trig", "rien ne dit", "nothing says"),
        ("ontology/names.ttl", "rien ne dit", "nothing says"),
        ("graph_data/partners/a.ttl", "rien ne dit", "nothing says"),
        ("graph_data/curation/a.nt", "fichiers .nt ne sont pas lus", ".nt files are not read"),
        ("graph_data/partners/x/a.rdf", "convertir en Turtle", "convert to Turtle"),
        ("ontology/modules/a.owl", "convertir", "convert"),
        ("graph_data/partners/x/a.jsonld", "convertir", "convert"),
        ("graph_data/sources/a.TTL", ".TTL ne sont pas lus", ".TTL files are not read"),
        ("graph_data/reference/pays été.ttl", "« pays été »", "lower-case letters"),
        ("graph_data/partners/CEFAL/a.ttl", "« CEFAL »", "“CEFAL”"),
        ("graph_data/partners/a/../b.trig", "rien ne dit", "nothing says"),
    ],
)
def test_a_file_out_of_place_is_refused_with_a_remedy(
    tmp_path: Path, path: str, fr: str, en: str
) -> None:
    with pytest.raises(SourceError) as error:
        sources.read_file(tmp_path, path)
    assert fr in error.value.message("fr").replace("\u00a0", " ")
    assert en in error.value.message("en")
    if ".." not in path:
        refused(tmp_path, path, "coop:a coop:b coop:c .")


def test_a_file_of_an_unknown_kind_is_noticed(tmp_path: Path) -> None:
    write(tmp_path, "graph_data/sources/a.ttl", "coop:a coop:b coop:c .")
    write(tmp_path, "graph_data/sources/b.ttl.txt", "coop:a coop:b coop:c .")
    (notice,) = sources.notices(tmp_path, sources.read(tmp_path))
    assert notice.location == Location("graph_data/sources/b.ttl.txt")
    assert notice.message("fr").startswith("graph_data/sources/b.ttl.txt\u00a0: fichier ignoré")
    assert notice.message("en").startswith("graph_data/sources/b.ttl.txt: file ignored")


def test_a_project_without_sources_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="neither ontology/ nor graph_data/"):
        sources.read(tmp_path)
    (tmp_path / "graph_data").mkdir()
    assert sources.read(tmp_path) == ()


def test_a_linked_folder_is_refused_and_a_linked_file_is_read(tmp_path: Path) -> None:
    write(tmp_path, "elsewhere/a.ttl", "coop:a coop:b coop:c .")
    (tmp_path / "graph_data" / "sources").mkdir(parents=True)
    (tmp_path / "graph_data" / "sources" / "a.ttl").symlink_to(tmp_path / "elsewhere" / "a.ttl")
    assert len(sources.read(tmp_path)) == 1
    (tmp_path / "graph_data" / "reference").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SourceError, match="graph_data/reference: a link to a folder"):
        sources.read(tmp_path)


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "graph_data" / "sources").mkdir(parents=True)
    (tmp_path / "graph_data" / "sources" / "a.ttl").symlink_to("missing")
    with pytest.raises(SourceError, match=r"sources/a\.ttl: the file cannot be read: no such file"):
        sources.read(tmp_path)


# --- What a source may say -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("coop:a coop:b 1 ;\n  coop:b [ coop:b 1 ] .", 5, 10),
        ("coop:a coop:b ( 1 2 ) .", 4, 15),
        ("coop:a coop:b _:x .", 4, 15),
        ("_:x coop:b 1 .", 4, 1),
        ("[] coop:b 1 .", 4, 1),
        ("( 1 ) coop:b 1 .", 4, 1),
        ("coop:a coop:b 1 ,\n  [] .", 5, 3),
    ],
)
@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("graph_data/sources/a.ttl", "coop:x coop:y 1 .\n", ""),
        ("ontology/vocab/a.ttl", "\n", ""),
        ("ontology/alignments/a.ttl", "\n", ""),
        ("ontology/vocab/mappings/a.ttl", "\n", ""),
        ("graph_data/brochure/a.trig", "GRAPH passage:l1 {\n", "}"),
    ],
)
def test_a_blank_node_in_data_is_an_error_where_it_stands(
    tmp_path: Path, path: str, before: str, after: str, text: str, line: int, column: int
) -> None:
    error = refused(tmp_path, path, before + text + after)

    assert "blank node in data" in error.message("en")
    assert error.location.line == line
    # The parser may give an inner triple before the outer one: its place will do as well.
    assert error.location.column is not None
    assert 0 <= error.location.column - column <= 4


@pytest.mark.parametrize("path", ["ontology/modules/a.ttl", "ontology/shapes/a.ttl"])
def test_shapes_and_modules_may_have_blank_nodes(tmp_path: Path, path: str) -> None:
    source = one(tmp_path, path, "coop:a coop:b [ coop:b ( 1 2 ) ] .")
    assert len(source.quads) == 6
    assert any(isinstance(quad.subject, BlankNode) for quad in source.quads)


@pytest.mark.parametrize("mark", ["[", "(", "_:"])
def test_brackets_inside_texts_are_no_blank_nodes(tmp_path: Path, mark: str) -> None:
    source = one(tmp_path, "graph_data/sources/a.ttl", f'coop:a coop:b "{mark} x" .')
    assert source.quads[0].object == Literal(f"{mark} x")


@pytest.mark.parametrize(
    "text",
    [
        "coop:a coop:b <<( coop:a coop:b 1 )>> .", "<< coop:a coop:b 1 >> coop:b 2 .",
        "coop:a coop:b 1 {| coop:c 2 |} .", "coop:a coop:b 1 ~ coop:c .",
        'coop:a coop:b "x"@fr--ltr .',
    ],
)  # fmt: skip
def test_rdf_1_2_is_refused_by_name(tmp_path: Path, text: str) -> None:
    error = refused(tmp_path, "ontology/shapes/a.ttl", "\n" + text)
    assert "RDF 1.2" in error.message("en")
    assert error.location.line == 4


def test_what_looks_like_rdf_1_2_inside_texts_is_read(tmp_path: Path) -> None:
    text = 'coop:a coop:b "<< a ~ b >> {| @fr--ltr" , <http://e/~x> .'
    assert len(one(tmp_path, "ontology/shapes/a.ttl", text).quads) == 2


def test_a_second_base_is_an_error(tmp_path: Path) -> None:
    text = "@base <http://e/> .\n<a> coop:b '@base <x>' .\nBASE <http://f/>\n<a> coop:b 1 ."
    error = refused(tmp_path, "ontology/shapes/a.ttl", text)

    assert error.location == Location("ontology/shapes/a.ttl", 5, 1)
    assert "la première est ligne 3" in error.message("fr")


def test_one_base_is_fine(tmp_path: Path) -> None:
    text = "@base <http://e/> .\n<a> coop:b '@base <x> BASE <y>' ."
    assert str(one(tmp_path, "ontology/shapes/a.ttl", text).quads[0].subject) == "<http://e/a>"


@pytest.mark.parametrize("text", ["", "# nothing yet\n"])
def test_an_empty_file_is_noticed(tmp_path: Path, text: str) -> None:
    source = one(tmp_path, "graph_data/sources/a.ttl", text)
    assert [notice.en for notice in source.notices] == ["this file holds no triple"]
    assert source.notices[0].fr == "ce fichier ne contient aucun triplet"


@pytest.mark.parametrize(
    ("text", "line", "shown"),
    [
        ("@prefix schema: <http://schema.org/> .", 3, "<https://schema.org/> elsewhere"),
        ("PREFIX org: <http://www.w3.org/ns/org/>", 3, "<http://www.w3.org/ns/org#> elsewhere"),
        ("@prefix x: <http://x/> .\n@prefix x: <http://y/> .", 4, "<http://x/> elsewhere"),
    ],
)
def test_a_prefix_with_an_unusual_meaning_is_noticed(
    tmp_path: Path, text: str, line: int, shown: str
) -> None:
    (notice,) = one(tmp_path, "ontology/shapes/a.ttl", text + "\ncoop:a coop:b 1 .").notices
    assert notice.location.line == line
    assert shown in notice.en


def test_a_decimal_comma_is_noticed(tmp_path: Path) -> None:
    text = 'coop:a coop:b 1,5 , "2,5" , 3, 4 ,5 .'
    (notice,) = one(tmp_path, "ontology/shapes/a.ttl", text).notices
    assert notice.location == Location("ontology/shapes/a.ttl", 3, 15)
    assert "1 and 5; a decimal number is written 1.5" in notice.en


def test_every_broken_file_is_told_not_only_the_first(tmp_path: Path) -> None:
    write(tmp_path, "graph_data/sources/a.ttl", "coop:a coop:b")
    write(tmp_path, "graph_data/sources/b.ttl", "coop:a coop:b 1 .")
    write(tmp_path, "graph_data/sources/c.nt", "")
    (tmp_path / "graph_data" / "sources" / "d.ttl").symlink_to("missing")

    found = [Path(error.location.path).name for error in sources.errors(tmp_path)]
    assert found == ["a.ttl", "c.nt", "d.ttl"]
    with pytest.raises(SourceError, match=r"a\.ttl:3:14"):
        sources.read(tmp_path)


def test_lexical_forms_are_kept(tmp_path: Path) -> None:
    head = f"@prefix xsd: <{PREFIXES['xsd']}> .\n"
    source = one(
        tmp_path, "ontology/shapes/a.ttl", head + 'coop:a coop:b "01"^^xsd:integer, 1.50 .'
    )
    assert [str(quad.object)[:6] for quad in source.quads] == ['"01"^^', '"1.50"']


# --- Fingerprints --------------------------------------------------------------------------


def test_the_fingerprint_covers_sources_and_questions_and_no_place(tmp_path: Path) -> None:
    prints = []
    for home in (tmp_path / "one", tmp_path / "two" / "deep"):
        write(home, "graph_data/sources/a.ttl", "coop:a coop:b 1 .")
        write(home, "queries/q.rq", "ASK {}", head="")
        write(home, "queries/notes.txt", home.name, head="")
        prints.append(sources.fingerprint(sources.read(home), home / "queries"))

    assert prints[0] == prints[1]
    assert list(prints[0]) == ["graph_data/sources/a.ttl", "queries/q.rq"]
    assert prints[0]["queries/q.rq"] == hashlib.sha256(b"ASK {}").hexdigest()
    assert generation.digest(prints[0]) == generation.digest(prints[1])


@pytest.mark.parametrize("path", ["graph_data/sources/a.ttl", "queries/q.rq"])
def test_the_fingerprint_changes_with_any_byte(tmp_path: Path, path: str) -> None:
    write(tmp_path, "graph_data/sources/a.ttl", "coop:a coop:b 1 .")
    write(tmp_path, "queries/q.rq", "ASK {}", head="")
    before = sources.fingerprint(sources.read(tmp_path), tmp_path / "queries")
    (tmp_path / path).write_bytes((tmp_path / path).read_bytes() + b"\n")
    after = sources.fingerprint(sources.read(tmp_path), tmp_path / "queries")

    assert [name for name in before if before[name] != after[name]] == [path]


def test_without_questions_the_fingerprint_is_of_the_sources(tmp_path: Path) -> None:
    write(tmp_path, "graph_data/sources/a.ttl", "coop:a coop:b 1 .")
    assert len(sources.fingerprint(sources.read(tmp_path), tmp_path / "queries")) == 1


# --- This project --------------------------------------------------------------------------


def test_this_project_is_read_without_a_notice() -> None:
    found = sources.read(ROOT)
    assert {source.path.split("/")[0] for source in found} == {"ontology", "graph_data"}
    assert [str(notice.message()) for notice in sources.notices(ROOT, found)] == []


def test_every_rule_of_the_layout_has_its_own_glob() -> None:
    globs = [rule.glob for rule in layout.LAYOUT]
    assert len(globs) == len(set(globs))
