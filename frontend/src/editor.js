// The text field: CodeMirror in a shadow root, over the <textarea> of the form.
// In a shadow root its styles are adopted sheets, which `style-src 'self'` allows.
import { autocompletion, completionKeymap, startCompletion } from "@codemirror/autocomplete";
import { history, historyKeymap, standardKeymap } from "@codemirror/commands";
import { bracketMatching, LanguageSupport } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { styleTags, tags } from "@lezer/highlight";
import { SparqlLanguage } from "codemirror-lang-sparql";
import { marks, nextProblem } from "./marks.js";
import { missingPrefix, place, propose, written } from "./propose.js";
import { prologue, scan } from "./scan.js";
import { described, dismissible, hovering, termAt, used } from "./terms.js";
import { theme } from "./theme.js";
import { PHRASES } from "./words.js";

const SECTIONS = [
  "ofClass",
  "others",
  "classes",
  "properties",
  "values",
  "graphs",
  "variables",
  "keywords",
  "prefixes",
];
const coloured = SparqlLanguage.configure({
  props: [styleTags({ "Pname_ln Pname_ns": tags.namespace, A_predicate: tags.keyword })],
});
const ICONS = {
  class: "class",
  property: "property",
  variable: "variable",
  keyword: "keyword",
  prefix: "namespace",
  declaration: "namespace",
};

/**
 * Make the editor in `host`. `on` holds `run`, `format`, `change(text)` and `term(sentence)`.
 *
 * @returns {{view: EditorView, text: () => string, show: (text: string) => void}}
 */
export function editor({ host, text, lang, say, graph, label, on }) {
  const root = host.attachShadow({ mode: "open" });
  const command = (run) => () => (run(), true);
  const extensions = [
    lineNumbers(),
    history(),
    drawSelection(),
    bracketMatching(),
    new LanguageSupport(coloured),
    theme,
    marks,
    EditorView.lineWrapping,
    EditorState.phrases.of(PHRASES[lang] ?? {}),
    EditorView.contentAttributes.of({ "aria-label": label, lang: "zxx", spellcheck: "false" }),
    autocompletion({ override: [completing(graph, say)], icons: false, maxRenderedOptions: 80 }),
    hovering((query, at) => found(query, at, graph), say),
    keymap.of([
      { key: "Mod-Enter", run: command(on.run) },
      { key: "Shift-Alt-f", run: command(on.format) },
      // No Tab here: it leaves the editor.
      ...completionKeymap,
      { key: "Mod-Space", run: startCompletion },
      { key: "F8", run: nextProblem },
      ...historyKeymap,
      ...standardKeymap,
    ]),
    EditorView.domEventHandlers({ beforeinput: typed }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) on.change(update.state.doc.toString(), false);
      if (update.docChanged || update.selectionSet) note(update.state, graph, on.term);
    }),
  ];
  const fresh = (doc) => EditorState.create({ doc, extensions });
  const view = new EditorView({ root, parent: root, state: fresh(text) });
  dismissible(view);
  return {
    view,
    text: () => view.state.doc.toString(),
    /** Show another query, whose changes are undone apart from those of the one before. */
    show: (doc) => {
      view.setState(fresh(doc));
      on.change(doc, true);
    },
  };
}

/**
 * Insert what is typed, before the browser does: over a selection of coloured words Chromium keeps
 * their colour with a style attribute, which the policy of the page refuses with an error.
 */
function typed(event, view) {
  if (event.inputType !== "insertText" || !event.data || view.composing) return false;
  event.preventDefault();
  view.dispatch(view.state.replaceSelection(event.data), {
    userEvent: "input.type",
    scrollIntoView: true,
  });
  return true;
}

function completing(graph, say) {
  return async (context) => {
    const schema = await graph.schema().catch(() => undefined);
    if (!schema || context.aborted) return null;
    const text = context.state.doc.toString();
    const where = place(text, context.pos, schema);
    const values =
      where?.slot === "object" && (where.typed || context.explicit)
        ? await valuesOf(where, graph, schema)
        : [];
    if (context.aborted) return null;
    const proposed = propose(where, schema, { values, explicit: context.explicit });
    if (!proposed) return null;
    const options = proposed.options.map((entry) => option(entry, where, schema, say));
    return { from: proposed.from, options, filter: false };
  };
}

async function valuesOf({ predicate, typed, declared }, graph, schema) {
  const iri = schema.expand(predicate, declared.prefixes);
  if (!iri || schema.isType(predicate, declared.prefixes) || /^[?$]/.test(typed)) return [];
  return (await graph.values(iri)) ?? [];
}

function option(entry, where, schema, say) {
  return {
    label: written(entry),
    displayLabel: entry.id,
    detail: entry.title || undefined,
    type: ICONS[entry.kind],
    section: {
      name: say(entry.section, entry.sectionValues ?? {}),
      rank: SECTIONS.indexOf(entry.section),
    },
    info: entry.text || used(entry, say) ? () => described(entry, say) : undefined,
    apply: (view, _, from, to) => accept(view, entry, from, to, schema),
  };
}

/** Write an entry, and the PREFIX line it lacks. */
export function accept(view, entry, from, to, schema) {
  const text = written(entry);
  const missing = missingPrefix(entry, prologue(scan(view.state.doc.toString())), schema);
  const changes = [{ from, to, insert: text }];
  if (missing) changes.unshift({ from: missing.at, insert: missing.text });
  view.dispatch({
    changes,
    selection: { anchor: from + text.length + (missing?.text.length ?? 0) },
    userEvent: "input.complete",
    scrollIntoView: true,
  });
}

/** The term at a position, and what is known of it. */
async function found(text, at, graph) {
  const schema = await graph.schema().catch(() => undefined);
  const token = schema && termAt(text, at, schema);
  const entry = token && (await graph.entity(token.iri));
  return entry && { token, entry };
}

/** Tell of the term at the cursor, unless the cursor has moved on meanwhile. */
async function note(state, graph, tell) {
  const asked = (note.asked = {});
  const result = await found(state.doc.toString(), state.selection.main.head, graph);
  if (note.asked === asked) tell(result?.entry);
}
