"""Words that mean the same to who asks, in both languages; and words that mean nothing alone. Pure.

A line is one idea. What a single question is asked with stands in its own file (`asked` of
`queries/<slug>.rq`), not here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from coopkg.search.stems import stems


def word_set(text: str) -> frozenset[str]:
    """Return the words of a list written as a text."""
    return frozenset(text.split())


WHO: Final = "?who"
WHOM: Final = "?whom"
WHERE: Final = "?where"
WHEN: Final = "?when"
COUNT: Final = "?count"
WHY: Final = "?why"
HOW: Final = "?how"
NOT: Final = "?not"
_ASKING: Final = {
    WHO: "qui who whose",
    WHOM: "whom",
    WHERE: "where",
    WHEN: "quand when",
    COUNT: "combien nombre number count nb nbre",
    WHY: "pourquoi why",
    HOW: "comment how",
    NOT: "pas non sans sauf hors excepte jamais aucun aucune ni "
    "not no without except excluding never none nor neither unlike",
}
_IDEAS: Final = """
partenaire partenariat partner partnership
travailler agir intervenir oeuvrer work act operate active actif
pays country nation
theme thematique domaine field topic subject
zone region area
liste lister list listed
beneficier beneficiaire benefit beneficiary profiter
soutenir soutien appuyer appui accompagner accompagnement support assist
financer financement finance fund funding
budget montant cout depense argent amount cost money spending euro
accueillir accueil recevoir host hosting receive welcome
visite visit
mobiliser mobilisation mobilise mobilize mobilised mobilized
part proportion pourcentage share percentage percent
jour journee day
travail work
stage session
stagiaire trainee apprenant
annee an annuel year annual yearly
formation former training train
itineraire parcours itinerary pathway
public audience cible destinataire target
destiner intended aimed destine viser adresser
elu elected
agent agent officer official staff
communaute community
lancer lancement launch
creer creation create found
reseau network
loi law act
date date dater dated
instrument acte instrument
encadrer cadre frame framework
membre member adherent membership
role role
rubrique section chapitre heading chapter
ligne passage line passage
citer nommer mentionner cite name named mention
figurer trouver appear found
chiffre statistique figure statistic
demande solliciter sollicitation requete demander request ask
projet project
programme program programme
concerte concerted
acteur organisme organisation organization actor body structure entity
etranger foreign
francais french
numerique digital
ressource resource
realisation projection output
prevoir projeter planned planifier plan prevu
proposer proposition propose proposal offer
priorite prioritaire priority
total somme sum total additionner add
compose composante composition unit
mobilite mobility
contribuer contribution contribute apporter
activite activity
action action
etat state
association association
illustrer exemple example illustrate illustration
couche layer
titre title
auteur author
editeur publisher
domicilier situer localiser located based situe
collaborer cooperer collaborate cooperate collaboration cooperation
estimer estimation environ about estimate approximatively approximately roughly
module module
structurer structure structured organise organize
duree durer long duration last
meme same identique
designer designate denote refer
poursuivre continuer continue successeur successor remplacer become devenir
donnee data information
manquer lacune gap missing absent unsaid unknown inconnu
permanent standing
ressortir evoquer evoke suggest rappeler
repartition repartir breakdown distribution ventilation
participant participer participate participation involved implique
"""
STOP: Final = word_set(
    """
    le la les l un une des de du d au aux a en dans sur pour par avec chez vers entre et ou mais
    donc or car que quoi dont ce c cet cette ces cela ca son sa ses leur leurs mon ma mes ton ta tes
    notre votre nos vos il elle on nous vous ils elles je j tu y se s t m n qu ne me te lui eux est
    sont etre etait etaient fut furent ont avoir avait avaient ete sera seront ai as avons avez soit
    quel quelle quels quelles lequel laquelle lesquels lesquelles auquel auxquels
    auxquelles desquels desquelles parmi lors pendant durant depuis selon sous afin alors si comme
    aussi ainsi celui celle ceux celles puis deja
    the an of in on at to for from by with and is are was were be been being did has
    have had that which what among amongst within during since through per
    it its their his her they there this these those as into any i we you
    us our your can could would should may might will shall if also so than then s
    """
)
FILLER: Final = word_set(
    """
    liste lister list donner donne donnez donne-moi give gimme montrer montre montrez show afficher
    affiche display dire dis dites tell savoir connaitre know vouloir voudrais veux souhaite
    souhaiterais aimerais want would like cherche chercher recherche trouver find looking
    search look need jouer joue jouent play plays played
    besoin stp svp please merci thanks thank plait bonjour bonsoir salut hello hi hey
    exister existe existent exist exists
    brochure document source sources texte text
    cnfpt dit disent says say faire fait font do does done made make mener mene carry carried out
    differents differentes different divers diverses various tous toutes tout toute all every each
    chaque ensemble overall whole certains some plusieurs several concernant regarding concerning
    propos sujet question info infos information informations moi me peux peut pouvez can possible
    international internationale internationaux internationales
    occuper occupe occupent parler parle parlent traiter traite treat deal deals realiser realise
    realisee realisees realised realized effectuer effectue effectuee effectuees perform performed
    ranger range rangee classer classe classee classified placed etablir etablit establish
    establishes established tenir tient held hold take took taken place lieu concerner concerne
    porter porte portent relever releve venir viennent vient come came comes recevoir recu recue
    recus recues received received conduire conduit conduite conduites conducted organiser organise
    obtenir avoir compter compte correspondre recenser recense enregistrer recorded happen happened
    aller va vont go goes went rester reste existing appeler appelle called there quoi what about
    dedie dediee dedies dedicated consacre consacree consacres devoted relatif relative relating
    related nos notre our interesser interesse interessent interested lien liens link
    links linked lie lies
    aborder aborde abordes abordee abordees couvrir couvre couvrent couvert couverts cover covers
    covered toucher touche touchent derouler deroule deroulent mettre mis mise mises permettre
    savez sais peuvent faut devoir doit vraiment really juste just
    decrire decrit decrite decrits decrites described describe presenter presente presentes
    developper developpe develop regarder look voir see consulter view quelque chose anything
    quelqu somebody someone anyone personne people person gens
    precisement exactement exactly selon according aupres dessus ici here
    """
)


SOFT: Final = frozenset({"~travailler", "~collaborer", "~citer"})
"""Ideas that help to tell questions apart, and may be left out: who acts, what is named."""
ACTING: Final = frozenset({"~travailler", "~collaborer"})
LED: Final = word_set("quel quelle quels quelles which")
"""Words after which stands what is asked for, not what is given."""


ONLY: Final = word_set("seulement uniquement only just")
"""After « pas », they exclude nothing: « pas seulement »."""


def turned(words: Sequence[str]) -> dict[int, str]:
    """Return the small words that ask for something with another, each with the word it is worth.

    >>> turned(["sur", "quoi"]), turned(["what", "does", "it", "work", "on"])
    ({1: 'theme'}, {0: 'theme'})
    >>> turned(["avec", "qui"])
    {1: 'whom'}
    """
    pairs = {("sur", "quoi"): "theme", ("avec", "qui"): "whom"}
    found = {
        at: pairs[words[at - 1], words[at]]
        for at in range(1, len(words))
        if (words[at - 1], words[at]) in pairs
    }
    if words and words[-1] in {"on", "about"} and "what" in words:
        found[words.index("what")] = "theme"
    return found


@lru_cache(maxsize=1)
def _table() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for idea, listed in _ASKING.items():
        for word in listed.split():
            found.setdefault(word, set()).add(idea)
    for line in _IDEAS.strip().splitlines():
        idea = "~" + line.split()[0]
        for word in line.split():
            for stem in stems(word):
                found.setdefault(stem, set()).add(idea)
    return {word: frozenset(kept) for word, kept in found.items()}


@lru_cache(maxsize=20_000)
def of(word: str) -> frozenset[str]:
    """Return the ideas a folded word stands for.

    >>> sorted(of("partnerships")), sorted(of("qui"))
    (['~partenaire'], ['?who'])
    """
    table = _table()
    return frozenset(idea for one in stems(word) for idea in table.get(one, ()))


def known() -> frozenset[str]:
    """Return every word that has an idea: it is spelt as it should be."""
    listed = (*_ASKING.values(), _IDEAS)
    return frozenset(word for text in listed for word in text.split()) | STOP | FILLER
