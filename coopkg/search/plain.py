"""Common words that no question speaks of, in French and in English: spelt as they should be. Pure.

Without them, « privés » would be taken for a misspelt "proves". They are named as words left
unused, never corrected into words of a question.
"""

from __future__ import annotations

from typing import Final

from coopkg.search.empty import word_set

_PERSONS: Final = """
    prive privee public femme homme fille garcon enfant jeune age vieux directeur directrice chef
    president presidente maire prefet ministre ambassadeur consul depute senateur conseiller
    conseillere secretaire stagiaire formateur formatrice enseignant professeur etudiant eleve
    chercheur consultant benevole volontaire juge avocat medecin infirmier policier pompier
    entreprise societe firme banque hopital ecole lycee college tribunal parlement mairie
    prefecture police armee syndicat fondation eglise famille salarie patron cadre ouvrier
    fonctionnaire contractuel retraite refugie migrant habitant citoyen electeur
    private woman women female male girl boy child children young older director head president
    chairman chairwoman mayor minister ambassador deputy senator secretary teacher student pupil
    researcher consultant volunteer judge lawyer doctor nurse officer firefighter company firm bank
    hospital college court parliament hall army union foundation church family worker boss clerk
    refugee migrant citizen voter resident charity business industry factory
"""
_THINGS: Final = """
    siege bureau adresse telephone courriel mail email site page photo image logo carte plan porte
    salle batiment maison hotel chambre repas restaurant voiture avion train billet visa passeport
    valise voyage vacances conge salaire paye prime indemnite facture devis achat vente marche
    appel offre emploi poste candidat candidature recrutement concours diplome examen note succes
    echec resultat evaluation satisfaction qualite impact indicateur risque probleme difficulte
    solution erreur plainte conflit guerre paix securite sante eau dechet energie climat
    environnement agriculture peche foret tourisme transport route port sport musique cinema livre
    journal presse radio television telephone ordinateur logiciel internet langue arabe espagnol
    anglais religion histoire geographie science recherche population superficie capitale ville
    village quartier commune departement province frontiere election vote parti politique
    office address phone mail email page photo picture logo door room building house hotel meal
    restaurant car plane train ticket visa passport travel holiday leave salary wage bonus invoice
    purchase sale market tender job post vacancy candidate recruitment exam degree diploma grade
    success failure result outcome evaluation satisfaction quality impact risk problem issue
    solution mistake error complaint conflict war peace safety security health water waste energy
    climate environment agriculture fishing fisheries forest tourism transport road harbour sport
    music film book newspaper press radio television computer software internet language arabic
    spanish english religion history geography science research population surface capital city
    village district border election vote party politics weather
"""
_SAID: Final = """
    ancien ancienne nouveau nouvelle prochain prochaine dernier derniere premier premiere actuel
    actuelle recent recente futur grand grande petit petite gros meilleur pire principal important
    cher chere gratuit gratuite payant rapide lent facile difficile possible impossible utile
    inutile efficace fiable serieux celebre connu secret confidentiel obligatoire facultatif
    rural urbain municipal regional national mondial local europeen africain asiatique
    acheter vendre louer inscrire inscription annuler reporter refuser accepter signer ratifier
    quitter partir rentrer habiter vivre mourir gagner perdre reussir echouer choisir decider
    diriger presider gerer recruter embaucher licencier nommer elire voter ecrire lire parler
    manger boire dormir marcher ouvrir fermer commencer finir terminer arreter durer attendre
    critiquer aimer detester juger evaluer mesurer comparer ameliorer proteger sauver tuer voler
    traduire imprimer telecharger envoyer copier supprimer modifier
    former latest newest recent next last previous first current future big small large little best
    worst main important expensive cheap free paying fast slow easy difficult possible impossible
    useful useless effective reliable serious famous secret confidential mandatory optional rural
    urban worldwide buy sell rent register registration cancel postpone refuse accept sign ratify
    leave left quit live die earn lose succeed fail choose chose decide lead chair manage hire fire
    elect vote write read speak eat drink sleep walk open close begin finish stop wait criticise
    like love hate judge measure compare improve protect save kill steal translate download send
    copy delete modify ranking rank average median minimum maximum monthly weekly daily hourly
    hour minute week month semester semaine mois heure minute trimestre semestre moyenne mediane
    classement rang mensuel hebdomadaire quotidien
"""
PLAIN: Final = word_set(_PERSONS + _THINGS + _SAID)
