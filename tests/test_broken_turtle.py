"""Thirty broken Turtle files of partners: the right line, the right cause, the line as it could be.

Each is one mistake in good data; whoever reads is told it in French and in English, alike by the
checker, by `coopkg check` and on the page.
"""

# ruff: noqa: E501 - a table of mistakes, one a line

from __future__ import annotations

import html
import io
from pathlib import Path
from typing import NamedTuple

import partnering
import pytest
from intaking import ACTION, FIRST, checked
from partnering import bearer, said

from coopkg import cli
from coopkg.build import intake, sources
from coopkg.config import Settings
from coopkg.contributions import checking, rendering
from coopkg.contributions.job import Job, Outcome
from coopkg.errors import Lang, SourceError
from coopkg.terms import BASE, PREFIXES


class Broken(NamedTuple):
    """Good data with one mistake: what is replaced by what, and what must be said of it."""

    old: str
    new: str
    line: int
    fr: str
    en: str
    fix: str


LABEL = 'skos:prefLabel "Appui à Sfax"@fr'
KIND = ":sfax a coop:CountryAction ;"
LAST = "coop:basedIn place:tunisie ."
PREFIX = f"@prefix coop: <{PREFIXES['coop']}> ."
COOP = 2  # the line of that prefix

FILES: dict[str, Broken] = {
    "missing dot": Broken("finances-locales .", "finances-locales", FIRST + 2, "il manque un point « . »", "a dot “.” is missing", "coop:purposeTheme theme:decentralisation ; coop:domainTheme theme:finances-locales ."),
    "missing closing bracket": Broken("coop:country place:tunisie ;", "coop:country [ coop:x place:tunisie ;", FIRST + 1, "« [ », ouvert ligne 12, n’est pas refermé", "“[”, opened on line 12, is not closed", "[ coop:x place:tunisie ; coop:participation :sfax-partner , :sfax-lead ] ;"),
    "undefined prefix": Broken("place:tunisie ; coop:part", "geo:tunisie ; coop:part", FIRST + 1, "préfixe « geo: » non déclaré", "prefix geo: is not declared", ""),
    "comma before another predicate": Broken("place:tunisie ; coop:part", "place:tunisie ,\n  coop:part", FIRST + 1, "un autre prédicat commence : mettre un point-virgule", "another predicate begins: put a semicolon", "coop:country place:tunisie ;"),
    "prefix without its dot, then another": Broken(PREFIX, PREFIX.removesuffix(" ."), COOP, "il manque le point final de la déclaration @prefix", "the final dot of the @prefix declaration", PREFIX),
    "first of two texts never closed": Broken('"Appui à Sfax"@fr', '"Appui à Sfax@fr', FIRST, "jamais refermé : le guillemet suivant le finit", "never closed: the next quote ends it", '"Appui à Sfax"@fr'),
    "line break in a text": Broken("Appui à Sfax", "Appui\nà Sfax", FIRST, "une fin de ligne dans un texte s’écrit \\n", "the end of a line in a text is written \\n", '"Appui\\nà Sfax"@fr'),
    "equals sign": Broken("coop:country place:tunisie", "coop:country = place:tunisie", FIRST + 1, "rien n’est écrit entre un prédicat et sa valeur", "nothing is written between a predicate and its value", "coop:country place:tunisie ;"),
    "unterminated string": Broken('"Support to Sfax"@en', '"Support to Sfax@en', FIRST, 'texte ouvert par " et jamais refermé', 'text opened by " and never closed', '"Support to Sfax"@en ;'),
    "bad escape": Broken("Appui à Sfax", r"Appui \à Sfax", FIRST, "« \\à » n’est pas un échappement", "“\\à” is not an escape", r'"Appui \\à Sfax"@fr'),
    "space in an IRI": Broken("place:tunisie .", f"<{BASE}id/place/la tunisie> .", FIRST + 6, "une espace dans un IRI", "a space inside an IRI", "la%20tunisie>"),
    "semicolon, then a new statement": Broken("theme:finances-locales .", "theme:finances-locales ;", FIRST + 2, "le point-virgule de la ligne 13 annonce", "the semicolon on line 13 announces", "theme:finances-locales ."),
    "lone @": Broken('"Appui à Sfax"@fr', '"Appui à Sfax"@ ', FIRST, "étiquette de langue mal formée", "malformed language tag", '"Appui à Sfax"@fr'),
    "language tag with an underscore": Broken("Sfax water board\"@en", "Sfax water board\"@en_GB", FIRST + 5, "étiquette de langue mal formée", "malformed language tag", '"Sfax water board"@en-GB'),
    "prefix without a colon": Broken("@prefix coop: ", "@prefix coop ", COOP, "le préfixe finit par un deux-points", "the prefix ends with a colon", PREFIX),
    "control character": Broken("coop:lead organ", "coop:lead \x07organ", FIRST + 4, "caractère de contrôle (U+0007)", "control character (U+0007)", "coop:lead organisation:cnfpt ."),
    "Latin-1 bytes": Broken("Appui à Sfax", "Appui \udce0 Sfax", FIRST, "caractère qui n’est pas de l’UTF-8", "character that is not UTF-8", '"Appui à Sfax"@fr'),
    "byte order mark in the middle": Broken(":sfax-lead a", "\ufeff:sfax-lead a", FIRST + 4, "marque d’ordre des octets, de deux fichiers", "byte order mark, of two files", ":sfax-lead a coop:Participation"),
    "unclosed collection": Broken("coop:partner :regie .", "coop:partner ( :regie .", FIRST + 3, "« ( », ouvert ligne 14, n’est pas refermé", "“(”, opened on line 14, is not closed", "( :regie ) ."),
    "SPARQL prefix with a dot": Broken("@prefix coop:", "PREFIX coop:", COOP, "PREFIX sans @ ne prend pas de point final", "PREFIX without @ takes no final dot", f"PREFIX coop: <{PREFIXES['coop']}>"),
    "a out of its place": Broken("coop:basedIn place:tunisie", "coop:basedIn a place:tunisie", FIRST + 6, "« a » veut dire « est un »", "“a” means “is a”", "coop:basedIn place:tunisie ."),
    "number with a comma": Broken(LAST, "coop:basedIn place:tunisie ; coop:value 12,5,, .", FIRST + 6, "une virgule annonce une autre valeur", "a comma announces another value", "coop:value 12,5 ."),
    # Written when the code was done: seven of these fifteen causes were right at first sight.
    "text without quotes": Broken('"Appui à Sfax"@fr', "Appui à Sfax@fr", FIRST, "un texte s’écrit entre guillemets", "a text is written in quotes", '"Appui à Sfax"@fr'),
    "curly single quotes": Broken('"Appui à Sfax"@fr', "‘Appui à Sfax’@fr", FIRST, "guillemet typographique ‘", "typographic quote ‘", '"Appui à Sfax"@fr'),
    "open address of a prefix": Broken("ns#> .", "ns# .", COOP, "IRI ouvert par < et jamais refermé", "IRI opened by < and never closed", PREFIX),
    "equals in a prefix": Broken("@prefix coop: <", "@prefix coop = <", COOP, "« = » n’a pas sa place", "“=” has no place", PREFIX),
    "space of an HTML page": Broken(":sfax-partner a coop:Participation ;", ":sfax-partner a coop:Participation &nbsp;;", FIRST + 3, "« &nbsp; » vient d’une page HTML", "“&nbsp;” comes from an HTML page", "coop:Participation  ;"),
    "comment of another language": Broken(":sfax-lead a", "// le chef de file\n:sfax-lead a", FIRST + 4, "un commentaire commence par #", "a comment begins with #", "# le chef de file"),
    "semicolon missing on one line": Broken("org:Organization ; skos", "org:Organization skos", FIRST + 5, "« ; » avant un autre prédicat", "“;” before another predicate", "org:Organization ; skos:prefLabel"),
    "is a": Broken(":regie a org", ":regie is a org", FIRST + 5, "« est un » s’écrit a", "“is a” is written a", ":regie a org:Organization"),
    "comma for a semicolon": Broken("coop:CountryAction ; skos", "coop:CountryAction , skos", FIRST, "mettre un point-virgule", "put a semicolon", "coop:CountryAction ; skos:prefLabel"),
    "dot for a colon": Broken("coop:country place", "coop.country place", FIRST + 1, "deux-points, et non un point", "a colon, not a dot", "coop:country place:tunisie"),
    "opening quote missing": Broken('"Appui à Sfax"@fr', 'Appui à Sfax"@fr', FIRST, "un texte s’écrit entre guillemets", "a text is written in quotes", '"Appui à Sfax"@fr'),
    "three quotes and one": Broken('"Appui à Sfax"@fr', '"""Appui à Sfax"@fr', FIRST, 'texte ouvert par """', 'text opened by """', '"Appui à Sfax"@fr ,'),
    "French date": Broken("coop:country place:tunisie ;", "coop:country place:tunisie ; coop:start 01/09/2016 ;", FIRST + 1, "année d’abord", "the year first", '"2016-09-01"'),
    "space after the colon": Broken("coop:lead organisation", "coop: lead organisation", FIRST + 4, "pas d’espace entre un préfixe et un nom", "no space between a prefix and a name", "coop:lead organisation:cnfpt"),
    "capital A": Broken(":sfax-lead a coop", ":sfax-lead A coop", FIRST + 4, "en minuscule et seul", "in lower case and alone", ":sfax-lead a coop"),
}  # fmt: skip


