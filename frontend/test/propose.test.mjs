import assert from "node:assert/strict";
import { test } from "node:test";
import { missingPrefix, place, propose } from "../src/propose.js";
import { isText, prologue, read, scan } from "../src/scan.js";
import { Schema } from "../src/schema.js";

const COOP = "https://w3id.org/cnfpt-coop/ns#";
const named =
  (kind) =>
  (id, fr, en, more = {}) => ({
    id,
    iri: COOP + id.slice(5),
    label: { fr, en },
    definition: null,
    count: 5,
    ...more,
  });
const klass = named("class");
const property = named("property");
const CONTENT = {
  prefixes: {
    coop: COOP,
    rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    theme: "https://w3id.org/cnfpt-coop/scheme/theme/",
  },
  classes: [
    klass("coop:Programme", "programme", "programme", {
      properties: ["coop:hasPartner", "coop:theme", "rdf:type"],
    }),
    klass("coop:Training", "formation", "training", { properties: ["coop:days", "coop:theme"] }),
    klass("coop:Actor", "acteur", "actor", { properties: ["coop:acronym"] }),
  ],
  properties: [
    property("coop:hasPartner", "a pour partenaire", "has partner", {
      subjects: ["coop:Programme"],
      objects: ["coop:Actor"],
    }),
    property("coop:partnerRoute", "est partenaire par la voie", "route", {
      subjects: [],
      objects: [],
    }),
    property("coop:theme", "a pour thème", "has theme", {
      subjects: ["coop:Programme", "coop:Training"],
      objects: ["skos:Concept"],
    }),
    property("coop:days", "durée en jours", "length in days", {
      subjects: ["coop:Training"],
      objects: ["xsd:integer"],
    }),
    property("coop:acronym", "a pour sigle", "has acronym", {
      subjects: ["coop:Actor"],
      objects: [],
    }),
  ],
  concepts: [
    {
      id: "theme:decentralisation",
      iri: "https://w3id.org/cnfpt-coop/scheme/theme/decentralisation",
      label: { fr: "Décentralisation", en: "Decentralisation" },
      scheme: "…",
    },
  ],
  graphs: [{ iri: "https://w3id.org/cnfpt-coop/graph/inferred", triples: 9 }],
};
const fr = new Schema(CONTENT, "fr");
const en = new Schema(CONTENT, "en");

/** Propose at the bar of a text. */
function at(text, { schema = fr, explicit = true, values } = {}) {
  const position = text.indexOf("¦");
  const query = text.replace("¦", "");
  const where = place(query, position, schema);
  return (propose(where, schema, { explicit, values })?.options ?? []).map((one) => one.id);
}

test("after a class, only the properties of that class", () => {
  assert.deepEqual(at("SELECT * { ?x a coop:Programme ; ¦ }"), ["coop:hasPartner", "coop:theme"]);
  assert.deepEqual(at("SELECT * { ?x a coop:Training ; coop:¦ }"), ["coop:days", "coop:theme"]);
});

test("a class stated further down, or on another line, counts too", () => {
  assert.deepEqual(at("SELECT * { ?x ¦ . ?x a coop:Training }"), ["coop:days", "coop:theme"]);
  assert.deepEqual(at("SELECT * { ?y a coop:Actor . ?x rdf:type coop:Training . ?x ¦ }"), [
    "coop:days",
    "coop:theme",
  ]);
});

test("two classes leave what both have", () => {
  assert.deepEqual(at("SELECT * { ?x a coop:Training, coop:Programme ; ¦ }"), ["coop:theme"]);
});

test("a label in French finds its property, accents folded", () => {
  assert.deepEqual(at("SELECT * { ?x a coop:Programme ; partenaire¦ }"), ["coop:hasPartner"]);
  assert.deepEqual(at("SELECT * { ?x a coop:Training ; duree¦ }"), ["coop:days"]);
  assert.deepEqual(at("SELECT * { ?x DURÉE¦ }"), ["coop:days"]);
});

