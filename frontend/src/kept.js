// Tabs and history, kept in this browser only, bounded, and checked when they are read.

const KEY = "coopkg.sparql.1";
const TABS = 12;
const RUNS = 60;
const LONGEST = 50_000; // characters of one query

const isQuery = (query) => typeof query === "string" && query.length <= LONGEST;
const list = (found, fits) => (Array.isArray(found) ? found.filter((one) => one && fits(one)) : []);

/** Keep of anything what is a set of tabs and a history; undefined when there is neither. */
export function checked(found) {
  const tabs = list(found?.tabs, ({ query }) => isQuery(query))
    .slice(0, TABS)
    .map(({ query }) => ({ query }));
  const history = list(
    found?.history,
    ({ query, at }) => isQuery(query) && query && !Number.isNaN(Date.parse(at)),
  )
    .slice(0, RUNS)
    .map(({ query, at, said }) => ({ query, at, said: String(said ?? "").slice(0, 200) }));
  const active = Number.isInteger(found?.active) && tabs[found.active] ? found.active : 0;
  return Array.isArray(found?.tabs) || Array.isArray(found?.history)
    ? { tabs, active, history }
    : undefined;
}

/** Put the runs of both together, the newest first, each once. */
export function merged(one, other) {
  const runs = new Map();
  for (const run of [...one, ...other]) runs.set(`${run.at} ${run.query}`, run);
  return [...runs.values()].sort((a, b) => b.at.localeCompare(a.at)).slice(0, RUNS);
}

export class Kept {
  tabs = [];
  active = 0;
  history = [];
  works = true;

  constructor(storage) {
    this.storage = storage;
    Object.assign(this, this.#read());
  }

  #read() {
    try {
      return checked(JSON.parse(this.storage().getItem(KEY)));
    } catch {
      return undefined;
    }
  }

  /** Write everything; `works` is false where the browser keeps nothing. */
  #write() {
    try {
      this.storage().setItem(KEY, this.exported());
      this.works = true;
    } catch {
      this.works = false;
    }
  }

  exported() {
    return JSON.stringify({ tabs: this.tabs, active: this.active, history: this.history });
  }

  /** Take the tabs as they are now. */
  saveTabs(tabs, active) {
    this.tabs = tabs.filter(({ query }) => isQuery(query)).slice(0, TABS);
    this.active = Math.min(active, Math.max(0, this.tabs.length - 1));
    this.#write();
  }

  /** Note a run; other windows may have noted theirs since. */
  ran(query, said, at = new Date().toISOString()) {
    if (!query.trim() || !isQuery(query)) return;
    const others = [...this.history, ...(this.#read()?.history ?? [])];
    this.history = merged(
      [{ query, at, said }],
      others.filter((run) => run.query !== query),
    );
    this.#write();
  }

  clear() {
    this.history = [];
    this.#write();
  }

  /** Take in an exported file; returns how many queries are new, undefined when it is no export. */
  take(text) {
    let found;
    try {
      found = checked(JSON.parse(text));
    } catch {
      return undefined;
    }
    if (!found) return undefined;
    const known = new Set(this.history.map(({ query }) => query));
    const fresh = found.history.filter(({ query }) => !known.has(query));
    const open = found.tabs.filter(
      ({ query }) => query.trim() && !known.has(query) && !fresh.some((run) => run.query === query),
    );
    const at = new Date().toISOString();
    this.history = merged(this.history, [
      ...fresh,
      ...open.map(({ query }) => ({ query, at, said: "" })),
    ]);
    this.#write();
    return fresh.length + open.length;
  }
}

export const LIMITS = { TABS, RUNS, LONGEST };
