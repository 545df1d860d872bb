"""Words that mean the same to who asks, in both languages; and words that mean nothing alone. Pure.

A line is one idea. What a single question is asked with stands in its own file (`asked` of
`queries/<slug>.rq`), not here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from coopkg.search.empty import FILLER, STOP, word_set
from coopkg.search.stems import singular, stems

WHO: Final = "?who"
WHOM: Final = "?whom"
WHERE: Final = "?where"
WHEN: Final = "?when"
COUNT: Final = "?count"
WHY: Final = "?why"
HOW: Final = "?how"
NOT: Final = "?not"
COST: Final = "?cost"
ORIGIN: Final = "?origin"
MOST: Final = "?most"
_ASKING: Final = {
    WHO: "qui who whose",
    WHOM: "whom",
    WHERE: "where",
    WHEN: "quand when",
    COUNT: "combien nombre number count nb nbre effectif effectifs volume headcount",
    WHY: "pourquoi why",
    HOW: "comment how",
    COST: "cost couter coute coutent",
    ORIGIN: "origine origin provenance",
    MOST: "most least best worst biggest largest highest lowest longest shortest oldest newest "
    "latest meilleur meilleure meilleurs meilleures pire pires",
    NOT: "pas non sans sauf hors excepte jamais aucun aucune ni "
    "not no without except excluding never none nor neither unlike",
}
UNCOUNTED: Final = frozenset(
    {WHO, WHOM, WHERE, WHEN, HOW, "~total", "~estimer", "~travail", "~etranger", "~formation"}
    | {"~collaborer", "~mobiliser"}
)
"""What stands before the thing counted, and is not it: « nombre total », "foreign delegations"."""
EXACT: Final = "="
"""Before a word that is taken as it is written: « bosse » works, a "boss" does not."""
_IDEAS: Final = """
partenaire partner allie ally partenarial
partenariat partnership
travailler =travaillent =travaillant =travaillons =travaillez =works =worked =working \
=intervient =interviennent =intervention =interventions =agit =agissent \
agir intervenir oeuvrer work act operate active actif =bosser =bosse =bossent \
=bossez engager engaged
pays country nation
theme thematique domaine field topic subject sujet axe area specialite
zone region area geographique geographic geographical
liste lister list listed repertoire annuaire directory inventaire inventory
beneficier beneficiaire benefit beneficiary profiter recipient gain
soutenir =soutient =soutiennent \
soutien appuyer appui accompagner accompagnement support assist aider aide help \
epauler aid backing
financer financement finance fund funding payer =paie =paient =paye =payent pay paid fonds argent \
money
budget montant cout depense argent amount cost money spending euro enveloppe prix price tarif \
couter depenser spend spent
accueillir =recoit =recoivent accueil recevoir host hosting receive welcome heberger
visite visit
mobiliser mobilisation mobilise mobilize mobilised mobilized
part proportion pourcentage pourcent share percentage percent % fraction ratio taux rate pct
jour journee day
travail =work =works =worked =working
stage session cours course
stagiaire trainee apprenant learner attendee
suivre =suit =suivent =suivi =attend =attends =attended =attending
apprendre =learn =learns =learned
forme =form =forms =formes
autorite authority
annee an annuel year annual yearly
formation former =forme =forment =formons training train
itineraire parcours itinerary pathway
public audience cible destinataire target
destiner intended aimed destine viser adresser meant destination
elu elected
agent agent officer official staff employe employee personnel
communaute community
lancer lancement launch naitre nait nee born start started demarrer debut begin began
creer creation create =found =founded naitre nait nee born
reseau network
loi law act legislation statute
date date dater dated
instrument acte instrument contrat contract convention accord agreement
preparer preparation prepare draft drafted redaction rediger
encadrer cadre frame framework
membre member adherent membership adherer adhesion sieger siege join joined
role role
rubrique section chapitre heading chapter
ligne passage line passage extrait excerpt quote citation endroit paragraphe paragraph phrase \
sentence
citer nommer mentionner cite name named mention
figurer trouver appear =found
chiffre statistique figure statistic stats stat =numbers
demande solliciter sollicitation requete demander request ask seek reclamer appel recourir
projet project
programme program programme
concerte concerted
acteur organisme organisation organization actor body structure entity
etranger foreign
francais french
numerique digital =online
ressource resource
realisation projection output livrable deliverable
prevoir projeter planned planifier plan prevu futur future envisager construire build concevoir \
conception design
proposer proposition propose proposal offer suggerer suggest initier initiate
priorite prioritaire priority focus
total somme sum total additionner add
compose composante composition unit
mobilite mobility expatriation posting secondment
contribuer contribution contribute apporter apport bring
activite activity
action action
etat state gouvernement government gouvernemental governmental
association =asso =assos =assoc
illustrer exemple example illustrate illustration
couche layer
titre title
document brochure plaquette booklet doc leaflet
encore toujours still anymore
auteur author =ecrire =ecrit =ecrite redacteur =redige write wrote written writer
editeur publisher
domicilier situer localiser located based situe
collaborer cooperer collaborate cooperate collaboration cooperation
estimer estimation environ about estimate approximatively approximately roughly approximatif \
approximate
module module
structurer structure structured organise organize comporter
duree durer long duration last
meme same identique equal egal egale pareil similaire similar differer difference distinct match ==
designer =designe =designent designate denote refer signifier mean \
acronyme sigle acronym abbreviation
poursuivre =devient =deviennent \
continuer continue successeur successor remplacer become devenir suite apres ensuite \
afterwards after subsister
donnee data information
manquer lacune limite limit gap missing absent unsaid unknown inconnu lack lacking
permanent standing durable =lasting =lastingly
ressortir evoquer evoke suggest rappeler =penser =think
repartition repartir breakdown distribution ventilation
appartenir =appartient =appartiennent belong dependre depend rattacher attach
englober comprendre regrouper inclure \
include encompass comprise contain contenir
fonder =fonde =fondent =founds =base fondement basis underpin \
govern regir confier confer conferer entrust
participant participer participate participation involved implique
"""
DEEDS: Final = frozenset({"~action", "~projet"})
SOFT: Final = frozenset({"~travailler", "~collaborer", "~citer"}) | DEEDS
"""Ideas that help to tell questions apart, and may be left out: who acts, what is named."""
ACTING: Final = frozenset({"~travailler", "~collaborer"})
LED: Final = word_set("quel quelle quels quelles which")
"""Words after which stands what is asked for, not what is given."""


ONLY: Final = word_set("seulement uniquement only just")
"""After « pas », they exclude nothing: « pas seulement »."""


_WHO_DOES_WHAT: Final = frozenset({("qui", "fait", "quoi"), ("who", "does", "what")})

_MORE: Final = word_set("plus moins")
COUNTED: Final = word_set(
    "personne personnes people person persons gens fois texte textes document documents source "
    "sources site sites lien liens links types sortes kinds sorts brochures"
)
"""Words that are the thing counted right after « combien », and change nothing elsewhere."""
_THE: Final = word_set("le la les des du")
_SPENT: Final = word_set("is are was were does do did would will")
TELLING: Final = word_set("whom role fund per annee combien cost most origine")
"""What such words are worth that may not be left out."""
_EACH: Final = word_set("par per chaque each")
_UNITS: Final = word_set(
    "expert agent officer stagiaire trainee participant mission delegation visite visit stage "
    "session personne person habitant inhabitant jour day semaine week mois month"
)
"""What a ratio is over: « par expert ». No question has one, and a total is no answer."""


def turned(words: Sequence[str]) -> dict[int, str]:
    """Return the small words that ask for something with another, each with the word it is worth.

    >>> turned(["sur", "quoi"]), turned(["what", "does", "it", "work", "on"])
    ({1: 'theme'}, {0: 'theme'})
    >>> turned(["avec", "qui"]), turned(["who", "do", "they", "work", "with"])
    ({1: 'whom'}, {0: 'whom'})
    """
    pairs = {("sur", "quoi"): "theme", ("avec", "qui"): "whom", ("d", "ou"): "origine"}
    pairs |= {("by", "whom"): "who", ("with", "whom"): "whom", ("who", "pays"): "fund"}
    pairs |= dict.fromkeys((("par", "an"), ("l", "an"), ("chaque", "an")), "annee")
    pairs |= dict.fromkeys((("est", "combien"), ("combien", "est"), ("combien", "vaut")), "cost")
    found_first = {("how", "many"): "combien", ("how", "much"): "combien"}
    pairs |= dict.fromkeys((("pour", "qui"), ("a", "qui"), ("for", "whom")), "destinataire")
    found = {
        at: pairs[words[at - 1], words[at]]
        for at in range(1, len(words))
        if (words[at - 1], words[at]) in pairs
    }
    found |= {
        at: found_first[pair] for at, pair in enumerate(pairwise(words)) if pair in found_first
    }
    for at in range(1, len(words)):
        if words[at - 1] in _EACH and words[at] in _UNITS:
            found[at] = "per"
    for at in range(1, len(words)):
        if words[at] in _MORE and words[at - 1] in _THE:
            found[at] = "most"
        if words[at - 1] == "much" and words[at] in _SPENT and words[at + 1 : at + 2] != ["in"]:
            found[at - 2] = "cost"
    for at in range(2, len(words)):
        if tuple(words[at - 2 : at + 1]) in _WHO_DOES_WHAT:
            found[at] = "role"
    if words and words[-1] in {"on", "about"} and "what" in words:
        found[words.index("what")] = "theme"
    if "who" in words and words[-1] == "for":
        found[words.index("who")] = "destinataire"
    if "where" in words and "from" in words[words.index("where") :]:
        found[words.index("where")] = "origine"
    if "who" in words and "with" in words[words.index("who") :]:
        found[words.index("who")] = "whom"
    return found


@lru_cache(maxsize=1)
def _tables() -> tuple[Mapping[str, frozenset[str]], ...]:
    """Return the ideas of words as written, of those that have forms, and of their stems."""
    written, inflected, stemmed = (defaultdict[str, set[str]](set) for _ in range(3))
    for idea, listed in _ASKING.items():
        for word in listed.split():
            stemmed[word].add(idea)
    for line in _IDEAS.strip().splitlines():
        idea = "~" + line.split()[0]
        for word in line.split():
            written[word.removeprefix(EXACT)].add(idea)
            if word[0] != EXACT:
                inflected[word].add(idea)
                for stem in stems(word):
                    stemmed[stem].add(idea)
    every = (written, inflected, stemmed)
    return tuple({word: frozenset(kept) for word, kept in one.items()} for one in every)


@lru_cache(maxsize=20_000)
def of(word: str) -> frozenset[str]:
    """Return the ideas a folded word stands for: as it is written, else by the nearest form.

    So « pays » is no form of "pay", nor "activities" one of "active".

    >>> sorted(of("partnerships")), sorted(of("qui")), sorted(of("pays"))
    (['~partenariat'], ['?who'], ['~pays'])
    """
    for forms, table in zip(
        (frozenset({word}), singular(word), stems(word)), _tables(), strict=True
    ):
        found = frozenset(idea for one in forms for idea in table.get(one, ()))
        if found:
            return found
    return frozenset()


def known() -> frozenset[str]:
    """Return every word that has an idea: it is spelt as it should be."""
    listed = (*_ASKING.values(), _IDEAS)
    return (
        frozenset(word.removeprefix(EXACT) for text in listed for word in text.split())
        | STOP
        | FILLER
    )


_OPENING: Final = word_set("is are was were does do did has have can est sont existe")
_ASKED: Final = word_set(
    "quel quelle quels quelles lequel laquelle lesquels lesquelles combien qui que quoi ou quand "
    "comment pourquoi which what who whom whose how where when why"
)
_THEY: Final = word_set("il elle ils elles on t")


def is_whether(words: Sequence[str]) -> bool:
    """Tell whether a sentence asks for a yes or a no.

    >>> is_whether(["la", "somme", "donne", "t", "elle", "le", "total"])
    True
    >>> is_whether(["combien", "y", "a", "t", "il", "de", "missions"])
    False
    """
    if words[:3] == ["est", "ce", "que"] or words[:3] == ["est", "ce", "qu"]:
        return True
    if words and words[0] in _OPENING:
        return True
    if ("c", "est") in pairwise(words) and _ASKED.isdisjoint(words):
        return True
    return _ASKED.isdisjoint(words) and not _THEY.isdisjoint(words[1:])
