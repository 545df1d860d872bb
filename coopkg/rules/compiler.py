"""Axioms become data rules and checks: the tables of OWL 2 RL/RDF, specialised once.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from pyoxigraph import NamedNode

from coopkg.errors import OntologyError
from coopkg.rules import schema
from coopkg.rules import vocabulary as v
from coopkg.rules.axioms import Axioms, Class, Link
from coopkg.rules.forms import (
    Apart,
    Both,
    Chain,
    Check,
    ClassRule,
    Copy,
    DataRule,
    Denied,
    Derivation,
    Give,
    LinkRule,
    LinksApart,
    Listed,
    NotToItself,
    OnlyToItself,
    Project,
    Rewrite,
    Select,
    Some,
)  # fmt: skip
from coopkg.terms import RDF_TYPE, Term, Triple


@dataclass(frozen=True)
class Rules:
    """The rules and checks of one ontology, and what follows about its own terms.

    `bearing` are the classes whose anonymous or literal members can lead to an answer or to
    an inconsistency; the members of other anonymous classes are not worth deriving.
    """

    data: tuple[DataRule, ...]
    checks: tuple[Check, ...]
    schema: Mapping[Triple, Derivation]
    bearing: frozenset[Class]


def compiled(ontology: Iterable[Triple], closed: Iterable[Triple] | None = None) -> Rules:
    """Return the rules of an ontology.

    Args:
        ontology: its triples as written; those that state no axiom do no harm.
        closed: its closure by another reasoner; it must say the same of the terms.

    Raises:
        OntologyError: an axiom is malformed or not supported, or the other reasoner disagrees.
    """
    written = Axioms(triple for triple in ontology if v.is_axiom(triple))
    entailed = schema.entailed(written)
    if closed is not None:
        _agree(written.triples | entailed.keys(), set(closed))
    axioms = Axioms(written.triples | entailed.keys())
    checks = tuple(_checks(axioms))
    links, classes = _parted(_distinct([*_property_rules(axioms), *_class_rules(axioms)]))
    ends = {one for check in checks if isinstance(check, Apart) for one in (check.one, check.other)}
    ends.update(*map(_sources, links))
    useful = _leading(ends | {one.target for one in classes if _is_published(one.target)}, classes)
    kept = [rule for rule in classes if rule.target in useful]
    of_others = [rule for rule in kept if isinstance(rule, Some)]
    of_itself = [rule for rule in kept if not isinstance(rule, Some)]
    bearing = _leading(ends.union(*map(_sources, of_others)), of_itself)
    return Rules((*links, *kept), checks, entailed, bearing)


def _parted(rules: Iterable[DataRule]) -> tuple[list[LinkRule], list[ClassRule]]:
    links: list[LinkRule] = []
    classes: list[ClassRule] = []
    for rule in rules:
        if isinstance(rule, LinkRule):
            links.append(rule)
        else:
            classes.append(rule)
    return links, classes


def _agree(ours: set[Triple] | frozenset[Triple], theirs: set[Triple]) -> None:
    """Refuse when two reasoners disagree about the terms of the ontology."""
    ours_said = {triple for triple in ours if _is_telling(triple)}
    theirs_said = {triple for triple in theirs if _is_telling(triple)}
    unexplained, unexpected = theirs_said - ours_said, ours_said - theirs_said
    if unexplained:
        _differ(
            unexplained, "déduction que les règles ne retrouvent pas", "not derived by the rules"
        )
    if unexpected:
        _differ(unexpected, "déduction propre aux règles", "derived by the rules alone")


def _differ(difference: set[Triple], fr: str, en: str) -> None:
    subject, predicate, value = min(difference, key=str)
    raise OntologyError(
        str(subject),
        f"{predicate} {value} : {fr} ({len(difference)} en tout)",
        f"{predicate} {value}: {en} ({len(difference)} in all)",
    )


def _is_telling(triple: Triple) -> bool:
    subject, predicate, value = triple
    trivial = subject == value or not {subject, value}.isdisjoint((v.THING, v.NOTHING))
    return predicate in v.SCHEMA and not trivial


def _distinct(rules: Iterable[DataRule]) -> list[DataRule]:
    """Keep the first of the rules that do the same: the order above is the order of telling."""
    kept: dict[object, DataRule] = {}
    for rule in rules:
        fields = tuple(getattr(rule, name) for name in rule.__dataclass_fields__)
        kept.setdefault((type(rule), fields[2:]), rule)
    return list(kept.values())


def _property_rules(axioms: Axioms) -> Iterator[DataRule]:
    """Table 5: the semantics of axioms about properties."""
    for kind, name in ((v.SYMMETRIC, "prp-symp"), (v.TRANSITIVE, "prp-trp")):
        for term in axioms.instances(kind):
            link = axioms.link(term)
            axiom: Triple = (term, RDF_TYPE, kind)
            if kind == v.SYMMETRIC:
                yield _rewritten(name, (axiom,), link.flipped(), link)
            else:
                yield _chained(name, (axiom,), (link, link), link)
    for one, other in axioms.pairs(v.INVERSE_OF):
        if isinstance(one, NamedNode):
            there, back = axioms.link(one), axioms.link(other)
            axiom = (one, v.INVERSE_OF, other)
            yield _rewritten("prp-inv1", (axiom,), there.flipped(), back)
            yield _rewritten("prp-inv2", (axiom,), back.flipped(), there)
    for one, other in axioms.pairs(v.EQUIVALENT_PROPERTY):
        axiom = (one, v.EQUIVALENT_PROPERTY, other)
        yield from _unless_same("prp-eqp1", axiom, axioms.link(one), axioms.link(other))
        yield from _unless_same("prp-eqp2", axiom, axioms.link(other), axioms.link(one))
    for one, other in axioms.pairs(v.SUB_PROPERTY):
        axiom = (one, v.SUB_PROPERTY, other)
        yield from _unless_same("prp-spo1", axiom, axioms.link(one), axioms.link(other))
    for term, head in axioms.pairs(v.CHAIN):
        links = tuple(axioms.link(member) for member in axioms.members(head))
        if links:
            axiom = (term, v.CHAIN, head)
            yield _chained("prp-spo2", (axiom,), links, axioms.link(term))
    for name, predicate in (("prp-dom", v.DOMAIN), ("prp-rng", v.RANGE)):
        for term, value in axioms.pairs(predicate):
            target = axioms.class_of(value)
            link = axioms.link(term)
            if target is not None:
                source = link if name == "prp-dom" else link.flipped()
                yield Project(name, ((term, predicate, value),), source, target)


def _rewritten(name: str, axioms: tuple[Triple, ...], source: Link, target: Link) -> Rewrite:
    return Rewrite(name, axioms, source.flipped() if target.inverse else source, target.property)


def _unless_same(name: str, axiom: Triple, source: Link, target: Link) -> Iterator[Rewrite]:
    if source != target:
        yield _rewritten(name, (axiom,), source, target)


def _chained(
    name: str, axioms: tuple[Triple, ...], sources: tuple[Link, ...], target: Link
) -> Chain | Rewrite:
    if target.inverse:
        sources, target = tuple(link.flipped() for link in reversed(sources)), target.flipped()
    if len(sources) == 1:
        return Rewrite(name, axioms, sources[0], target.property)
    return Chain(name, axioms, sources, target.property)


def _class_rules(axioms: Axioms) -> Iterator[DataRule]:
    """Tables 6 and 7: the semantics of classes and of class axioms."""
    for one, other in axioms.pairs(v.EQUIVALENT_CLASS):
        axiom = (one, v.EQUIVALENT_CLASS, other)
        yield from _copied("cax-eqc1", axiom, axioms, one, other)
        yield from _copied("cax-eqc2", axiom, axioms, other, one)
    yield from _lists(axioms)
    yield from _restrictions(axioms)
    for one, other in axioms.pairs(v.SUB_CLASS):
        yield from _copied("cax-sco", (one, v.SUB_CLASS, other), axioms, one, other)


def _copied(name: str, axiom: Triple, axioms: Axioms, one: Term, other: Term) -> Iterator[Copy]:
    source, target = axioms.class_of(one), axioms.class_of(other)
    if source is not None and target is not None and source != target:
        yield Copy(name, (axiom,), source, target)


def _lists(axioms: Axioms) -> Iterator[DataRule]:
    for term, head in axioms.pairs(v.INTERSECTION):
        whole = axioms.class_of(term)
        if whole is not None:
            parts = _classes(axioms, head)
            axiom = ((term, v.INTERSECTION, head),)
            yield Both("cls-int1", axiom, parts, whole)
            yield from (Copy("cls-int2", axiom, whole, part) for part in parts)
    for term, head in axioms.pairs(v.UNION):
        whole = axioms.class_of(term)
        if whole is not None:
            axiom = ((term, v.UNION, head),)
            yield from (Copy("cls-uni", axiom, part, whole) for part in _classes(axioms, head))
    for term, head in axioms.pairs(v.ONE_OF):
        whole = axioms.class_of(term)
        if whole is not None:
            axiom = ((term, v.ONE_OF, head),)
            yield from (Listed("cls-oo", axiom, one, whole) for one in axioms.members(head))


def _classes(axioms: Axioms, head: Term) -> tuple[Class, ...]:
    """Return the members of a list of classes; a datatype among them is refused."""
    classes = tuple(axioms.class_of(member) for member in axioms.members(head))
    known = tuple(one for one in classes if one is not None)
    if not known or len(known) < len(classes):
        raise OntologyError(
            str(head),
            "une intersection ou une union porte sur des classes, et au moins une",
            "an intersection or a union is of classes, and of one at least",
        )
    return known


def _restrictions(axioms: Axioms) -> Iterator[DataRule]:
    for term, value in axioms.pairs(v.HAS_VALUE):
        link, whole = axioms.restricted(term), _whole(axioms, term)
        stated = _stated(axioms, term, v.HAS_VALUE, value)
        yield Give("cls-hv1", stated, whole, link, value)
        yield Select("cls-hv2", stated, link, value, whole)
    for term, value in axioms.pairs(v.SOME_VALUES):
        link, whole, filler = axioms.restricted(term), _whole(axioms, term), axioms.class_of(value)
        stated = _stated(axioms, term, v.SOME_VALUES, value)
        if filler is None:
            raise OntologyError(
                str(term),
                "owl:someValuesFrom sur un type de données n’est pas pris en charge",
                "owl:someValuesFrom on a datatype is not supported",
            )
        if filler == v.THING:
            yield Project("cls-svf2", stated, link, whole)
        else:
            yield Some("cls-svf1", stated, link, filler, whole)
    for term, value in axioms.pairs(v.ALL_VALUES):
        link, whole, target = axioms.restricted(term), _whole(axioms, term), axioms.class_of(value)
        if target is not None:
            stated = _stated(axioms, term, v.ALL_VALUES, value)
            yield Some("cls-avf", stated, link.flipped(), whole, target)


def _whole(axioms: Axioms, term: Term) -> Class:
    whole = axioms.class_of(term)
    if whole is None:
        raise OntologyError(
            str(term), "une restriction n’est pas un type de données",
            "a restriction is not a datatype",
        )  # fmt: skip
    return whole


def _stated(axioms: Axioms, term: Term, kind: NamedNode, value: Term) -> tuple[Triple, ...]:
    (link,) = axioms.values(term, v.ON_PROPERTY)
    return (term, kind, value), (term, v.ON_PROPERTY, link)


def _checks(axioms: Axioms) -> Iterator[Check]:
    yield Apart("cls-nothing2", (), v.NOTHING, v.NOTHING)
    # The rules ship no equality: two names said to be one would silently stay two.
    yield OnlyToItself("eq-rep", (), Link(v.SAME_AS))
    for name, predicate in (("cax-dw", v.DISJOINT), ("cls-com", v.COMPLEMENT)):
        for one, other in axioms.pairs(predicate):
            yield from _apart(name, (one, predicate, other), axioms, one, other)
    for term in axioms.instances(v.ALL_DISJOINT_CLASSES):
        for head in axioms.values(term, v.MEMBERS):
            for one, other in combinations(axioms.members(head), 2):
                yield from _apart("cax-adc", (term, v.MEMBERS, head), axioms, one, other)
    for one, other in axioms.pairs(v.DISJOINT_PROPERTY):
        axiom = (one, v.DISJOINT_PROPERTY, other)
        yield LinksApart("prp-pdw", (axiom,), axioms.link(one), axioms.link(other))
    for term in axioms.instances(v.ALL_DISJOINT_PROPERTIES):
        for head in axioms.values(term, v.MEMBERS):
            axiom = (term, v.MEMBERS, head)
            for one, other in combinations(axioms.members(head), 2):
                yield LinksApart("prp-adp", (axiom,), axioms.link(one), axioms.link(other))
    for term in axioms.instances(v.IRREFLEXIVE):
        yield NotToItself("prp-irp", ((term, RDF_TYPE, v.IRREFLEXIVE),), axioms.link(term))
    for term in axioms.instances(v.ASYMMETRIC):
        link = axioms.link(term)
        yield LinksApart("prp-asyp", ((term, RDF_TYPE, v.ASYMMETRIC),), link, link.flipped())
    yield from _denials(axioms)


def _apart(name: str, axiom: Triple, axioms: Axioms, one: Term, other: Term) -> Iterator[Apart]:
    first, second = axioms.class_of(one), axioms.class_of(other)
    if first is not None and second is not None:
        yield Apart(name, (axiom,), first, second)


def _denials(axioms: Axioms) -> Iterator[Denied]:
    for term, source in axioms.pairs(v.SOURCE_INDIVIDUAL):
        for link in map(axioms.link, axioms.values(term, v.ASSERTION_PROPERTY)):
            for name, target in (
                ("prp-npa1", v.TARGET_INDIVIDUAL), ("prp-npa2", v.TARGET_VALUE)
            ):  # fmt: skip
                for value in axioms.values(term, target):
                    axiom = (term, v.SOURCE_INDIVIDUAL, source)
                    yield Denied(name, (axiom,), link.triple(source, value))


def _is_published(target: Class) -> bool:
    return isinstance(target, NamedNode) and not v.is_reserved(target)


def _sources(rule: DataRule) -> tuple[Class, ...]:
    """Return the classes that a rule reads."""
    if isinstance(rule, Both):
        return rule.sources
    if isinstance(rule, Copy | Give):
        return (rule.source,)
    return (rule.filler,) if isinstance(rule, Some) else ()


def _leading(found: set[Class], rules: Iterable[ClassRule]) -> frozenset[Class]:
    """Return the classes found, and those whose members the rules carry into them."""
    into: dict[Class, set[Class]] = {}
    for rule in rules:
        into.setdefault(rule.target, set()).update(_sources(rule))
    waiting = list(found)
    while waiting:
        more = into.get(waiting.pop(), set()) - found
        found = found | more
        waiting += more
    return frozenset(found)