test("first what the graph uses and has the word in its label, with the fewest others", () => {
  const many = [
    property("coop:partnerRoute", "est partenaire par la voie", "is a partner by the route", {
      count: 48,
    }),
    property("coop:partner", "est la part du partenaire", "is the part of the partner"),
    property("coop:partnership", "a pour partenariat", "has partnership", { count: 90 }),
    property("coop:hadPartner", "avait partenaire", "had partner", { count: 0 }),
    property("coop:hasPartner", "a pour partenaire", "has partner", { count: 34 }),
  ];
  const used = (lang) => ({ schema: new Schema({ ...CONTENT, properties: many }, lang) });
  assert.deepEqual(at("SELECT * { ?a partenaire¦ }", used("fr")), [
    "coop:hasPartner",
    "coop:partnerRoute",
    "coop:partner",
    "coop:hadPartner",
  ]);
  assert.deepEqual(at("SELECT * { ?a partner¦ }", used("en")).slice(0, 2), [
    "coop:hasPartner",
    "coop:partner", // the name itself
  ]);
  const themes = [
    property("coop:theme", "a pour thème", "has theme"),
    property("coop:coversTheme", "couvre le thème", "covers theme", { count: 151 }),
  ];
  for (const [schema, typed] of [
    [new Schema({ ...CONTENT, properties: themes }, "fr"), "thème"],
    [new Schema({ ...CONTENT, properties: themes }, "en"), "theme"],
  ])
    assert.equal(at(`SELECT * { ?a ${typed}¦ }`, { schema })[0], "coop:theme");
  assert.equal(at("SELECT * { ?a parten¦ }", used("fr"))[0], "coop:partnership"); // the most used
});

test("a label in English finds it on an English page, and on a French one as a last resort", () => {
  assert.deepEqual(at("SELECT * { ?x length¦ }", { schema: en }), ["coop:days"]);
  assert.deepEqual(at("SELECT * { ?x length¦ }"), ["coop:days"]);
});

test("a property that the class lacks is shown as such rather than not at all", () => {
  const where = place("SELECT * { ?x a coop:Training ; partenaire }", 42, fr);
  const { options } = propose(where, fr, {});
  assert.deepEqual(
    options.map((one) => one.id),
    ["coop:hasPartner", "coop:partnerRoute"],
  );
  assert.equal(options[0].section, "others");
});

test("without a class, the properties used so far and the one that leads here tell", () => {
  assert.deepEqual(at("SELECT * { ?x coop:days ?d ; ¦ }"), ["coop:days", "coop:theme"]);
  assert.deepEqual(at("SELECT * { ?a coop:hasPartner ?p . ?p ¦ }"), ["coop:acronym"]);
  assert.deepEqual(at("SELECT * { ?a coop:hasPartner/¦ }"), ["coop:acronym"]);
  assert.deepEqual(at("SELECT * { ?a coop:hasPartner [ ¦ ] }"), ["coop:acronym"]);
});

test("after `a`, classes by label; after a property, values by label", () => {
  assert.deepEqual(at("SELECT * { ?x a form¦ }"), ["coop:Training"]);
  assert.deepEqual(at("SELECT * { ?x coop:theme decen¦ }"), ["theme:decentralisation"]);
  assert.deepEqual(at("SELECT * { ?x coop:theme théme:x, DECEN¦ }"), ["theme:decentralisation"]);
});

test("variables, graphs, prefixes and keywords where they belong", () => {
  assert.deepEqual(at("SELECT ?abc { ?abc coop:theme ?a¦ }"), ["?abc"]);
  assert.deepEqual(at("SELECT * { GRAPH <¦ { ?s ?p ?o } }"), [
    "<https://w3id.org/cnfpt-coop/graph/inferred>",
  ]);
  assert.deepEqual(at("PREFIX th¦ SELECT * {}"), ["theme:"]);
  assert.deepEqual(at("SEL¦"), ["SELECT"]);
  assert.deepEqual(at("SELECT * { ?x coop:theme ?t . FIL¦ }"), ["FILTER"]);
});

