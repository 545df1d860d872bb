// What may be written at a place of a query, best first. Pure: the editor only shows it.
import { isText, prologue, read, scan } from "./scan.js";
import { score } from "./schema.js";

const MOST = 80;
const WORD = /(?:[?$][\p{L}\p{N}_]*|<[^<>\s]*|[\p{L}_][\p{L}\p{N}_.:’'-]*|:[\p{L}\p{N}_-]*)$/u;
const KEYWORDS = {
  head: "SELECT ASK CONSTRUCT DESCRIBE PREFIX BASE DISTINCT FROM WHERE ORDER GROUP BY HAVING LIMIT OFFSET VALUES".split(
    " ",
  ),
  subject: "OPTIONAL FILTER BIND VALUES UNION MINUS GRAPH SELECT EXISTS NOT".split(" "),
  call: "EXISTS NOT IN LANG LANGMATCHES STR DATATYPE REGEX CONTAINS STRSTARTS BOUND COALESCE IF COUNT SUM AVG MIN MAX SAMPLE GROUP_CONCAT YEAR LCASE UCASE STRLEN CONCAT IRI isIRI isLiteral".split(
    " ",
  ),
};

/** Where `at` stands: what is typed there, the slot, and what is known of the subject. */
export function place(text, at, schema) {
  if (isText(text, at)) return undefined;
  const typed = WORD.exec(text.slice(0, at))?.[0] ?? "";
  const tokens = scan(text);
  const from = at - typed.length;
  const declared = prologue(tokens);
  // What is being typed says nothing of where it stands, and may join what follows it.
  const others = tokens.filter((token) => token.to <= from || token.from >= at);
  const { here, triples } = read(others, from);
  const variables = new Set(
    others.filter(({ kind }) => kind === "variable").map((one) => one.text),
  );
  return {
    ...here,
    typed,
    from,
    declared,
    variables,
    types: types(here, triples, declared.prefixes, schema),
  };
}

/**
 * The classes the subject may have: `stated` with `a`, or else `guessed` from the properties that
 * lead to it and leave it. Undefined where nothing is known.
 */
function types({ subject, via }, triples, declared, schema) {
  const term = (text) => schema.get(schema.expand(text ?? "", declared));
  if (via) return { guessed: term(via)?.objects };
  const own = triples.filter((one) => one.subject === subject && !one.path);
  const stated = own
    .filter(({ predicate }) => schema.isType(predicate, declared))
    .map(({ object }) => term(object))
    .filter((one) => one?.kind === "class");
  if (stated.length) return { stated };
  const leading = triples.filter((one) => one.object === subject);
  const clues = [
    ...leading.map(({ predicate }) => term(predicate)?.objects),
    ...own.map(({ predicate }) => term(predicate)?.subjects),
  ].filter((ids) => ids?.length);
  const agreed = (a, b) => a.filter((id) => b.includes(id));
  return { guessed: clues.length ? clues.reduce(agreed) : undefined };
}

/** The properties the subject has, as ids; undefined where any may do. */
function fitting({ stated, guessed }, schema) {
  const of = (one) => new Set(one.properties ?? []);
  if (stated) return stated.map(of).reduce((a, b) => new Set([...a].filter((id) => b.has(id))));
  if (!guessed?.length) return undefined;
  const classes = schema.classes.filter((one) => guessed.includes(one.id));
  return new Set(classes.flatMap((one) => one.properties ?? []));
}

/**
 * Propose what may follow.
 *
 * `values` are those the graph has for the property (fetched by the caller), `explicit` is true
 * when the reader asked for propositions. Returns `from` and `options`, or undefined for nothing.
 */
export function propose(where, schema, { values = [], explicit = false } = {}) {
  if (!where || (!where.typed && !explicit)) return undefined;
  const options = sections(where, schema, values).flatMap((section) =>
    ranked(section, where.typed),
  );
  if (!explicit && options.some((one) => one.id === where.typed)) return undefined;
  return options.length ? { from: where.from, options: options.slice(0, MOST) } : undefined;
}

function sections(where, schema, values) {
  const { typed, slot } = where;
  const variables = { name: "variables", entries: names([...where.variables], "variable") };
  if (/^[?$]/.test(typed)) return [variables];
  const prefixes = { name: "prefixes", entries: prefixesOf(where, schema) };
  const keywords = {
    name: "keywords",
    entries: typed ? names(KEYWORDS[slot] ?? [], "keyword") : [],
  };
  switch (slot) {
    case "prefix":
      return [{ name: "prefixes", entries: declarations(schema) }];
    case "graph":
      return [{ name: "graphs", entries: graphs(schema) }, variables];
    case "predicate":
      return [...properties(where, schema), prefixes];
    case "object":
      return schema.isType(where.predicate ?? "", where.declared.prefixes)
        ? [{ name: "classes", entries: schema.classes }, prefixes]
        : [{ name: "values", entries: objects(where, schema, values) }, variables, prefixes];
    case "values":
    case "call":
    case "subject":
      return [
        variables,
        keywords,
        { name: "values", entries: typed ? schema.concepts : [] },
        prefixes,
      ];
    default:
      return [keywords, variables, prefixes];
  }
}

function properties(where, schema) {
  const fit = fitting(where.types, schema);
  const all = schema.properties;
  if (!fit) return [{ name: "properties", entries: all.filter((one) => one.count || where.typed) }];
  const name = where.types.stated?.map((one) => one.id).join(", ");
  const has = all.filter((one) => fit.has(one.id));
  const first = { name: name ? "ofClass" : "properties", values: { name }, entries: has };
  // Only where none of its own matches: a wrong turn is better shown than met with silence.
  const matches = has.some((one) => score(where.typed, one) !== undefined);
  const rest = all.filter((one) => !fit.has(one.id));
  return matches || !where.typed
    ? [first]
    : [{ name: name ? "others" : "properties", values: { name }, entries: rest }];
}

function objects(where, schema, values) {
  if (values.length) return values;
  return where.typed ? schema.concepts : [];
}

const plain = (id, kind, more) => ({
  id,
  kind,
  local: id,
  title: "",
  text: "",
  folded: "",
  other: "",
  foldedId: id.toLowerCase(),
  foldedLocal: id.toLowerCase(),
  ...more,
});
const names = (list, kind) => list.map((id) => plain(id, kind));
const graphs = (schema) =>
  schema.graphs.map(({ iri, triples }) =>
    plain(`<${iri}>`, "graph", { foldedLocal: iri.toLowerCase(), count: triples }),
  );
const declarations = (schema) =>
  Object.entries(schema.prefixes).map(([name, iri]) =>
    plain(`${name}:`, "declaration", { title: iri, insert: `${name}: <${iri}>` }),
  );
const prefixesOf = ({ typed, declared }, schema) =>
  typed && !typed.includes(":")
    ? Object.entries(schema.prefixes).map(([name, iri]) =>
        plain(`${name}:`, "prefix", { title: declared.prefixes.get(name) ?? iri }),
      )
    : [];

function ranked({ name, values, entries }, typed) {
  return entries
    .map((entry) => ({ entry, rank: score(typed, entry) }))
    .filter(({ rank }) => rank !== undefined)
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        (b.entry.count ?? 0) - (a.entry.count ?? 0) ||
        a.entry.id.localeCompare(b.entry.id),
    )
    .map(({ entry }) => ({ ...entry, section: name, sectionValues: values }));
}

/** What to write for an entry: its id, an IRI in brackets, or a declaration. */
export const written = (entry) =>
  entry.insert ?? (entry.id === entry.iri ? `<${entry.iri}>` : entry.id);

/** The PREFIX line that a query lacks to write an entry; undefined when it lacks none. */
export function missingPrefix(entry, { prefixes, end }, schema) {
  const text = written(entry);
  const name = /^(?:"(?:[^"\\]|\\.)*"\^\^)?([\p{L}\p{N}_.-]*):/u.exec(text)?.[1];
  if (name === undefined || entry.kind === "declaration" || prefixes.has(name)) return undefined;
  const iri = schema?.prefixes[name];
  if (iri === undefined) return undefined;
  const line = `PREFIX ${name}: <${iri}>`;
  return { at: end, text: end ? `\n${line}` : `${line}\n` };
}
