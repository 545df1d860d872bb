"""`docs/errors.md` and `docs/errors.fr.md`: each rule of the diagnostics, and what it says.

The messages are those of the rules themselves, on their examples. Warnings need a vocabulary: the
pages use the small one below, so that they do not change whenever the data do; a test holds that
every example meets its rule on the real graph too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from coopkg.contributions import rules
from coopkg.engine.hints import RULES, Diagnostic, Vocabulary, diagnose
from coopkg.errors import Lang
from coopkg.sparql_text import prologue, tokenize
from coopkg.terms import BASE, LANGUAGES, PREFIXES, expand
from coopkg.typography import french

_NAMES: Final = {
    "org:Organization": ("organisation", "organisation"),
    "coop:Country": ("pays", "country"),
    "coop:hasPartner": ("a pour partenaire", "has partner"),
    "coop:country": ("a pour pays", "has country"),
    "coop:theme": ("a pour thème", "has theme"),
    "coop:year": ("porte sur l’année", "is about year"),
    "coop:value": ("a pour valeur", "has value"),
    "coop:iso2": ("a pour code ISO à deux lettres", "has two-letter ISO code"),
    "coop:acronym": ("porte le sigle", "has acronym"),
    "skos:prefLabel": ("", ""),
    "place:tunisie": ("Tunisie", "Tunisia"),
    "graph:inferred": ("", ""),
}
_OBJECTS: Final = {
    "coop:year": ["xsd:integer"],
    "coop:value": ["xsd:integer", "xsd:decimal"],
    "coop:iso2": ["xsd:string"],
    "coop:acronym": ["xsd:string"],
    "skos:prefLabel": ["rdf:langString"],
    "coop:country": ["coop:Country"],
}
WRITTEN: Final = "<!-- Written by `make docs`; do not edit. -->\n"


class _Head(NamedTuple):
    """What a page says before its rules."""

    title: str
    intro: str
    note: str
    sections: tuple[tuple[str, str], tuple[str, str]]
    suggestion: str


_HEAD: Final[dict[Lang, _Head]] = {
    "fr": _Head(
        "# Ce que les erreurs enseignent\n",
        "Chaque règle que le service applique à une requête SPARQL, avec un exemple et ce qu’il en "
        "dit. `GET /sparql/check?query=…` rend ces constats en JSON, sans exécuter la requête ; "
        "une requête fausse envoyée à `/sparql` reçoit le premier d’entre eux "
        "(`application/problem+json`). Une réponse vide, et toute réponse à une requête douteuse, "
        "porte l’en-tête `X-Query-Warnings` : le nombre d’avertissements de sa requête. Avec "
        "`inference=off` s’y ajoutent, pour une réponse vide, les noms que seuls des faits déduits "
        "emploient (`only-inferred`). [In English](errors.md).\n",
        "Les exemples supposent les préfixes habituels déclarés.\n",
        (
            ("Erreurs", "La requête ne peut pas s’exécuter."),
            (
                "Avertissements",
                "La requête s’exécute, mais ne demande sans doute pas ce qu’elle croit.",
            ),
        ),
        "Proposition :",
    ),
    "en": _Head(
        "# What errors teach\n",
        "Each rule that the service applies to a SPARQL query, with an example and what it says of "
        "it. `GET /sparql/check?query=…` returns these findings as JSON, without running the "
        "query; a wrong query sent to `/sparql` gets the first of them "
        "(`application/problem+json`). An empty answer, and any answer to a doubtful query, has "
        "the header `X-Query-Warnings`: the number of warnings of its query. With `inference=off`, "
        "an empty answer adds the names that only inferred facts use (`only-inferred`). "
        "[En français](errors.fr.md).\n",
        "The examples take the usual prefixes as declared.\n",
        (
            ("Errors", "The query cannot run."),
            ("Warnings", "The query runs, but most likely does not ask what it seems to."),
        ),
        "Suggestion:",
    ),
}
_SENT: Final[dict[Lang, str]] = {
    "fr": "Ce qui est envoyé est vérifié de la même façon par la page, par `/api/contributions`, "
    "par `/graphs` et par `coopkg check --as-partner`. Chaque constat nomme sa règle (`rule`), et "
    "le service l’explique à `/rule/<règle>`. S’y ajoutent les formes de `ontology/shapes/`, que "
    "leurs messages expliquent.\n",
    "en": "What is sent is checked alike by the page, by `/api/contributions`, by `/graphs` and by "
    "`coopkg check --as-partner`. Each finding names its rule (`rule`), which the service explains "
    "at `/rule/<rule>`. The shapes of `ontology/shapes/` come on top, and their messages explain "
    "them.\n",
}
_UNSHOWN: Final = frozenset({"engine", "too-complex"})


def pages() -> dict[str, str]:
    """Return the text of both pages, by path."""
    return {"docs/errors.fr.md": _page("fr"), "docs/errors.md": _page("en")}


def with_prefixes(query: str) -> str:
    """Put before a query the usual prefixes it uses and does not declare, on one line.

    Errors about prefixes are about those left out: `foaf:`, and the head of a Turtle file.
    """
    declared = prologue(query).prefixes
    used = {token.text.partition(":")[0] for token in tokenize(query) if token.kind == "pname"}
    names = [one for one in PREFIXES if one in used and one not in declared and one != "foaf"]
    return " ".join(f"PREFIX {name}: <{PREFIXES[name]}>" for name in names) + "\n" + query


def sample() -> Vocabulary:
    """Return the small vocabulary of the pages."""
    kinds: dict[str, list[dict[str, Any]]] = {"classes": [], "properties": []}
    for name, (fr, en) in _NAMES.items():
        if name.startswith(("place:", "graph:")):
            continue
        labels = {"fr": fr, "en": en} if fr else {}
        entry: dict[str, Any] = {
            "id": name,
            "iri": str(expand(name).value),
            "label": labels,
            "count": 1,
        }
        is_class = name.partition(":")[2][0].isupper()
        if is_class:
            entry["properties"] = ["skos:prefLabel", "coop:iso2", "rdf:type", "coop:acronym"]
        else:
            entry |= {"subjects": [], "objects": _OBJECTS.get(name, ["org:Organization"])}
        kinds["classes" if is_class else "properties"].append(entry)
    unused = {"id": "coop:hasFunder", "iri": str(expand("coop:hasFunder").value), "label": {}}
    kinds["properties"].append({**unused, "count": 0, "subjects": [], "objects": []})
    named = {
        str(expand(name).value): {"fr": fr, "en": en}
        for name, (fr, en) in _NAMES.items()
        if name.startswith("place:")
    }
    graphs = [{"iri": BASE + "graph/inferred", "triples": 1}]
    schema = {
        **kinds,
        "concepts": [],
        "graphs": graphs,
        "languages": list(LANGUAGES),
        "unnamed": [],
        "prefixes": dict(PREFIXES),
    }
    return Vocabulary.of(schema, named)


def said(rule: str, known: Vocabulary, lang: Lang) -> Diagnostic:
    """Return what a rule says of its own example.

    Raises:
        LookupError: it says nothing of it.
    """
    query = with_prefixes(RULES[rule].example)
    return next(one for one in diagnose(query, known, lang) if one.rule == rule)


def _page(lang: Lang) -> str:
    head = _HEAD[lang]
    known = sample()
    parts = [WRITTEN, head.title, *(_set(text, lang) for text in (head.intro, head.note))]
    for severity, (heading, meaning) in zip(("error", "warning"), head.sections, strict=True):
        parts.append(f"## {heading}\n\n{meaning}\n")
        for name, rule in RULES.items():
            if rule.severity == severity and name not in _UNSHOWN:
                parts.append(_entry(name, known, lang, head.suggestion))
    return "\n".join([*parts, *_contributions(lang)])


def _contributions(lang: Lang) -> Iterator[str]:
    """Yield the rules that what is sent is held to, each with its anchor."""
    yield "## Contributions\n"
    yield _set(_SENT[lang], lang)
    for fr, en, found in rules.SECTIONS:
        yield f"### {_set(fr if lang == 'fr' else en, lang)}\n"
        for name, rule in found.items():
            title, do = (rule.fr, rule.do_fr) if lang == "fr" else (rule.en, rule.do_en)
            text = f"**{_set(title, lang)}** (`{name}`). {_escaped(_set(do, lang))}"
            yield f'- <a id="{name}"></a>{text}'
        yield ""


def _entry(name: str, known: Vocabulary, lang: Lang, suggestion: str) -> str:
    rule = RULES[name]
    found = said(name, known, lang)
    lines = [f"### {_set(rule.fr if lang == 'fr' else rule.en, lang)}\n", f"`{name}`\n"]
    lines += ["```sparql", rule.example.rstrip("\n"), "```\n", _escaped(_sentence(found.message))]
    if found.suggestion:
        lines[-1] += f" {_set(suggestion, lang)} {_escaped(found.suggestion)}."
    return "\n".join(lines) + "\n"


def _set(text: str, lang: Lang) -> str:
    """Set a text, never the code beside it: `;` has its spaces in SPARQL."""
    return french(text) if lang == "fr" else text


def _escaped(text: str) -> str:
    """Write a text so that Markdown changes nothing of it."""
    for sign in "\\<*`":
        text = text.replace(sign, "\\" + sign)
    return text


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")
