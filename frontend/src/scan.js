// Where a position stands in a query that may be unfinished: its tokens, then the slot of a triple.
// A parser would stop at the first error, and a query being written is an error nearly always.

const KINDS = [
  ["space", /\s+/y],
  ["iri", /<[^<>"{}|^`\\\s]*>/y],
  ["comment", /#[^\r\n]*/y],
  ["string", /"""(?:[^\\]|\\.)*?(?:"""|$(?![^]))|'''(?:[^\\]|\\.)*?(?:'''|$(?![^]))/suy],
  ["string", /"(?:[^"\\\r\n]|\\.)*"?|'(?:[^'\\\r\n]|\\.)*'?/y],
  ["variable", /[?$][\p{L}\p{N}_]+/uy],
  ["blank", /_:[\p{L}\p{N}_-]+/uy],
  ["lang", /@[A-Za-z]+(?:-[A-Za-z0-9]+)*/y],
  [
    "name",
    /(?:\p{L}(?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_-])?)?:(?:(?:[\p{L}\p{N}_:-]|\.(?=[\p{L}\p{N}_:-])|%[0-9A-Fa-f]{2}|\\[-_~.!$&'()*+,;=/?#@%])+)?/uy,
  ],
  ["number", /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y],
  ["word", /[\p{L}_][\p{L}\p{N}_]*/uy],
  ["mark", /\^\^|&&|\|\||[!<>]=|[^]/uy],
];

/** Split a query into tokens; white space and comments are left out. */
export function scan(text) {
  const tokens = [];
  for (let at = 0; at < text.length;) {
    const { kind, end } = next(text, at);
    if (kind !== "space" && kind !== "comment")
      tokens.push({ kind, text: text.slice(at, end), from: at, to: end });
    at = end;
  }
  return tokens;
}

function next(text, at) {
  for (const [kind, pattern] of KINDS) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found && found[0]) return { kind, end: at + found[0].length };
  }
  return { kind: "mark", end: at + 1 };
}

