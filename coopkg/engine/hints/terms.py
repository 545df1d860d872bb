"""Warnings about names that no triple uses: classes, properties, entities, graphs, languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from coopkg.engine.hints.finding import Finding, at
from coopkg.engine.hints.model import TYPE, Level, Model, Term, Triple, below
from coopkg.engine.hints.scene import Scene
from coopkg.engine.hints.vocabulary import AREAS, CONVINCING, Name, Vocabulary, bare
from coopkg.engine.hints.wellknown import KNOWN_PREFIXES
from coopkg.sparql_tokens import Token
from coopkg.terms import NS

_AS: Final = {
    "unknown-class": ("comme classe", "as a class"),
    "unknown-property": ("comme propriété", "as a property"),
}


@dataclass(frozen=True)
class Terms:
    """Looks at each IRI where it stands, and at what the generation knows."""

    scene: Scene
    known: Vocabulary
    model: Model

    def warnings(self) -> Iterator[Finding]:
        """Yield the warnings about names."""
        prefixes = dict(self._wrong_prefixes())
        wrong = set(prefixes)
        yield from prefixes.values()
        roles = self._roles()
        for level in self.model.query.where.everything():
            for triple in level.triples:
                yield from self._of_triple(triple, wrong)
            yield from self._graph(level)
        yield from self._values(roles, wrong)
        yield from self._from()

    def _of_triple(self, triple: Triple, wrong: set[str]) -> Iterator[Finding]:
        predicate = triple.predicate
        places = triple.path or ((predicate,) if predicate is not None else ())
        for term in places:
            if term.kind == "iri":
                yield from self._check(term, "unknown-property", wrong)
        typed = predicate is not None and predicate.name == TYPE
        for term, rule in (
            (triple.subject, "unknown-entity"),
            (triple.object, "unknown-class" if typed else "unknown-entity"),
        ):
            if term.kind == "iri":
                yield from self._check(term, rule, wrong)

    # --- one name

    def _check(self, term: Term, rule: str, wrong: set[str]) -> Iterator[Finding]:
        token, iri = term.tokens[0], term.name
        if token.text == "a" or token.text.partition(":")[0] in wrong:
            return
        if (slip := self._in_brackets(token, iri)) is not None:
            yield slip
            return
        if rule == "unknown-entity":
            yield from self._entity(token, iri)
            return
        among = self.known.classes if rule == "unknown-class" else self.known.properties
        name = among.get(iri)
        if name is not None and name.uses:
            return
        if name is not None and iri.startswith(NS):
            yield self._unused(token, rule)
            return
        yield self._unknown(token, iri, rule, among)

    def _unused(self, token: Token, rule: str) -> Finding:
        what = _AS[rule]
        return at(
            token,
            "unused-term",
            (
                f"l’ontologie définit {token.text}, mais aucun triplet ne l’emploie {what[0]} "
                "dans cette génération",
                f"the ontology defines {token.text}, but no triple of this generation uses it "
                f"{what[1]}",
            ),
        )

    def _unknown(self, token: Token, iri: str, rule: str, among: Mapping[str, Name]) -> Finding:
        other = self.known.properties if among is self.known.classes else self.known.classes
        written = self.scene.short(iri)
        what = _AS[rule]
        near = self.known.nearest(iri, [among])
        swapped = other.get(iri)
        fr = f"aucun triplet n’emploie {written} {what[0]}"
        en = f"no triple uses {written} {what[1]}"
        if swapped is not None and swapped.uses:
            kind = (
                ("une propriété", "a property")
                if rule == "unknown-class"
                else ("une classe", "a class")
            )
            fr, en = f"{fr} ; c’est {kind[0]}", f"{en}; it is {kind[1]}"
        return self._with_nearest(token, rule, (fr, en), near)

    def _with_nearest(
        self,
        token: Token,
        rule: str,
        message: tuple[str, str],
        near: list[tuple[float, Name]],
    ) -> Finding:
        if not near:
            return at(token, rule, message)
        listed = {
            lang: ", ".join(name.described(lang) for _, name in near) for lang in ("fr", "en")
        }
        sure = near[0][0] <= CONVINCING
        text = self.scene.short(near[0][1].iri)
        if token.kind == "iri":
            text = f"<{near[0][1].iri}>"
        return at(
            token,
            rule,
            message,
            (f"les plus proches : {listed['fr']}", f"the nearest: {listed['en']}")
            if len(near) > 1
            else (f"peut-être {listed['fr']}", f"perhaps {listed['en']}"),
            text if sure else None,
        )

    def _entity(self, token: Token, iri: str) -> Iterator[Finding]:
        if not iri.startswith((*AREAS, NS)):
            return
        if iri in self.known.entities or iri in self.known.classes or iri in self.known.properties:
            return
        among = [self.known.entities]
        if iri.startswith(NS):
            among = [self.known.classes, self.known.properties]
        written = self.scene.short(iri)
        yield self._with_nearest(
            token,
            "unknown-entity",
            (
                f"{written} n’existe pas dans cette génération",
                f"{written} does not exist in this generation",
            ),
            self._same_kind(iri, self.known.nearest(iri, among)),
        )

    def _same_kind(self, iri: str, near: list[tuple[float, Name]]) -> list[tuple[float, Name]]:
        """Keep the names of the same kind of thing, when there are some."""
        space = iri[: len(iri) - len(Name(iri, iri, {}).local)]
        same = [one for one in near if one[1].iri.startswith(space)]
        return same or near

    def _in_brackets(self, token: Token, iri: str) -> Finding | None:
        """Tell of `<coop:Country>`, which is an IRI of the scheme `coop:`."""
        if token.kind != "iri" or "/" in iri:
            return None
        prefix, colon, local = token.value.partition(":")
        if not colon or not local or prefix not in {**KNOWN_PREFIXES, **self.scene.prefixes}:
            return None
        return at(
            token,
            "prefixed-name-in-brackets",
            (
                f"{token.text} est une IRI entière, non un nom de préfixe « {prefix}: »",
                f"{token.text} is a whole IRI, not a name of the prefix “{prefix}:”",
            ),
            (f"sans chevrons : {token.value}", f"without angle brackets: {token.value}"),
            token.value,
        )

    # --- VALUES, graphs, prefixes

    def _roles(self) -> dict[str, str]:
        """Return the rule that fits the values of each variable: a class, a property."""
        roles: dict[str, str] = {}
        for level in self.model.query.where.everything():
            for triple in level.triples:
                predicate = triple.predicate
                if predicate is not None and predicate.kind == "var":
                    roles[predicate.name] = "unknown-property"
                elif (
                    predicate is not None and predicate.name == TYPE and triple.object.kind == "var"
                ):
                    roles.setdefault(triple.object.name, "unknown-class")
        return roles

    def _values(self, roles: Mapping[str, str], wrong: set[str]) -> Iterator[Finding]:
        for data in below(self.scene.reading.root, "Data", stop=()):
            names = [next(var.tokens()).value for var in data.nodes("Var")]
            for place, value in enumerate(data.nodes("Value")):
                token = next(value.tokens())
                iri = self.scene.iri(token) if token.kind in {"iri", "pname"} else None
                if iri is not None and names:
                    rule = roles.get(names[place % len(names)], "unknown-entity")
                    yield from self._check(Term("iri", iri, (token,)), rule, wrong)

    def _graph(self, level: Level) -> Iterator[Finding]:
        if level.graph is not None and level.graph.kind == "iri":
            yield from self._no_graph(level.graph.tokens[0], level.graph.name)

    def _from(self) -> Iterator[Finding]:
        for dataset in below(self.scene.reading.root, "Dataset"):
            for node in dataset.nodes("Iri"):
                token = next(node.tokens())
                iri = self.scene.iri(token)
                if iri is not None:
                    yield from self._no_graph(token, iri)

    def _no_graph(self, token: Token, iri: str) -> Iterator[Finding]:
        if iri in self.known.graphs:
            return
        yield self._with_nearest(
            token,
            "unknown-graph",
            (
                f"aucun graphe ne s’appelle {self.scene.short(iri)} : il est donc vide, et "
                "n’est jamais cherché ailleurs",
                f"no graph is called {self.scene.short(iri)}: so it is empty, and is never "
                "fetched from elsewhere",
            ),
            self.known.nearest(iri, [self.known.graphs]),
        )

    def _wrong_prefixes(self) -> Iterator[tuple[str, Finding]]:
        """Yield the prefixes whose IRI is nearly that of a vocabulary we know."""
        tokens = self.scene.tokens
        for before, name, iri in zip(tokens, tokens[1:], tokens[2:], strict=False):
            if before.keyword != "PREFIX" or iri.kind != "iri" or name.kind != "pname":
                continue
            meant = self.known.namespaces.get(bare(iri.value), iri.value)
            if meant == iri.value or iri.value in KNOWN_PREFIXES.values():
                continue
            label = name.text.removesuffix(":")
            found = at(
                iri,
                "prefix-namespace",
                (
                    f"cet espace de noms n’est pas celui de « {label}: » ici : ses noms ne "
                    "désigneraient rien",
                    f"this is not the namespace of “{label}:” here: its names would name nothing",
                ),
                (f"écrivez <{meant}>", f"write <{meant}>"),
                f"<{meant}>",
            )
            yield label, found