def written(broken: Broken) -> bytes:
    assert ACTION.count(broken.old) >= 1
    at = ACTION.index(broken.old) if broken.old != LAST else ACTION.rindex(broken.old)
    text = ACTION[:at] + broken.new + ACTION[at + len(broken.old) :]
    return text.encode("utf-8", "surrogateescape")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("name", FILES)
def test_a_broken_file_is_told_at_its_line_with_its_cause_and_its_correction(name: str) -> None:
    broken = FILES[name]
    outcome = checked(written(broken))
    assert outcome.status == "unparsable"
    (finding,) = outcome.report["findings"]
    assert finding["line"] == broken.line, finding
    assert broken.fr in plain(finding["message"]["fr"])
    assert broken.en in finding["message"]["en"]
    assert finding["expected"]["fr"]
    assert finding["expected"]["en"]
    assert broken.fix in finding["fix"]
    assert bool(broken.fix) == bool(finding["fix"]), finding["fix"]
    assert finding["fix"] or finding["example"]
    told: tuple[tuple[Lang, str], ...] = (("fr", broken.fr), ("en", broken.en))
    for lang, words in told:
        shown = plain(rendering.text(outcome.report, lang))
        assert words in shown
        assert f"a.ttl:{broken.line}" in shown


@pytest.mark.parametrize("name", FILES)
def test_a_correction_that_is_proposed_lets_the_parser_go_on(name: str) -> None:
    broken = FILES[name]
    given = written(broken)
    finding = checked(given).report["findings"][0]
    if not finding["fix"] or b"\r" in given:
        return
    lines = given.decode("utf-8", "replace").split("\n")
    first, put = finding["line"] - 1, finding["fix"].split("\n")
    joined = broken.new.count("\n") if "\\n" in finding["fix"] else 0  # two lines made one
    lines[first : first + len(put) + joined] = put
    after = checked("\n".join(lines))
    assert after.status != "unparsable", after.report["findings"]