/** Tell whether a position is inside a comment or a string, where nothing is to be completed. */
export function isText(text, at) {
  for (let from = 0; from < at;) {
    const { kind, end } = next(text, from);
    // At its end, a comment goes on, and a string that is closed does not.
    if (kind === "comment" && at <= end) return true;
    if (kind === "string" && at < end) return true;
    if (kind === "string" && at === end)
      return !/^(['"]).*\1$/s.test(text.slice(from, end)) || end - from < 2;
    from = end;
  }
  return false;
}

/** The prefixes a query declares, and where the next declaration goes. */
export function prologue(tokens) {
  const prefixes = new Map();
  let end = 0;
  for (let i = 0; i < tokens.length; i++) {
    const word = tokens[i].text.toUpperCase();
    if (word === "PREFIX" && tokens[i + 1]?.kind === "name" && tokens[i + 2]?.kind === "iri") {
      prefixes.set(tokens[i + 1].text.slice(0, -1), tokens[i + 2].text.slice(1, -1));
      end = tokens[i + 2].to;
      i += 2;
    } else if (word === "BASE" && tokens[i + 1]?.kind === "iri") {
      end = tokens[i + 1].to;
      i += 1;
    } else if (tokens[i].kind === "word") break;
  }
  return { prefixes, end };
}

const TERMS = new Set(["iri", "name", "variable", "blank", "string", "number"]);
const RESTART = new Set(["OPTIONAL", "UNION", "MINUS", "WHERE", "CONSTRUCT"]);
const CALLS = new Set(["FILTER", "BIND", "HAVING"]);
const HEADS = new Set(["SELECT", "ORDER", "GROUP", "LIMIT", "OFFSET", "ASK", "DESCRIBE"]);

/**
 * Read the triples of a query and say where `at` stands.
 *
 * Returns `triples` of the whole text (as written: prefixed names, variables, `a`), and `here`:
 * `slot` is "head", "prefix", "graph", "subject", "predicate", "object", "after", "values" or
 * "call"; `subject` and `predicate` are those of the triple being written; `via` is the property
 * before a `/` of a path.
 */
export function read(tokens, at) {
  const walk = new Walk();
  let here;
  for (const token of tokens) {
    if (!here && token.from >= at) here = walk.here();
    walk.take(token);
  }
  return { triples: walk.triples, here: here ?? walk.here() };
}

class Walk {
  triples = [];
  #frames = [{ kind: "head", slot: "head" }];
  #blank = 0;

  get #top() {
    return this.#frames.at(-1);
  }

  here() {
    const { kind, slot, subject, predicate, via } = this.#top;
    return { kind, slot: slot === "verb" ? "object" : slot, subject, predicate, via };
  }

  take(token) {
    const top = this.#top;
    if (token.kind === "word" && this.#keyword(token.text.toUpperCase(), top)) return;
    if (token.kind === "mark" && this.#mark(token.text, top)) return;
    if (top.kind === "pattern" && (TERMS.has(token.kind) || token.text === "a"))
      this.#term(token, top);
    else if (top.slot === "prefix" && token.kind === "iri") top.slot = "head";
    else if (top.slot === "graph" && TERMS.has(token.kind)) top.slot = "head";
  }

  #keyword(word, top) {
    if (top.kind === "call" || top.kind === "list") return true;
    if (word === "PREFIX" || word === "BASE") top.slot = "prefix";
    else if (word === "GRAPH" || word === "SERVICE" || word === "FROM") top.slot = "graph";
    else if (word === "VALUES") top.slot = "values";
    else if (CALLS.has(word)) top.slot = "call";
    else if (RESTART.has(word)) top.slot = top.kind === "pattern" ? "subject" : "head";
    else if (HEADS.has(word)) top.slot = "head";
    else if (word === "A" && top.kind === "pattern") return false;
    return true;
  }

  #mark(mark, top) {
    if (mark === "{")
      this.#open({
        kind: top.slot === "values" ? "values" : "pattern",
        slot: top.slot === "values" ? "values" : "subject",
      });
    else if (mark === "[") this.#openBlank(top);
    else if (mark === "(") this.#openRound(top);
    else if (mark === "}" || mark === "]" || mark === ")") this.#close(mark);
    else if (top.kind !== "pattern") return false;
    else if (mark === ".") top.slot = "subject";
    else if (mark === ";")
      Object.assign(top, { slot: "predicate", predicate: undefined, via: undefined });
    else if (mark === ",") top.slot = "verb";
    else if (mark === "/" && top.slot === "verb")
      Object.assign(top, { slot: "predicate", via: top.predicate });
    else if (mark === "|" && top.slot === "verb") top.slot = "predicate";
    else if (mark === "^^") top.typed = true;
    return true;
  }

  #open(frame) {
    this.#frames.push(frame);
  }

  #openBlank(top) {
    const subject = `[${(this.#blank += 1)}`;
    if (top.kind === "pattern") this.#term({ kind: "blank", text: subject }, top);
    this.#open({ kind: "pattern", slot: "predicate", subject });
  }

  #openRound(top) {
    if (top.kind === "pattern" && top.slot === "predicate") return; // groups a path
    const inside =
      top.kind === "pattern" && (top.slot === "verb" || top.slot === "subject") ? "list" : "call";
    if (inside === "list") this.#term({ kind: "blank", text: "()" }, top);
    this.#open({
      kind: top.kind === "values" ? "values" : inside,
      slot: top.kind === "values" ? "values" : inside,
    });
  }

  #close(mark) {
    const top = this.#top;
    if (mark === ")" && top.kind === "pattern") return; // ends the group of a path
    if (this.#frames.length > 1) this.#frames.pop();
    const now = this.#top;
    if (mark === "}") now.slot = now.kind === "pattern" ? "subject" : "head";
    else if (now.slot === "call") now.slot = now.kind === "pattern" ? "subject" : "head";
  }

  #term(token, top) {
    if (top.typed)
      top.typed = false; // the datatype of a literal
    else if (top.slot === "subject")
      Object.assign(top, {
        subject: token.text,
        slot: "predicate",
        predicate: undefined,
        via: undefined,
      });
    else if (top.slot === "predicate") Object.assign(top, { predicate: token.text, slot: "verb" });
    else if (top.slot === "verb") {
      this.triples.push({
        subject: top.subject,
        predicate: top.predicate,
        path: top.via !== undefined,
        object: token.text,
      });
      top.slot = "after";
    } else if (top.slot === "graph") top.slot = "subject";
  }
}
