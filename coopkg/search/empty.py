"""Words that change nothing of what is asked, in French and in English. Pure.

`STOP` is the grammar of a sentence. `FILLER` is what people put around a question: to ask, to
greet, to thank, to hedge, to say « faire » in other words. One of them may help to tell questions
apart, and may be left out. A word that narrows, compares or dates is in neither.
"""

from __future__ import annotations

from typing import Final


def word_set(text: str) -> frozenset[str]:
    """Return the words of a list written as a text."""
    return frozenset(text.split())


STOP: Final = word_set(
    """
    le la les l un une des de du d au aux a en dans sur pour par avec chez vers entre et ou mais
    donc or car que quoi dont ce c cet cette ces cela ca son sa ses leur leurs mon ma mes ton ta
    tes notre votre nos vos il elle on nous vous ils elles je j tu y se s t m n qu ne me te lui eux
    est sont etre etait etaient fut furent ont avoir avait avaient ete sera seront ai as avons avez
    soit quel quelle quels quelles lequel laquelle lesquels lesquelles auquel auxquels auxquelles
    desquels desquelles duquel parmi lors pendant durant depuis selon sous afin alors si comme
    aussi ainsi celui celle ceux celles puis deja suis es sommes etes serait seraient soient ayant
    etant ci moi toi soi quant via the an of in at to for from by with and is are was were be been
    being did has have had that which what among amongst within during since through per it its
    their his her they there this these those into any i we you us our your can could would should
    may might will shall if also so than then but my she he him them upon towards toward onto
    across around because many much am ll re ve issu issus issue issues autour vs versus
    """
)
_ASKING: Final = """
    liste lister list donner donne donnee donnez give gives given gimme montrer montre montrez show
    shows afficher affiche affichez display dire dis dites tell savoir connaitre know vouloir veux
    voudrais voudrait voulons souhaite souhaitons souhaiterais souhaiterait souhaiterions aimerais
    aimerait aimerions want would cherche cherchons chercher recherche recherchons rechercher
    trouver find finding looking search searching look need needs besoin question questions info
    infos information informations renseignement renseignements renseigner renseignez eclairer
    eclairez indiquer indique indiquez preciser precise precisez fournir fournis fournissez provide
    communiquer communiquez transmettre transmettez enumerer enumere enumerez citez rappelez
    expliquer expliquez explain detailler detaillez detail details resumer resume clarify peux peut
    peuvent pouvez pourrais pourriez pourrait possible serait permettre permettez savez sais faut
    devoir doit regard voir vois see consulter view demandais wonder wondering wondered curious
    interested interesser interesse interessent idee idea connaissance confirm confirmer confirmez
    confirmation verifier
    """
_COURTESY: Final = """
    stp svp please pls plz kindly merci thanks thank thankyou thx plait bonjour bonsoir salut
    coucou hello hi hey hiya morning afternoon evening greetings dear sir madam sirs madame
    monsieur mesdames messieurs cher chere chers cheres avance advance remercie remercions
    remerciant remerciements cordialement bien cordially sincerely regards grateful gratefully
    appreciate appreciated obliged gre saurais aimable gentil gentille obligeance amabilite bonte
    sorry desole excuse excusez pardon permission honneur espere vraiment really juste just
    simplement simply rapidement quickly vite quick rapide urgent urgence help aide aider aidez
    alors euh hmm ben bah voila ok okay oui yes ah oh well sinon au fait
    """
_DOING: Final = """
    faire fais font fait faisait faits faite faites do does done doing made make makes mener mene
    menee menees menent carry carried carries out jouer joue jouent play plays played exister
    existe existent exist exists occuper occupe occupent parler parle parlent traiter traite
    traitent treat treats deal deals dealt realiser realise realisee realises realisees realisent
    realised realized effectuer effectue effectuee effectues effectuees effectuent accompli
    accomplie accomplis accomplies accomplir perform performed conduire conduit conduite conduits
    conduites conducted conduct organiser organise organisee organises organisees organised
    organized run runs ran obtenir obtenu correspondre correspond recenser recense recenses
    recensees enregistrer enregistre recorded happen happened happens aller va vont go goes went
    gone rester reste remain remains existing appeler appelle appelles called venir vient viennent
    venu venus venue venues venant come comes came coming provenir provient proviennent provenant
    arrive arrives arrivees arrived tenir tient held hold holds take took taken place lieu
    concerner concerne concernent concern concerns porter porte portent portant relever releve
    recevoir recu recue recus recues received receive relatif relative relatives relatifs relating
    related relation couvrir couvre couvrent couvert couverts cover covers covered aborder aborde
    abordes abordee abordees toucher touche touchent derouler deroule deroulent mettre mets met mis
    mise mises decrire decrit decrite decrits decrites described describe describes presenter
    presente presentes presentee presentees presented present developper developpe developpes
    developpees develop develops ranger range rangee classer classe classee classes classified
    classify placed etablir etablit etabli establish establishes established tenu tenue tenus
    tenues dedie dediee dedies dedicated consacre consacree consacres devoted utiliser utilise
    utilisee utilises utilisees use used uses using assurer assure provided avoir compter compte
    comptez comptait get gets got gotten bring brings bringing involve involves include includes
    comprendre comprend comprennent serve serves sert servent vaut represente
    """
_AROUND: Final = """
    brochure document doc plaquette source sources texte text site cnfpt disent says say said
    differents differentes different divers diverses various tous toutes tout toute all every each
    chaque ensemble overall whole certains certaines some plusieurs several concernant regarding
    concerning propos about quoi what international internationale internationaux internationales
    internationally quelque quelques chose something anything thing things truc trucs quelqu
    somebody someone anyone personne people person gens ici here there lien liens link links linked
    lie lies liee aupres dessus precisement precise exactement exact exacte exactly according
    actually concretement concretely notamment particulierement particular particularly especially
    specific specifique specifiquement specifically general generale globalement generally globally
    effectivement effectively eventuellement possibly perhaps maybe itself themselves himself
    herself alone seul seule precisely namely voire etc complet complete complets completes
    completement full fully entier entiere entirely entire integral integrale respectivement
    respectively bref altogether type types sorte sortes genre kind kinds sort sorts way ways facon
    maniere one ones truly vrai vraie true actual concerne concernee concernes concernees contexte
    context matiere terms terme termes sens imprime imprimee imprimes imprimees imprimer print
    prints printed publie publiee publies publiees published annonce annoncee annonces annoncees
    announced affichee affiches affichees displayed officiel officielle officiels officielles fois
    disponible disponibles available existant existante existants existantes existing
    cas case cases conclu conclue conclus conclues disposition up comptee comptees retrouve
    retrouver retrouvent retrouves retrouvees talk talks talking
    """
FILLER: Final = word_set(_ASKING + _COURTESY + _DOING + _AROUND)
PAIRS: Final = frozenset(
    {("good", "morning"), ("good", "afternoon"), ("good", "evening"), ("good", "day")}
    | {("many", "thanks"), ("bonne", "journee"), ("bonne", "soiree"), ("bonne", "reception")}
    | {("happy", "to"), ("at", "all"), ("en", "fait"), ("by", "any"), ("a", "priori")}
    | {("most", "grateful"), ("au", "sujet"), ("very", "much"), ("would", "like"), ("d", "like")}
    | {("il", "eu"), ("a", "eu"), ("ont", "eu")}
    | {("en", "tout"), ("in", "all"), ("all", "in"), ("au", "juste"), ("of", "course")}
)
"""Words that change nothing together."""
