// What a term of the query means: shown on hovering, and below the editor for the term at the cursor.
import { closeHoverTooltips, hasHoverTooltips, hoverTooltip } from "@codemirror/view";
import { prologue, scan } from "./scan.js";

/** The name or IRI that a position touches. */
export function termAt(text, at, schema) {
  const tokens = scan(text);
  const token = tokens.find(
    ({ from, to, kind }) => from <= at && at <= to && (kind === "name" || kind === "iri"),
  );
  if (!token) return undefined;
  const { prefixes } = prologue(tokens);
  const iri = schema.expand(token.text, prefixes);
  return iri && { ...token, iri };
}

/** Show a term: its label, what it means, how often the graph uses it, its IRI. */
export function described(entry, say) {
  const box = document.createElement("div");
  box.className = "term";
  const line = (text, name) => {
    if (!text) return;
    const paragraph = box.appendChild(document.createElement("p"));
    paragraph.textContent = text;
    paragraph.className = name;
  };
  const title = box.appendChild(document.createElement("p"));
  title.append(
    Object.assign(document.createElement("strong"), { textContent: entry.title || entry.id }),
  );
  if (entry.title && entry.id !== entry.iri) title.append(` – ${entry.id}`);
  line(entry.text, "text");
  line(used(entry, say), "uses");
  line(entry.iri, "iri");
  return box;
}

/** How often the graph uses a class or a property. */
export function used({ kind, count }, say) {
  if (kind !== "class" && kind !== "property") return "";
  return count ? say("uses", { n: count }) : say("unused");
}

/** One line of text on a term. */
export const sentence = (entry) =>
  [entry.id, [entry.title, entry.text].filter(Boolean).join(" : ")].filter(Boolean).join(" – ");

/** Let Escape close what hovering shows, wherever the keyboard is: nobody has to move the pointer. */
export const dismissible = (view) =>
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape" && hasHoverTooltips(view.state))
      view.dispatch({ effects: closeHoverTooltips });
  });

/** Show on hovering what `describe` finds of a term (a promise of an entry, or of undefined). */
export const hovering = (describe, say) =>
  hoverTooltip(async (view, at) => {
    const found = await describe(view.state.doc.toString(), at);
    if (!found) return null;
    const { token, entry } = found;
    return {
      pos: token.from,
      end: token.to,
      above: true,
      create: () => ({ dom: described(entry, say) }),
    };
  });
