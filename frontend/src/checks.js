// Problems of the query, as the service sees them: under the words, and in a list below.
import { accept } from "./editor.js";
import { compact } from "./graph.js";
import { marking, placed } from "./marks.js";

const DELAY_MS = 450;

export class Checks {
  #timer;
  #asked;

  constructor({ address, lang, say, list, status, parameters, graph }) {
    Object.assign(this, { address, lang, say, list, status, parameters, graph });
  }

  /** Ask again once nothing was typed for a while. */
  later(view) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.now(view), DELAY_MS);
  }

  /** Ask about the text as it is; returns the report, undefined when there is none. */
  async now(view) {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    const asked = (this.#asked = new AbortController());
    const doc = view.state.doc;
    if (!doc.toString().trim()) return this.#show(view, []);
    try {
      const report = await this.#ask(doc.toString(), asked.signal);
      const schema = await this.graph.schema().catch(() => undefined);
      if (!view.state.doc.eq(doc)) return undefined; // typed on meanwhile
      this.#show(
        view,
        report.diagnostics.map((one) => mended(located(one, doc), schema)),
      );
      return report;
    } catch (error) {
      if (error.name === "AbortError") return undefined;
      this.#show(view, []);
      this.status.textContent = this.say("noCheck");
      return undefined;
    }
  }

  async #ask(query, signal) {
    const body = new URLSearchParams([["query", query], ["lang", this.lang], ...this.parameters]);
    const answer = await fetch(this.address, {
      method: "POST",
      body,
      signal,
      headers: { Accept: "application/json" },
    });
    if (!answer.ok) throw new Error(`${this.address}: ${answer.status}`);
    return answer.json();
  }

  #show(view, problems) {
    view.dispatch(marking(problems));
    this.list.replaceChildren(...problems.map((one) => this.#item(one, view)));
    this.list.hidden = !problems.length;
    const fine = view.state.doc.toString().trim() ? "fine" : "blank";
    const text = problems.length ? this.say("problems", { n: problems.length }) : this.say(fine);
    if (this.status.textContent !== text) this.status.textContent = text;
    return undefined;
  }

  #item(problem, view) {
    const { say } = this;
    const item = document.createElement("li");
    item.className = problem.severity;
    const goTo = button(say("at", problem), () => {
      view.dispatch({
        selection: { anchor: problem.from, head: problem.to },
        scrollIntoView: true,
      });
      view.focus();
    });
    goTo.className = "at";
    const kind = Object.assign(document.createElement("strong"), {
      textContent: say(problem.severity),
    });
    const colon = this.lang === "fr" ? "\u00a0: " : ": ";
    item.append(kind, " – ", goTo, colon, sentence(problem, this.lang));
    if (problem.entry) item.append(" ", this.#mending(problem, view));
    else if (problem.edit) item.append(" ", this.#adding(problem.edit, view));
    return item;
  }

  /** A button that writes what was meant in the place of what is wrong. */
  #mending(problem, view) {
    const text = problem.entry.id;
    return button(this.say("replace", { text }), () => {
      const { from, to } = placed(view.state, problem);
      accept(view, problem.entry, from, to, problem.schema);
      view.focus();
      this.status.textContent = this.say("replaced", { text });
    });
  }

  /** A button for a change elsewhere, such as a PREFIX to declare; of the text as it was checked. */
  #adding(edit, view) {
    const { doc } = view.state;
    const text = edit.text.trim();
    return button(this.say("add", { text }), () => {
      if (!view.state.doc.eq(doc)) return this.now(view);
      const { from, to } = located(edit, doc);
      view.dispatch({ changes: { from, to, insert: edit.text } });
      view.focus();
      this.status.textContent = this.say("added", { text });
      return undefined;
    });
  }
}

/** What is wrong, and what may have been meant, as one sentence. */
function sentence({ message, suggestion }, lang) {
  if (!suggestion || suggestion === message) return message;
  const mark = lang === "fr" ? "\u00a0; " : "; ";
  return message + (/[.:;?!]$/.test(message) ? " " : mark) + suggestion;
}

/** Name what a problem would be replaced with as the graph does: a prefixed name, not an IRI. */
function mended(problem, schema) {
  const { replacement } = problem;
  if (replacement == null) return problem;
  const iri = /^<([^<>\s]+)>$/.exec(replacement)?.[1];
  const id = iri && schema ? compact(iri, schema) : replacement;
  const entry = iri && id === iri ? { id: replacement, insert: replacement } : { id, insert: id };
  return { ...problem, entry, schema };
}

function button(text, run) {
  const made = Object.assign(document.createElement("button"), {
    type: "button",
    textContent: text,
  });
  made.addEventListener("click", run);
  return made;
}

/** Turn lines and columns (from 1, counted in characters) into positions of the text. */
export function located(problem, doc) {
  const from = position(doc, problem.line, problem.column);
  const to = Math.max(
    from,
    position(doc, problem.end_line ?? problem.line, problem.end_column ?? problem.column),
  );
  return { ...problem, from, to };
}

function position(doc, line, column) {
  const found = doc.line(Math.min(Math.max(line ?? 1, 1), doc.lines));
  // A character beyond U+FFFF counts for one there, and for two here.
  const before = Array.from(found.text)
    .slice(0, Math.max(0, (column ?? 1) - 1))
    .join("");
  return found.from + Math.min(before.length, found.length);
}
