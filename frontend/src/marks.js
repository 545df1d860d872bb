// Problems under the words. (@codemirror/lint would do it too, and weighs 5 kB more.)
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, hoverTooltip } from "@codemirror/view";

const found = StateEffect.define();

const underlined = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    const told = transaction.effects.find((effect) => effect.is(found));
    return told ? drawn(told.value, transaction.state.doc) : marks.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function drawn(problems, doc) {
  const marks = problems.map((problem) => {
    // A place between two characters has no width: the one before it, or after it, is marked.
    const from = Math.min(problem.from, Math.max(0, doc.length - 1));
    const to = Math.min(doc.length, Math.max(problem.to, from + 1));
    return Decoration.mark({ class: `problem-${problem.severity}`, problem }).range(from, to);
  });
  return Decoration.set(
    marks.filter(({ from, to }) => from < to),
    true,
  );
}

/** The change that marks these problems (each with `from`, `to`, `severity`, `message`). */
export const marking = (problems) => ({ effects: found.of(problems) });

/** The problems of the text as it is now, in its order. */
function marked(state) {
  const list = [];
  state.field(underlined).between(0, state.doc.length, (from, to, { spec }) => {
    list.push({ ...spec.problem, from, to });
  });
  return list;
}

/** Select the next problem, from the cursor on; false when there is none. */
export function nextProblem(view) {
  const list = marked(view.state);
  const next = list.find(({ from }) => from > view.state.selection.main.from) ?? list[0];
  if (next)
    view.dispatch({ selection: { anchor: next.from, head: next.to }, scrollIntoView: true });
  return Boolean(next);
}

const told = hoverTooltip((view, at) => {
  const here = marked(view.state).filter(({ from, to }) => from <= at && at <= to);
  if (!here.length) return null;
  const create = () => {
    const dom = document.createElement("div");
    dom.className = "term";
    for (const { message } of here)
      dom.append(Object.assign(document.createElement("p"), { textContent: message }));
    return { dom };
  };
  return { pos: here[0].from, end: here[0].to, above: true, create };
});

export const marks = [underlined, told];
