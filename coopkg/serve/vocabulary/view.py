"""What the pages of the vocabulary show, from `ontology.json` and the labels. Pure: no Flask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

import pyoxigraph as ox

from coopkg.answers.catalogue import literal_words
from coopkg.figures.diagram import Arrow, Box, Diagram
from coopkg.serve.vocabulary.wording import Shown, Wording
from coopkg.terms import BASE, NS, compact
from coopkg.typography import collated

LANG: Final = "%LANG%"
KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "class": ("Classe", "Class"),
    "object": ("Propriété qui mène à une entité", "Property that leads to an entity"),
    "datatype": ("Propriété qui donne une valeur", "Property that gives a value"),
    "annotation": ("Propriété d’annotation", "Annotation property"),
}
CHARACTERISTICS: Final[Mapping[str, tuple[str, str]]] = {
    "transitive": ("transitive : se prolonge de proche en proche", "transitive: it chains on"),
    "symmetric": ("symétrique : vaut dans les deux sens", "symmetric: holds both ways"),
}
SEVERITIES: Final[Mapping[str, tuple[str, str]]] = {
    "violation": ("refus", "refused"),
    "warning": ("avertissement", "warning"),
    "info": ("signalement", "note"),
}
STATUSES: Final[Mapping[str, tuple[str, str]]] = {
    "testing": ("à l’essai", "testing"),
    "unstable": ("instable", "unstable"),
    "deprecated": ("abandonné", "deprecated"),
}

NOTICES: Final = (" Module non officiel", " Unofficial module")


class View(Wording):
    """The documentation of one generation in one language."""

    # --- The overview ------------------------------------------------------------------------

    @property
    def header(self) -> Shown:
        """Title, description, version, licence, citation."""
        given = self.sealed["header"]
        return {
            **given,
            "title": self.text(given["title"])["text"],
            "description": self.text(given["description"])["text"],
        }

    @property
    def modules(self) -> list[Shown]:
        """Each module with its terms, classes first."""
        return [
            {
                "name": one["name"],
                "title": self._short_title(one["title"]),
                "description": self._own_words(one["description"]),
                "classes": self.entries(n for n in one["terms"] if self._is_class(n)),
                "properties": self.entries(n for n in one["terms"] if not self._is_class(n)),
            }
            for one in self.sealed["modules"]
            if one["terms"]
        ]

    def _short_title(self, title: Mapping[str, str]) -> str:
        """Return what a title says after the name of the vocabulary: « acteurs »."""
        whole = str(self.text(title)["text"])
        said = whole.partition(":")[2].strip() or whole
        return said[:1].upper() + said[1:]

    def _own_words(self, description: Mapping[str, str]) -> str:
        """Return what a module says of itself, without the notice that the whole page bears."""
        said = str(self.text(description)["text"])
        for notice in NOTICES:
            said = said.partition(notice)[0]
        return said

    def _is_class(self, name: str) -> bool:
        return bool(self.terms[name]["kind"] == "class")

    def entries(self, terms: Iterable[str]) -> list[Shown]:
        """Return terms as an index lists them, by label."""
        return sorted(map(self.entry, terms), key=lambda one: collated(one["label"]))

    def entry(self, name: str) -> Shown:
        """Return a term as an index lists it."""
        term = self.terms[name]
        label, definition = self.text(term["label"]), self.text(term.get("definition"))
        return {
            "name": name,
            "href": f"/{self.lang}/ns/{name}",
            "label": label["text"],
            "definition": definition["text"],
            "count": sum(term["count"].values()),
            "kind": self.one(*KINDS[term["kind"]]),
            "deprecated": "deprecated" in term,
        }

    @property
    def totals(self) -> Shown:
        """How many classes and properties."""
        classes = sum(self._is_class(name) for name in self.terms)
        return {"classes": classes, "properties": len(self.terms) - classes}

    @property
    def schemes(self) -> list[Shown]:
        """The schemes of concepts, with their counts."""
        counts = {one["term"]: one["count"] for one in self.sealed["schemes"]}
        listed = [{**self.thing(iri), "count": count} for iri, count in counts.items()]
        return sorted(listed, key=lambda one: collated(one["text"]))

    @property
    def reused(self) -> list[Shown]:
        """The terms of others that the graph uses, most used first."""
        given = sorted(self.sealed["reused"], key=lambda one: (-one["count"], one["term"]))
        return [{**self.thing(one["term"]), "count": one["count"]} for one in given]

    @property
    def alignments(self) -> list[Shown]:
        """Each vocabulary we are aligned to, with the terms."""
        return [
            {
                "name": one["name"],
                "title": self._short_title(one["title"]),
                "rows": [
                    {"ours": self.thing(ours), "how": self.how(how), "theirs": self.thing(theirs)}
                    for ours, how, theirs in one["rows"]
                ],
            }
            for one in self.sealed["alignments"]
        ]

    def how(self, how: str) -> str:
        """Return in words how a term is aligned."""
        if how == "under":
            return self.one("est toujours aussi", "is always also")
        return self.one("est proche de", "is close to")

    @property
    def diagram(self) -> Shown:
        """The picture, as the figures of other pages are shown."""
        given = self.sealed["diagram"]
        boxes = tuple(
            Box(
                one["term"],
                str(self.thing(one["term"])["text"]),
                f"{compact(one['term'])} · {self.number(one['count'])}",
                (one["at"][0], one["at"][1]),
            )
            for one in given["boxes"]
        )
        arrows = tuple(
            Arrow(one["from"], one["to"], str(self.thing(one["term"])["text"]), one["inferred"])
            for one in given["arrows"]
        )
        title = self.one("Les sortes principales et leurs liens", "The main kinds and their links")
        drawn = Diagram(title, boxes, arrows)
        return {
            "title": title,
            "svg": drawn.svg(self.lang, "plan"),
            "message": drawn.message(self.lang),
            "rows": [[self.thing(one[key]) for key in ("from", "term", "to")]
                     for one in given["arrows"]],
        }  # fmt: skip

    # --- One term ----------------------------------------------------------------------------

    def term(self, name: str) -> Shown:
        """Return all that the page of a term shows."""
        term = self.terms[name]
        return {
            "name": name,
            "iri": NS + name,
            "is_class": term["kind"] == "class",
            "kind": self.one(*KINDS[term["kind"]]),
            "status": self.one(*STATUSES[term["status"]]) if term["status"] in STATUSES else "",
            "label": self.text(term["label"]),
            "definition": self.text(term.get("definition")),
            "notes": self.text(term.get("notes")),
            "module": next(iter(self._modules_of(name)), None),
            "deprecated": self._deprecated(term),
            "around": self._around(name, term),
            "rules": [self.words(self.sealed["rules"][one]) for one in term.get("rules", ())],
            "checks": [self._check(one) for one in term.get("checks", ())],
            "inherited": self._inherited(name, term),
            "aligned": [
                {"how": self.how(how), "theirs": self.thing(iri)}
                for how, iri in term.get("aligned", ())
            ],
            "count": {key: self.number(given) for key, given in term["count"].items()},
            "used": sum(term["count"].values()),
            "examples": [self._example(one) for one in term.get("examples", ())],
            "turtle": term.get("examples_ttl", []),
            "questions": [self._question(slug) for slug in term.get("questions", ())],
            "sample": self._sample(term["sample"]),
        }

    def _modules_of(self, name: str) -> list[Shown]:
        """Return the module that declares a term."""
        return [
            {"name": one["name"], "title": self._short_title(one["title"])}
            for one in self.sealed["modules"]
            if name in one["terms"]
        ]

    def _deprecated(self, term: Mapping[str, Any]) -> Shown | None:
        given = term.get("deprecated")
        return given and {"by": self.things(given["by"]), "why": self.text(given["why"])}

    def _around(self, name: str, term: Mapping[str, Any]) -> list[tuple[str, list[Shown]]]:
        """Return what stands around a term, each with its heading."""
        is_class = term["kind"] == "class"
        headings = {
            "domain": ("Ce qui la porte", "What bears it"),
            "range": ("Ce à quoi elle mène", "What it leads to"),
            "super": ("Plus générale", "Broader"),
            "sub": ("Plus précises", "Narrower"),
            "inverse": ("Se lit à l’envers", "Read backwards"),
        }
        found = [
            (self.one(*said), self.things(term.get(key, ())))
            for key, said in headings.items()
            if term.get(key)
        ]
        if not is_class and "domain" not in term:
            anything = [{"text": self.one("ce que l’on veut", "anything"), "href": "", "short": ""}]
            found.insert(0, (self.one(*headings["domain"]), anything))
        if is_class:
            found += self._properties(NS + name)
        if term.get("apart"):
            heading = self.one("N’est jamais en même temps", "Is never at the same time")
            found.append((heading, self.things(term["apart"])))
        if term.get("characteristics"):
            words = [
                {"text": self.one(*CHARACTERISTICS[one]), "href": "", "short": ""}
                for one in term["characteristics"]
            ]
            found.append((self.one("Caractère", "Character"), words))
        return found

    def _properties(self, iri: str) -> list[tuple[str, list[Shown]]]:
        """Return the properties that a class bears by their domain, then those that lead to it."""
        above = self._above(iri)
        headings = (
            ("domain", [iri], ("Propriétés", "Properties")),
            ("domain", above, ("Propriétés de ce qui est plus général", "Properties from broader")),
            ("range", [iri], ("Propriétés qui y mènent", "Properties that lead to it")),
        )
        found = []
        for key, among, said in headings:
            names = [NS + n for n, one in self.terms.items() if {*one.get(key, ())} & {*among}]
            if names:
                found.append((self.one(*said), self.things(names)))
        return found

    def _above(self, iri: str) -> list[str]:
        """Return every broader term, at any distance."""
        seen: dict[str, None] = {}
        todo = [iri]
        while todo:
            for one in self.terms.get(todo.pop().removeprefix(NS), {}).get("super", ()):
                if one not in seen:
                    seen[one] = None
                    todo.append(one)
        return list(seen)

    def _check(self, name: str) -> Shown:
        row = self.sealed["checks"][name]
        return {
            "who": self.words(row["who"]),
            "path": self.words(row["path"]) if "path" in row else [],
            "expected": [self.words(one) for one in row["expected"]],
            "name": self.text(row["name"])["text"],
            "why": self.text(row["why"])["text"],
            "severity": self.one(*SEVERITIES[row["severity"]]),
            "after": row.get("after", False),
        }

    def _inherited(self, name: str, term: Mapping[str, Any]) -> list[Shown]:
        """Return the broader classes whose rules hold here too."""
        if term["kind"] != "class":
            return []
        above = self._above(NS + name)
        ruled = [one for one in above if self.terms.get(one.removeprefix(NS), {}).get("checks")]
        return self.things(ruled)

    def _example(self, given: Mapping[str, Any]) -> Shown:
        found: Shown = {
            "subject": self.thing(given["subject"]),
            "inferred": given.get("inferred", False),
        }
        if "value" in given:
            found["value"] = self.thing(given["value"])
        elif "text" in given:
            found["value"] = {"text": self._literal(given), "href": "", "short": ""}
            found["lang"] = given.get("lang", "")
        return found

    def _literal(self, given: Mapping[str, Any]) -> str:
        if "lang" in given:
            return literal_words(ox.Literal(given["text"], language=given["lang"]), self.lang)
        datatype = ox.NamedNode(given["datatype"])
        return literal_words(ox.Literal(given["text"], datatype=datatype), self.lang)

    def _question(self, slug: str) -> Shown:
        question = self.sealed["questions"][slug]
        given = f"?{urlencode(question['given'])}" if question["given"] else ""
        return {"text": question[self.lang], "href": f"/{self.lang}/questions/{slug}{given}"}

    def _sample(self, given: str) -> Shown:
        query = given.replace(LANG, self.lang)
        return {"query": query, "href": "/sparql?" + urlencode({"query": query, "lang": self.lang})}

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes of the vocabularies in use."""
        return dict(self.sealed["prefixes"])

    @property
    def home(self) -> str:
        """The IRI of the vocabulary."""
        return BASE + "ns"
