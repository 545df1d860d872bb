import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { WORDS, speaker } from "../src/words.js";

const blanks = (text) => [...String(text).matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test("each word is said in both languages, with the same blanks", () => {
  assert.deepEqual(Object.keys(WORDS.fr), Object.keys(WORDS.en));
  for (const [key, text] of Object.entries(WORDS.fr))
    assert.deepEqual(new Set(blanks(text)), new Set(blanks(WORDS.en[key])), key);
});

test("each word that is asked for is there, and none is kept for nothing", () => {
  const folder = new URL("../src/", import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith(".js") && name !== "words.js");
  const code = files.map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");
  for (const [, key] of code.matchAll(/\bsay\("(\w+)"/g)) assert.ok(WORDS.fr[key], key);
  const bySeverity = ["error", "warning"]; // said as say(problem.severity)
  for (const key of Object.keys(WORDS.fr))
    if (!bySeverity.includes(key)) assert.ok(code.includes(`"${key}"`), key);
});

test("French has no break before its marks, and a plural from two on", () => {
  const fr = speaker("fr");
  assert.equal(fr("notFormatted").includes(" :"), false);
  assert.equal(
    fr("noSchema"),
    "Les propositions manquent\u00a0: le schéma du graphe ne répond pas.",
  );
  assert.equal(fr("rows", { n: 0 }), "0 ligne");
  assert.equal(fr("rows", { n: 1 }), "1 ligne");
  assert.equal(fr("rows", { n: 1520 }), "1\u202f520 lignes");
});

test("English has a plural for none", () => {
  assert.equal(speaker("en")("rows", { n: 0 }), "0 rows");
  assert.equal(speaker("en")("rows", { n: 1 }), "1 row");
});

test("what a reader wrote is not read as a blank", () => {
  assert.equal(speaker("fr")("replace", { text: "{n} : x" }), "Remplacer par {n} : x");
});
