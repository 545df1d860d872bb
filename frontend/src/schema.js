// What a query may name: the sealed schema of the graph, indexed for completion and hovering.

/** Fold case and accents: "Thème" is found by "theme". */
export const fold = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[’']/g, " ");

const RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

export class Schema {
  #byIri = new Map();

  constructor(content, lang) {
    this.lang = lang;
    this.prefixes = content.prefixes ?? {};
    this.graphs = content.graphs ?? [];
    this.classes = this.#index(content.classes, "class");
    this.properties = this.#index(content.properties, "property");
    this.concepts = this.#index(content.concepts, "concept");
  }

  #index(found = [], kind) {
    const entries = found.map((one) => this.entry(one, kind));
    for (const entry of entries) this.#byIri.set(entry.iri, entry);
    return entries;
  }

  /** Make of `id`, `iri`, `label` and the rest what can be searched and shown. */
  entry(one, kind) {
    const title = this.#said(one.label);
    const local = one.id.includes("://") ? one.id : one.id.slice(one.id.indexOf(":") + 1);
    return {
      ...one,
      kind,
      title,
      text: this.#said(one.definition),
      folded: fold(title),
      other: fold(Object.values(one.label ?? {}).join(" ")),
      foldedId: fold(one.id),
      foldedLocal: fold(local),
    };
  }

  #said(texts) {
    return texts?.[this.lang] ?? texts?.fr ?? texts?.en ?? "";
  }

  /** Return the class, property or concept with that IRI. */
  get(iri) {
    return this.#byIri.get(iri);
  }

  /** Expand a term as a query writes it; undefined when it is no IRI, or its prefix is unknown. */
  expand(text, declared) {
    if (!text) return undefined;
    if (text === "a") return RDF_TYPE;
    if (text.startsWith("<")) return text.slice(1, -1);
    const colon = text.indexOf(":");
    if (colon < 0 || text.startsWith("_:")) return undefined;
    const name = text.slice(0, colon);
    const base = declared.get(name) ?? this.prefixes[name];
    return base === undefined ? undefined : base + text.slice(colon + 1).replace(/\\(.)/g, "$1");
  }

  isType(text, declared) {
    return this.expand(text, declared) === RDF_TYPE;
  }
}

/**
 * How well an entry answers what was typed: 0 is best, undefined is not at all.
 *
 * By its whole name, or a whole word of its label in the language of the page (the fewer others,
 * the better), then by parts of these, and by its label in the other language last. What the graph never
 * uses comes after what it does: it has no answer.
 */
export function score(typed, entry) {
  const asked = fold(typed);
  if (!asked) return 0;
  const found = match(asked, typed.includes(":"), entry);
  return found === undefined || entry.count !== 0 ? found : found + 2.5;
}

function match(asked, isId, { foldedId, foldedLocal, folded, other }) {
  if (isId) return foldedId.startsWith(asked) ? 0 : undefined;
  const starts = (text, end = "") => ` ${words(text)}${end}`.includes(` ${words(asked)}${end}`);
  const whole = starts(folded, " ") ? folded.split(" ").length : Infinity;
  const near = foldedLocal === asked ? Math.min(whole - 1, 2.5) : whole; // a name tells too
  if (near < Infinity) return near / 100;
  if (foldedLocal.startsWith(asked) || foldedId.startsWith(asked) || starts(folded)) return 1;
  if (asked.length < 3) return undefined;
  if (foldedLocal.includes(asked) || folded.includes(asked)) return 2;
  return starts(other) ? 3 : undefined;
}

const words = (text) => text.replaceAll("-", " ");
