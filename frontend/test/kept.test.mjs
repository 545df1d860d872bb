import assert from "node:assert/strict";
import { test } from "node:test";
import { Kept, LIMITS, checked, merged } from "../src/kept.js";

function storage() {
  const held = new Map();
  return () => ({
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, text) => held.set(key, text),
  });
}

test("tabs and history come back as they were", () => {
  const place = storage();
  const first = new Kept(place);
  first.saveTabs([{ query: "ASK {}" }, { query: "# é\nSELECT * {}" }], 1);
  first.ran("ASK {}", "vrai");
  const again = new Kept(place);
  assert.deepEqual(again.tabs, first.tabs);
  assert.equal(again.active, 1);
  assert.deepEqual(
    again.history.map((run) => [run.query, run.said]),
    [["ASK {}", "vrai"]],
  );
});

test("a query run again is listed once, as the newest", () => {
  const kept = new Kept(storage());
  kept.ran("A", "1", "2026-01-01T00:00:00Z");
  kept.ran("B", "2", "2026-01-02T00:00:00Z");
  kept.ran("A", "3", "2026-01-03T00:00:00Z");
  assert.deepEqual(
    kept.history.map((run) => run.query + run.said),
    ["A3", "B2"],
  );
});

test("two windows do not erase each other's history", () => {
  const place = storage();
  const [one, two] = [new Kept(place), new Kept(place)];
  one.ran("A", "", "2026-01-01T00:00:00Z");
  two.ran("B", "", "2026-01-02T00:00:00Z");
  assert.deepEqual(
    new Kept(place).history.map((run) => run.query),
    ["B", "A"],
  );
});

test("what is kept is bounded", () => {
  const kept = new Kept(storage());
  for (let i = 0; i < LIMITS.RUNS + 9; i++)
    kept.ran(`Q${i}`, "", new Date(Date.UTC(2026, 0, 1, 0, i)).toISOString());
  assert.equal(kept.history.length, LIMITS.RUNS);
  assert.equal(kept.history[0].query, `Q${LIMITS.RUNS + 8}`);
  kept.ran("x".repeat(LIMITS.LONGEST + 1), "");
  assert.equal(kept.history[0].query, `Q${LIMITS.RUNS + 8}`);
  kept.saveTabs(
    Array.from({ length: 40 }, (_, i) => ({ query: `${i}` })),
    39,
  );
  assert.equal(kept.tabs.length, LIMITS.TABS);
  assert.ok(kept.tabs[kept.active]);
});

test("a browser that keeps nothing is told of, and the page goes on", () => {
  const refuse = () => {
    throw new DOMException("denied", "SecurityError");
  };
  const kept = new Kept(refuse);
  kept.saveTabs([{ query: "ASK {}" }], 0);
  kept.ran("ASK {}", "");
  assert.equal(kept.works, false);
  assert.equal(kept.history.length, 1);
});

test("an export is taken in elsewhere, and nothing twice", () => {
  const from = new Kept(storage());
  from.saveTabs([{ query: "ASK {}" }, { query: "" }], 0);
  from.ran("SELECT * {}", "2 lignes");
  const to = new Kept(storage());
  assert.equal(to.take(from.exported()), 2);
  assert.equal(to.take(from.exported()), 0);
  assert.deepEqual(new Set(to.history.map((run) => run.query)), new Set(["ASK {}", "SELECT * {}"]));
});

test("a file that is no export changes nothing", () => {
  const kept = new Kept(storage());
  kept.ran("ASK {}", "");
  for (const text of ["", "[]", "{}", "null", "<html>", '{"a":1}', '"tabs"'])
    assert.equal(kept.take(text), undefined, text);
  assert.equal(
    kept.take('{"history":[{"query":7},null,{"query":"Q","at":"never"}],"tabs":"x"}'),
    0,
  );
  assert.equal(kept.history.length, 1);
});

test("damaged storage is as good as none", () => {
  for (const text of [
    "{",
    "null",
    '{"tabs":[null,{"query":3}],"active":-1}',
    '{"tabs":{},"history":{}}',
  ]) {
    const kept = new Kept(() => ({ getItem: () => text, setItem: () => {} }));
    assert.deepEqual(kept.tabs, [], text);
    assert.deepEqual(kept.history, [], text);
  }
});

test("runs are merged by when and what", () => {
  const run = (query, at) => ({ query, at, said: "" });
  assert.deepEqual(
    merged([run("A", "2026-01-01")], [run("A", "2026-01-01"), run("B", "2026-01-02")]).map(
      (one) => one.query,
    ),
    ["B", "A"],
  );
  assert.equal(checked({ tabs: [{ query: "x", evil: "y" }] }).tabs[0].evil, undefined);
});
