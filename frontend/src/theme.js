// The colours of the editor. The variables are those of site.css: they cross into the shadow root,
// so that light, dark and forced colours follow the page.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const MONO = 'ui-monospace, "DejaVu Sans Mono", monospace';

const look = EditorView.theme({
  "&": {
    color: "var(--ink)",
    backgroundColor: "var(--tint)",
    border: "1px solid var(--soft)",
    borderRadius: "4px",
    fontSize: ".92rem",
  },
  "&.cm-focused": { outline: "3px solid var(--accent)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: MONO, lineHeight: "1.5", minHeight: "14rem", maxHeight: "60vh" },
  ".cm-content": { caretColor: "var(--ink)", padding: ".6rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  ".cm-gutters": {
    backgroundColor: "transparent",
    color: "var(--soft)",
    borderRight: "1px solid var(--line)",
  },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    { backgroundColor: "light-dark(#b9dbe3, #2f5560)" },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "transparent",
    outline: "1px solid var(--accent)",
  },
  "&.cm-focused .cm-nonmatchingBracket": {
    backgroundColor: "transparent",
    outline: "1px dashed var(--bad-line)",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--paper)",
    color: "var(--ink)",
    border: "1px solid var(--soft)",
    borderRadius: "4px",
    boxShadow: "0 4px 14px rgb(0 0 0 / .25)",
    fontFamily: 'system-ui, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif',
    maxWidth: "min(34rem, 92vw)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: MONO,
    maxHeight: "16rem",
    maxWidth: "min(28rem, 92vw)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": {
    padding: ".2rem .5rem",
    lineHeight: "1.4",
    whiteSpace: "normal",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > completion-section": {
    opacity: "1",
    color: "var(--soft)",
    borderBottom: "1px solid var(--line)",
    padding: ".3rem .5rem .15rem",
    fontFamily: 'system-ui, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif',
    fontSize: ".85em",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--accent-ink)",
  },
  "@media (forced-colors: active)": {
    ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
      forcedColorAdjust: "none",
      backgroundColor: "Highlight",
      color: "HighlightText",
    },
  },
  ".cm-completionDetail": { fontStyle: "normal", color: "var(--soft)", marginLeft: ".8em" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionInfo": { padding: ".5rem .7rem", maxWidth: "18rem" },
  ".term": { padding: ".5rem .7rem", margin: "0" },
  ".term p": { margin: "0 0 .3rem" },
  ".term p:last-child": { margin: "0" },
  ".term .iri": { color: "var(--soft)", fontSize: ".85em", overflowWrap: "anywhere" },
  ".problem-error": {
    textDecoration: "underline wavy 1.5px var(--bad-line)",
    textUnderlineOffset: "3px",
    textDecorationSkipInk: "none",
  },
  ".problem-warning": {
    textDecoration: "underline dashed 1.5px var(--warn-line)",
    textUnderlineOffset: "3px",
    textDecorationSkipInk: "none",
  },
});

const ink = HighlightStyle.define([
  {
    tag: [tags.keyword, tags.operatorKeyword, tags.modifier],
    color: "light-dark(#7a1f6b, #e9a9da)",
    fontWeight: "600",
  },
  {
    tag: [tags.variableName, tags.definition(tags.variableName)],
    color: "light-dark(#8a3b00, #f0b27a)",
  },
  { tag: [tags.string, tags.special(tags.string)], color: "light-dark(#1d6027, #9bd6a3)" },
  { tag: [tags.number, tags.bool, tags.atom], color: "light-dark(#1d6027, #9bd6a3)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--soft)", fontStyle: "italic" },
  {
    tag: [tags.url, tags.namespace, tags.typeName, tags.name],
    color: "light-dark(#0b4f8a, #8ec9f5)",
  },
  { tag: tags.invalid, color: "inherit" },
]);

export const theme = [look, syntaxHighlighting(ink)];