@pytest.mark.parametrize("name", FILES)
def test_the_tree_is_checked_with_the_same_words(name: str) -> None:
    broken = FILES[name]
    with pytest.raises(SourceError) as refused:
        sources.parse(written(broken), "graph_data/partners/x/a.ttl", "data", "http://e/g")
    finding = checked(written(broken)).report["findings"][0]
    error = refused.value
    assert (error.location.line, error.location.column) == (finding["line"], finding["column"])
    assert plain(error.message("fr")).endswith(plain(finding["message"]["fr"]))
    assert error.fix == finding["fix"]
    assert not error.fix or error.advice("en").endswith(f"\n    write: {error.fix}")


def inside(job: Job, body: bytes, _: Settings) -> Outcome:
    return intake.run(job, body)


def test_the_command_the_programs_and_the_page_say_it_alike(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Within what the service replaces, and given back before it.
    with partnering.service(tmp_path / "home") as app, pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "run", inside)
        for name in ("undefined prefix", "semicolon, then a new statement", "Latin-1 bytes"):
            broken = FILES[name]
            told: tuple[tuple[Lang, str], ...] = (("fr", broken.fr), ("en", broken.en))
            path = tmp_path / "a.ttl"
            path.write_bytes(written(broken))
            for lang, words in told:
                client, headers = app.test_client(), {"Accept-Language": lang}
                sent = client.post(
                    "/api/contributions?dry-run=1",
                    data=written(broken),
                    content_type="text/turtle",
                    headers={**bearer(app, "tunis"), **headers},
                )
                assert sent.status_code == 400
                finding = said(sent)["report"]["findings"][0]
                assert finding["line"] == broken.line
                assert words in plain(" ".join(finding["message"].values()))
                data = {"token": app.extensions["test_tokens"]["tunis"], "action": "check"}
                page = client.post(
                    f"/{lang}/contribute",
                    data={**data, "file": (io.BytesIO(written(broken)), "a.ttl")},
                    headers={"Sec-Fetch-Site": "same-origin"},
                )
                shown = plain(html.unescape(page.text))
                assert words in shown
                assert broken.fix in shown
                given = ["check", str(path), "--as-partner", "tunis", "--lang", lang]
                assert cli.main([*given, "--home", str(tmp_path / "home")]) == 2
                printed = capsys.readouterr()
                assert words in plain(printed.out + printed.err)
                assert f"a.ttl:{broken.line}" in printed.out + printed.err
