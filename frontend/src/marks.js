// Problems under the words. (@codemirror/lint would do it too, and weighs 5 kB more.)
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, hoverTooltip } from "@codemirror/view";

const found = StateEffect.define();

/** The problems told of last, each at its place in the text as it is now. */
const problems = StateField.define({
  create: () => [],
  update(list, transaction) {
    const told = transaction.effects.find((effect) => effect.is(found));
    if (told) return told.value.map((problem) => ({ problem, from: problem.from, to: problem.to }));
    const { changes } = transaction;
    return list.map(({ problem, from, to }) => ({
      problem,
      from: changes.mapPos(from, -1),
      to: Math.max(changes.mapPos(to, 1), changes.mapPos(from, -1)),
    }));
  },
});

const underlined = EditorView.decorations.compute([problems, "doc"], (state) => {
  const { length } = state.doc;
  if (!length) return Decoration.none; // a mark needs a character
  const drawn = state.field(problems).map(({ problem, from, to }) => {
    // A place between two characters has no width: the one after it, or before it, is marked.
    const start = Math.min(from, length - 1);
    const end = Math.min(length, Math.max(to, start + 1));
    return Decoration.mark({ class: `problem-${problem.severity}` }).range(start, end);
  });
  return Decoration.set(drawn, true);
});

/** The change that marks these problems (each with `from`, `to`, `severity`, `message`). */
export const marking = (list) => ({ effects: found.of(list) });

/** Where a problem is now. */
export const placed = (state, problem) =>
  state.field(problems).find((one) => one.problem === problem) ?? problem;

/** Select the next problem, from the cursor on; false when there is none. */
export function nextProblem(view) {
  const list = view.state.field(problems);
  const next = list.find(({ from }) => from > view.state.selection.main.from) ?? list[0];
  if (next)
    view.dispatch({ selection: { anchor: next.from, head: next.to }, scrollIntoView: true });
  return Boolean(next);
}

const told = hoverTooltip((view, at) => {
  const here = view.state.field(problems).filter(({ from, to }) => from <= at && at <= to);
  if (!here.length) return null;
  const create = () => {
    const dom = document.createElement("div");
    dom.className = "term";
    for (const { problem } of here)
      dom.append(Object.assign(document.createElement("p"), { textContent: problem.message }));
    return { dom };
  };
  return { pos: here[0].from, end: here[0].to, above: true, create };
});

export const marks = [problems, underlined, told];
