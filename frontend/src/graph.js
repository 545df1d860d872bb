// What the editor asks the service: the schema, the values of a property, the label of an entity.
import { Schema } from "./schema.js";

// Entities have a preferred label; classes and properties have a label.
const LABEL =
  "<http://www.w3.org/2004/02/skos/core#prefLabel>|<http://www.w3.org/2000/01/rdf-schema#label>";
const DEFINITION = "<http://www.w3.org/2004/02/skos/core#definition>";
const VALUES = 300;

export class Graph {
  #values = new Map();
  #entities = new Map();
  #schema;

  constructor({ endpoint, schema, lang, parameters }) {
    this.endpoint = endpoint;
    this.address = schema;
    this.lang = lang;
    this.parameters = parameters; // such as the generation, which every request must name
  }

  /** The schema; asked for once, and again after a failure. */
  schema() {
    this.#schema ??= this.#json(this.address)
      .then((content) => new Schema(content, this.lang))
      .catch((error) => {
        this.#schema = undefined;
        throw error;
      });
    return this.#schema;
  }

  /** The values the graph has for a property, the commonest first. */
  values(property) {
    return remembered(this.#values, property, async () => {
      const schema = await this.schema();
      const rows = await this.#select(
        `SELECT ?value (SAMPLE(?name) AS ?label) (COUNT(*) AS ?count) WHERE { ?s <${property}> ?value
         FILTER(!isBlank(?value) && STRLEN(STR(?value)) < 120)
         OPTIONAL { ?value ${LABEL} ?name FILTER(LANG(?name) = "${this.lang}") }
        } GROUP BY ?value ORDER BY DESC(?count) LIMIT ${VALUES}`,
      );
      return rows.map((row) => entryOf(row, schema));
    });
  }

  /** What is said of one IRI: the schema's entry, or a label asked for. */
  async entity(iri) {
    const schema = await this.schema();
    return (
      schema.get(iri) ??
      remembered(this.#entities, iri, async () => {
        const rows = await this.#select(
          `SELECT ?label ?definition WHERE {
         <${iri}> ${LABEL} ?label FILTER(LANG(?label) = "${this.lang}")
         OPTIONAL { <${iri}> ${DEFINITION} ?definition FILTER(LANG(?definition) = "${this.lang}") }
        } LIMIT 1`,
        );
        if (!rows.length) return undefined;
        const text = rows[0].definition?.value ?? "";
        return { kind: "entity", id: compact(iri, schema), iri, title: rows[0].label.value, text };
      })
    );
  }

  async #select(query) {
    const body = new URLSearchParams([["query", query], ...this.parameters]);
    const found = await this.#json(this.endpoint, {
      method: "POST",
      body,
      headers: { Accept: "application/sparql-results+json" },
    });
    return found.results.bindings;
  }

  async #json(address, options) {
    const answer = await fetch(address, options);
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    return answer.json();
  }
}

/** Ask once for each key; a failure is nothing for now, and is asked again next time. */
function remembered(kept, key, ask) {
  if (!kept.has(key))
    kept.set(
      key,
      ask().catch(() => {
        kept.delete(key);
        return undefined;
      }),
    );
  return kept.get(key);
}

/** Write an IRI with the longest prefix of the schema that leaves a plain local name. */
export function compact(iri, schema) {
  const fits = Object.entries(schema.prefixes)
    .filter(
      ([, base]) =>
        iri.startsWith(base) && /^[\p{L}\p{N}_][\p{L}\p{N}_-]*$/u.test(iri.slice(base.length)),
    )
    .sort((a, b) => b[1].length - a[1].length)[0];
  return fits ? `${fits[0]}:${iri.slice(fits[1].length)}` : iri;
}

function entryOf({ value, label, count }, schema) {
  const iri = value.type === "uri" ? value.value : undefined;
  const id = iri ? compact(iri, schema) : literal(value, schema);
  return schema.entry(
    {
      id,
      iri: iri ?? id,
      label: { [schema.lang]: label?.value ?? (iri ? "" : value.value) },
      count: Number(count.value),
      insert: iri ? undefined : id,
    },
    "value",
  );
}

/** Write a literal as SPARQL does. */
function literal({ value, datatype, "xml:lang": lang }, schema) {
  const name = datatype && compact(datatype, schema);
  if (name === "xsd:integer" || name === "xsd:decimal" || name === "xsd:boolean") return value;
  const text = JSON.stringify(value);
  if (lang) return `${text}@${lang}`;
  if (!datatype || name === "xsd:string") return text;
  return `${text}^^${name.includes("://") ? `<${name}>` : name}`;
}