test("nothing is proposed inside a comment, a string, or unasked before a letter", () => {
  for (const text of [
    "SELECT * { # par¦",
    'SELECT * { ?x coop:theme "par¦ }',
    "SELECT * { ?x 'a¦b' ?y }",
  ])
    assert.deepEqual(at(text), [], text);
  assert.deepEqual(at("SELECT * { ?x ¦ }", { explicit: false }), []);
  assert.deepEqual(at("SELECT * { ?x coop:theme¦ }", { explicit: false }), []);
});

test("a mark inside an IRI or a string is no mark", () => {
  assert.ok(!isText("SELECT * { <http://e/#x> ", 25));
  assert.deepEqual(at('SELECT * { ?x coop:days "a ; b { # c"@fr ; ¦ }'), [
    "coop:days",
    "coop:theme",
  ]);
  assert.deepEqual(at("SELECT * { ?x a coop:Programme # ; coop:x \n ; ¦ }"), [
    "coop:hasPartner",
    "coop:theme",
  ]);
});

test("filters, sub-queries, paths and blank nodes do not lose the triple", () => {
  const before = "SELECT * { ?x a coop:Training . ";
  for (const between of [
    "FILTER(?a > 2 && EXISTS { ?x coop:theme ?t }) ",
    "OPTIONAL { ?x coop:theme ?t } ",
    "{ SELECT ?x (COUNT(*) AS ?n) { ?x coop:theme ?t } GROUP BY ?x ORDER BY DESC(?n) } ",
    "BIND(IF(?x = 1, 2, 3) AS ?k) ",
    "?y (coop:theme|^coop:days)+/coop:acronym ( 1 2 ) . ",
    "VALUES (?x ?y) { (coop:Actor 1) (UNDEF 2) } ",
    'GRAPH ?g { ?x coop:theme "a"^^coop:Actor } ',
    "FILTER NOT EXISTS { ?x coop:theme ?t } ",
    "?z coop:theme [ a coop:Actor ; coop:acronym 'x' ] . ",
  ])
    assert.deepEqual(at(`${before}${between}?x ¦ }`), ["coop:days", "coop:theme"], between);
});

test("the prefix that lacks is declared after the others, or first", () => {
  const entry = fr.get(`${COOP}hasPartner`);
  const query = "# note\nPREFIX rdf: <http://e/>\nSELECT * {}";
  assert.deepEqual(missingPrefix(entry, prologue(scan(query)), fr), {
    at: query.indexOf("\nSELECT"),
    text: `\nPREFIX coop: <${COOP}>`,
  });
  assert.deepEqual(missingPrefix(entry, prologue(scan("SELECT * {}")), fr), {
    at: 0,
    text: `PREFIX coop: <${COOP}>\n`,
  });
  const dated = { id: '"2018"^^rdf:type', insert: '"2018"^^rdf:type' };
  assert.ok(missingPrefix(dated, prologue(scan("SELECT * {}")), fr));
  const declaration = { id: "PREFIX coop: <http://e/>", insert: "PREFIX coop: <http://e/>" };
  assert.equal(missingPrefix(declaration, prologue(scan("SELECT * {}")), fr), undefined);
  const declared = `PREFIX coop: <${COOP}> SELECT * {}`;
  assert.equal(missingPrefix(entry, prologue(scan(declared)), fr), undefined);
});

test("any text at all is read to its end", () => {
  const marks = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ".",
    ";",
    ",",
    "?x",
    "a",
    "coop:x",
    "<",
    '"',
    "'",
    "#\n",
    "/",
    "^",
    "é",
    "\u{1F600}",
    "SELECT ",
    "FILTER",
    "\\",
    "_:",
    "@",
    ":",
  ];
  let seed = 7;
  const chance = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
  for (let i = 0; i < 3000; i++) {
    const text = Array.from({ length: chance(14) }, () => marks[chance(marks.length)]).join(
      chance(2) ? " " : "",
    );
    const position = chance(text.length + 1);
    assert.ok(read(scan(text), position).here);
    propose(place(text, position, fr), fr, { explicit: true });
  }
});
