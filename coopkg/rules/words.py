"""The rules in words, for the pages that answer "why?"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from coopkg.errors import Lang
from coopkg.terms import RDF_TYPE, Term, Triple
from coopkg.typography import french

_WORDS: Final = {
    # Table 4: equality
    "eq-rep": (
        "dire que deux noms désignent la même chose (owl:sameAs) n’est pas pris en charge",
        "saying that two names are the same thing (owl:sameAs) is not supported",
    ),
    # Table 5: properties
    "prp-dom": (
        "qui porte cette relation appartient, par définition, à cette catégorie",
        "whatever has this relation belongs, by definition, to this category",
    ),
    "prp-rng": (
        "ce que cette relation désigne appartient, par définition, à cette catégorie",
        "whatever this relation points to belongs, by definition, to this category",
    ),
    "prp-symp": (
        "cette relation vaut dans les deux sens",
        "this relation holds both ways",
    ),
    "prp-trp": (
        "cette relation se transmet de proche en proche",
        "this relation carries over from one to the next",
    ),
    "prp-spo1": (
        "la première relation est un cas particulier de la seconde",
        "the first relation is a special case of the second",
    ),
    "prp-spo2": (
        "ces relations, mises bout à bout, en donnent une autre",
        "these relations, followed one after the other, make another",
    ),
    "prp-eqp1": ("les deux relations disent la même chose", "the two relations say the same"),
    "prp-eqp2": ("les deux relations disent la même chose", "the two relations say the same"),
    "prp-inv1": (
        "la même relation, lue dans l’autre sens, porte un autre nom",
        "the same relation, read the other way, has another name",
    ),
    "prp-inv2": (
        "la même relation, lue dans l’autre sens, porte un autre nom",
        "the same relation, read the other way, has another name",
    ),
    "prp-irp": (
        "cette relation ne peut lier une chose à elle-même",
        "this relation may not link a thing to itself",
    ),
    "prp-asyp": (
        "cette relation ne peut valoir dans les deux sens",
        "this relation may not hold both ways",
    ),
    "prp-pdw": (
        "ces deux relations s’excluent entre les deux mêmes choses",
        "these two relations exclude each other between the same two things",
    ),
    "prp-adp": (
        "ces deux relations s’excluent entre les deux mêmes choses",
        "these two relations exclude each other between the same two things",
    ),
    "prp-npa1": (
        "l’ontologie nie expressément ce fait",
        "the ontology expressly denies this fact",
    ),
    "prp-npa2": (
        "l’ontologie nie expressément cette valeur",
        "the ontology expressly denies this value",
    ),
    # Table 6: classes
    "cls-nothing2": (
        "rien ne peut appartenir à la catégorie vide",
        "nothing can belong to the empty category",
    ),
    "cls-int1": (
        "toutes les conditions de la définition sont réunies",
        "all the conditions of the definition are met",
    ),
    "cls-int2": (
        "qui répond à une définition en remplit chaque condition",
        "whatever fits a definition meets each of its conditions",
    ),
    "cls-uni": (
        "il suffit d’appartenir à l’une des catégories réunies",
        "belonging to one of the joined categories is enough",
    ),
    "cls-com": (
        "ces deux catégories sont le contraire l’une de l’autre",
        "these two categories are each other’s contrary",
    ),
    "cls-svf1": (
        "la définition demande un lien de cette sorte, et il y en a un",
        "the definition asks for a link of this kind, and there is one",
    ),
    "cls-svf2": (
        "la définition demande un lien, quel qu’il soit, et il y en a un",
        "the definition asks for a link, whichever it is, and there is one",
    ),
    "cls-avf": (
        "pour cette catégorie, tout ce que cette relation désigne est de cette sorte",
        "for this category, all that this relation points to is of this kind",
    ),
    "cls-hv1": (
        "tout ce qui appartient à cette catégorie a cette valeur",
        "whatever belongs to this category has this value",
    ),
    "cls-hv2": (
        "avoir cette valeur suffit pour appartenir à cette catégorie",
        "having this value is enough to belong to this category",
    ),
    "cls-oo": ("la catégorie énumère ses membres", "the category lists its members"),
    # Table 7: class axioms
    "cax-sco": (
        "la première catégorie est un cas particulier de la seconde",
        "the first category is a special case of the second",
    ),
    "cax-eqc1": (
        "les deux catégories ont les mêmes membres",
        "the two categories have the same members",
    ),
    "cax-eqc2": (
        "les deux catégories ont les mêmes membres",
        "the two categories have the same members",
    ),
    "cax-dw": (
        "rien ne peut appartenir à ces deux catégories à la fois",
        "nothing can belong to both categories at once",
    ),
    "cax-adc": (
        "rien ne peut appartenir à deux de ces catégories à la fois",
        "nothing can belong to two of these categories at once",
    ),
    # Table 9: the vocabulary itself
    "scm-cls": ("toute catégorie se contient elle-même", "every category contains itself"),
    "scm-op": ("toute relation s’implique elle-même", "every relation implies itself"),
    "scm-dp": ("toute relation s’implique elle-même", "every relation implies itself"),
    "scm-sco": (
        "un cas particulier d’un cas particulier en est un aussi",
        "a special case of a special case is one too",
    ),
    "scm-spo": (
        "un cas particulier d’un cas particulier en est un aussi",
        "a special case of a special case is one too",
    ),
    "scm-eqc1": (
        "des catégories équivalentes se contiennent l’une l’autre",
        "equivalent categories contain each other",
    ),
    "scm-eqc2": (
        "des catégories qui se contiennent l’une l’autre sont équivalentes",
        "categories that contain each other are equivalent",
    ),
    "scm-eqp1": (
        "des relations équivalentes s’impliquent l’une l’autre",
        "equivalent relations imply each other",
    ),
    "scm-eqp2": (
        "des relations qui s’impliquent l’une l’autre sont équivalentes",
        "relations that imply each other are equivalent",
    ),
    "scm-dom1": (
        "ce qui vaut pour une catégorie vaut pour celle qui la contient",
        "what holds of a category holds of the one that contains it",
    ),
    "scm-dom2": (
        "une relation particulière part des mêmes choses que la relation générale",
        "a special relation starts from the same things as the general one",
    ),
    "scm-rng1": (
        "ce qui vaut pour une catégorie vaut pour celle qui la contient",
        "what holds of a category holds of the one that contains it",
    ),
    "scm-rng2": (
        "une relation particulière mène aux mêmes choses que la relation générale",
        "a special relation leads to the same things as the general one",
    ),
    "scm-hv": (
        "demander une valeur à une relation particulière, c’est la demander à la générale",
        "asking a special relation for a value is asking the general one for it",
    ),
    "scm-svf1": (
        "demander un lien vers un cas particulier, c’est en demander un vers le cas général",
        "asking for a link to a special case is asking for one to the general case",
    ),
    "scm-svf2": (
        "demander un lien particulier, c’est demander le lien général",
        "asking for a special link is asking for the general one",
    ),
    "scm-avf1": (
        "n’admettre qu’un cas particulier, c’est n’admettre que le cas général",
        "allowing only a special case is allowing only the general case",
    ),
    "scm-avf2": (
        "ce que la relation générale n’admet pas, la particulière ne l’admet pas",
        "what the general relation does not allow, the special one does not",
    ),
    "scm-int": (
        "une intersection est contenue dans chacune de ses parties",
        "an intersection is contained in each of its parts",
    ),
    "scm-uni": (
        "une union contient chacune de ses parties",
        "a union contains each of its parts",
    ),
}

# Each rule of OWL 2 RL/RDF that can appear in a derivation or an inconsistency, in words.
RULES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {name: MappingProxyType({"fr": fr, "en": en}) for name, (fr, en) in _WORDS.items()}
)

_QUOTES: Final = {"fr": "« {} »", "en": "“{}”"}
_COLON: Final = {"fr": " : ", "en": ": "}
_THEN: Final = {"fr": " puis ", "en": " then "}
_AND: Final = {"fr": " et ", "en": " and "}


def sentence(
    rule: str,
    conclusion: Triple,
    premises: tuple[Triple, ...],
    label: Callable[[Term], str],
    lang: Lang,
) -> str:
    """Return a rule in words, with the relations and categories it was applied to.

    Args:
        rule: a key of `RULES`.
        conclusion: what was derived.
        premises: what it was derived from.
        label: gives the label of a property or a class, in the language asked.
        lang: the language of the sentence.
    """
    said = [_QUOTES[lang].format(label(_telling(triple))) for triple in premises]
    parts = list(dict.fromkeys(said)) if rule != "prp-spo2" else said
    link = _THEN[lang] if rule in ("prp-spo2", "prp-trp") else _AND[lang]
    result = _QUOTES[lang].format(label(_telling(conclusion)))
    words = RULES[rule][lang]
    if not parts or parts == [result]:
        text = f"{words}{_COLON[lang]}{result}"
    else:
        text = f"{words}{_COLON[lang]}{link.join(parts)} → {result}"
    return french(text) if lang == "fr" else text


def _telling(triple: Triple) -> Term:
    """Return the term that says what a triple is about: its class, or its property."""
    return triple[2] if triple[1] == RDF_TYPE else triple[1]
