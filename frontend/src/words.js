// Every word the scripts say, in French and in English. A no-break space stands before : ; ? !
const FR = {
  query: "Requête",
  open: "Requêtes ouvertes",
  untitled: "Requête {n}",
  newTab: "Nouvelle requête",
  closeTab: "Fermer cette requête",
  closed: "Requête fermée ; elle reste dans l’historique.",
  format: "Mettre en forme",
  formatted: "Requête mise en forme.",
  alreadyFormatted: "Rien à changer : la requête est déjà en forme.",
  notFormatted: "Une requête qui a une erreur ne peut pas être mise en forme.",
  keys: "Clavier",
  keysAre: [
    ["Ctrl + Entrée", "exécuter"],
    ["Ctrl + Espace", "proposer la suite : tapez un mot français, « partenaire » par exemple"],
    ["Tab, Maj + Tab", "quitter l’éditeur (Échap ferme d’abord les propositions)"],
    ["Maj + Alt + F", "mettre en forme"],
    ["F8", "aller au problème suivant"],
    ["Ctrl + Z", "annuler"],
  ],
  fine: "Aucun problème.",
  problems: ["{n} problème.", "{n} problèmes."],
  problemList: "Problèmes de la requête",
  noCheck: "La vérification ne répond pas ; la requête peut quand même être exécutée.",
  at: "Ligne {line}, colonne {column}",
  replace: "Remplacer par {text}",
  replaced: "Remplacé par {text}.",
  add: "Ajouter {text}",
  added: "Ajouté : {text}",
  error: "Erreur",
  warning: "Attention",
  noSchema: "Les propositions manquent : le schéma du graphe ne répond pas.",
  uses: ["{n} emploi", "{n} emplois"],
  unused: "jamais employé dans le graphe",
  classes: "Classes",
  properties: "Propriétés",
  ofClass: "Propriétés de {name}",
  others: "Propriétés que {name} n’a pas",
  values: "Valeurs",
  variables: "Variables",
  prefixes: "Préfixes",
  graphs: "Graphes",
  keywords: "Mots-clés",
  running: "Exécution…",
  stop: "Arrêter",
  stopped: "Requête arrêtée.",
  notStopped: "La requête n’est plus attendue ; le service n’a pas confirmé son arrêt.",
  unreachable: "Le service ne répond pas. Vérifiez la connexion, puis recommencez.",
  empty: "Écrivez d’abord une requête.",
  rows: ["{n} ligne", "{n} lignes"],
  in: "{what} en {time}",
  answered: "Réponse reçue",
  failed: "La requête n’a pas de réponse.",
  seeAnswer: "Voir la réponse",
  historyCount: ["Historique ({n} requête)", "Historique ({n} requêtes)"],
  historyNone: "Les requêtes exécutées seront listées ici, dans ce navigateur seulement.",
  historyList: "Requêtes exécutées",
  reopen: "Rouvrir",
  exportAll: "Exporter",
  importAll: "Importer",
  clear: "Effacer l’historique",
  cleared: "Historique effacé.",
  imported: ["{n} requête importée.", "{n} requêtes importées."],
  notImported: "Ce fichier n’est pas un export de cet éditeur : rien n’a été importé.",
  notKept: "Ce navigateur ne garde rien : exportez vos requêtes avant de fermer la page.",
  file: "requetes-sparql.json",
};

const EN = {
  query: "Query",
  open: "Open queries",
  untitled: "Query {n}",
  newTab: "New query",
  closeTab: "Close this query",
  closed: "Query closed; it stays in the history.",
  format: "Format",
  formatted: "Query formatted.",
  alreadyFormatted: "Nothing to change: the query is formatted already.",
  notFormatted: "A query that has an error cannot be formatted.",
  keys: "Keyboard",
  keysAre: [
    ["Ctrl + Enter", "run"],
    ["Ctrl + Space", "suggest what may follow: type an English word, such as “partner”"],
    ["Tab, Shift + Tab", "leave the editor (Esc closes the suggestions first)"],
    ["Shift + Alt + F", "format"],
    ["F8", "go to the next problem"],
    ["Ctrl + Z", "undo"],
  ],
  fine: "No problem.",
  problems: ["{n} problem.", "{n} problems."],
  problemList: "Problems of the query",
  noCheck: "The check does not answer; the query can be run all the same.",
  at: "Line {line}, column {column}",
  replace: "Replace with {text}",
  replaced: "Replaced with {text}.",
  add: "Add {text}",
  added: "Added: {text}",
  error: "Error",
  warning: "Warning",
  noSchema: "There are no suggestions: the schema of the graph does not answer.",
  uses: ["used {n} time", "used {n} times"],
  unused: "never used in the graph",
  classes: "Classes",
  properties: "Properties",
  ofClass: "Properties of {name}",
  others: "Properties that {name} does not have",
  values: "Values",
  variables: "Variables",
  prefixes: "Prefixes",
  graphs: "Graphs",
  keywords: "Keywords",
  running: "Running…",
  stop: "Stop",
  stopped: "Query stopped.",
  notStopped: "The query is no longer awaited; the service did not confirm that it stopped.",
  unreachable: "The service does not answer. Check the connection, then try again.",
  empty: "Write a query first.",
  rows: ["{n} row", "{n} rows"],
  in: "{what} in {time}",
  answered: "Answer received",
  failed: "The query has no answer.",
  seeAnswer: "Go to the answer",
  historyCount: ["History ({n} query)", "History ({n} queries)"],
  historyNone: "Queries that were run will be listed here, in this browser only.",
  historyList: "Queries that were run",
  reopen: "Open again",
  exportAll: "Export",
  importAll: "Import",
  clear: "Clear the history",
  cleared: "History cleared.",
  imported: ["{n} query imported.", "{n} queries imported."],
  notImported: "This file is not an export of this editor: nothing was imported.",
  notKept: "This browser keeps nothing: export your queries before you close the page.",
  file: "sparql-queries.json",
};

export const WORDS = { fr: FR, en: EN };

/** What the popups of CodeMirror say by themselves, in French. */
export const PHRASES = {
  fr: {
    Completions: "Propositions",
    "current match": "résultat courant",
    "Control character": "Caractère de contrôle",
  },
  en: {},
};

/** French puts no-break spaces where English puts nothing. */
const spaced = (text) => text.replace(/ ([:;?!»])/g, "\u00a0$1").replace(/« /g, "«\u00a0");

/** Return the words of one language: say("rows", {n: 3}) is "3 lignes". */
export function speaker(lang) {
  const words = WORDS[lang] ?? FR;
  const plural = lang === "en" ? (n) => n !== 1 : (n) => n >= 2;
  const number = new Intl.NumberFormat(lang);
  return (key, values = {}) => {
    const found = words[key];
    const text = Array.isArray(found) && "n" in values ? found[Number(plural(values.n))] : found;
    if (typeof text !== "string") return text;
    const filled = (_, name) =>
      typeof values[name] === "number" ? number.format(values[name]) : values[name];
    return (lang === "fr" ? spaced(text) : text).replace(/\{(\w+)\}/g, filled);
  };
}
