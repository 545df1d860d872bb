"""Warnings about names that no triple uses: classes, properties, entities, graphs, languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from coopkg.engine.hints.calls import name_of
from coopkg.engine.hints.finding import Finding, at
from coopkg.engine.hints.model import TYPE, Level, Model, Term, Triple, below
from coopkg.engine.hints.nearest import folded
from coopkg.engine.hints.scene import Scene
from coopkg.engine.hints.vocabulary import ALMOST, AREAS, CONVINCING, Name, Vocabulary, bare
from coopkg.engine.hints.wellknown import KNOWN_PREFIXES
from coopkg.sparql_grammar import Node
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
        yield from self._described(wrong)
        yield from self._in_expressions(roles, wrong)
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
        if token.kind == "iri" and (found := self._other_space(token, iri, among)) is not None:
            return found
        near = self.known.meant(iri, among)
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

    def _other_space(self, token: Token, iri: str, among: Mapping[str, Name]) -> Finding | None:
        """Tell of a whole IRI whose namespace is nearly that of a vocabulary we know."""
        local = Name(iri, iri, {}).local
        space = iri.removesuffix(local)
        meant = self.known.namespaces.get(bare(space), space)
        right = meant + local
        if meant == space or right not in {*among, *self.known.aligned}:
            return None
        used = right in among and among[right].count
        ours = [] if used else self.known.meant(right, among)
        named = self.scene.short(ours[0][1].iri) if ours else None
        return at(
            token,
            "prefix-namespace",
            (
                f"l’adresse de ce vocabulaire s’écrit <{meant}>, non <{space}>",
                f"the address of this vocabulary is written <{meant}>, not <{space}>",
            ),
            (
                f"écrivez <{right}>" + (f" ; ici, cela se dit {named}" if named else ""),
                f"write <{right}>" + (f"; here, this is said {named}" if named else ""),
            ),
            named or (f"<{right}>" if used else None),
        )

    def _entity(self, token: Token, iri: str) -> Iterator[Finding]:
        if not iri.startswith((*AREAS, NS)):
            return
        if iri in self.known.entities or iri in self.known.classes or iri in self.known.properties:
            return
        near = self.known.nearest(iri, [self.known.entities])
        if iri.startswith(NS):
            near = self.known.nearest(iri, [self.known.classes, self.known.properties])
            same = self.known.by_local.get(folded(Name(iri, iri, {}).local), [])
            near = near if near and near[0][0] <= ALMOST else [(0.0, one) for one in same] + near
        written = self.scene.short(iri)
        yield self._with_nearest(
            token,
            "unknown-entity",
            (
                f"{written} n’existe pas dans cette génération",
                f"{written} does not exist in this generation",
            ),
            self._same_kind(iri, near),
        )

    def _same_kind(self, iri: str, near: list[tuple[float, Name]]) -> list[tuple[float, Name]]:
        """Keep the names of the same kind of thing, when there are some."""
        space = iri[: len(iri) - len(Name(iri, iri, {}).local)]
        same = [one for one in near if one[1].iri.startswith(space)]
        return near if near and near[0][0] == 0.0 else same or near

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

    def _described(self, wrong: set[str]) -> Iterator[Finding]:
        for describe in below(self.scene.reading.root, "Describe", stop=()):
            for named in describe.nodes("VarOrIri"):
                token = next(named.tokens())
                if token.kind != "var" and (iri := self.scene.iri(token)) is not None:
                    yield from self._check(Term("iri", iri, (token,)), "unknown-entity", wrong)

    def _in_expressions(self, roles: Mapping[str, str], wrong: set[str]) -> Iterator[Finding]:
        """Look at what is compared, or given to a variable; an IRI that STR reads is a text."""
        for primary in below(self.scene.reading.root, "Primary", stop=()):
            token = next(primary.tokens())
            iri = self.scene.iri(token) if token.kind in {"iri", "pname"} else None
            called = any(True for _ in primary.nodes("Arguments"))
            if iri is None or called or iri.endswith(("/", "#")):
                continue
            if primary.inside("BuiltIn") is None or _only_tests(primary):
                rule = roles.get(_beside(primary), "unknown-entity")
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
            label = name.text.removesuffix(":")
            meant = self.known.namespaces.get(bare(iri.value)) or self._usual(label, iri.value)
            if meant == iri.value or iri.value in KNOWN_PREFIXES.values():
                continue
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

    def _usual(self, label: str, declared: str) -> str:
        """Return the namespace that a prefix usually has, when the names after it are names there.

        A prefix that the query gives another meaning keeps it: nothing of ours has its names.
        """
        usual = self.known.prefixes.get(label) or KNOWN_PREFIXES.get(label) or declared
        ours = (self.known.classes, self.known.properties, self.known.entities, self.known.graphs)
        if usual == declared or any(iri.startswith(declared) for one in ours for iri in one):
            return declared
        written = (one.text.partition(":") for one in self.scene.tokens if one.kind == "pname")
        named = [usual + local for prefix, _, local in written if prefix == label and local]
        return usual if any(iri in one for iri in named for one in ours) else declared


def _only_tests(primary: Node) -> bool:
    """Tell whether the nearest function around an IRI compares what it is given."""
    call = primary.inside("BuiltIn")
    return call is not None and name_of(call) in {"SAMETERM", "IF", "COALESCE", "NOT", "EXISTS"}


def _beside(primary: Node) -> str:
    """Return the variable that an IRI is compared with, or given to; empty when there is none."""
    node: Node | None = primary
    while node is not None and node.name not in {"Filter", "Having", "Group"}:
        if node.name in {"Relation", "Bind"}:
            for part in node.nodes("Sum", "Var"):
                tokens = list(part.tokens())
                if len(tokens) == 1 and tokens[0].kind == "var":
                    return tokens[0].value
        node = node.parent
    return ""
