// The editor of /sparql. Without this script the page is a plain form, and as useful.
import { Checks } from "./checks.js";
import { editor } from "./editor.js";
import { Graph } from "./graph.js";
import { Kept } from "./kept.js";
import { Past } from "./past.js";
import { Runs } from "./run.js";
import { Tabs } from "./tabs.js";
import { sentence } from "./terms.js";
import { speaker } from "./words.js";

const lang = document.documentElement.lang === "en" ? "en" : "fr";
const say = speaker(lang);
const place = document.getElementById("editor");
const field = document.querySelector("textarea[name=query]");
const form = field?.form;

const make = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};
const button = (text, run, more = {}) => {
  const made = make("button", { type: "button", textContent: text, ...more });
  made.addEventListener("click", run);
  return made;
};

if (place && form) start();

function start() {
  const kept = new Kept(() => window.localStorage);
  const parameters = [...new FormData(form)].filter(([name]) => name === "generation");
  const query = parameters.map((pair) => new URLSearchParams([pair])).join("&");
  const schema = (form.dataset.schema ?? "/sparql/schema.json") + (query && `?${query}`);
  const graph = new Graph({ endpoint: new URL(form.action).pathname, schema, lang, parameters });

  const parts = lay();
  const checks = new Checks({
    address: form.dataset.check ?? "/sparql/check",
    lang,
    say,
    parameters,
    graph,
    list: parts.problems,
    status: parts.checked,
  });
  const label = document.querySelector(`label[for="${field.id}"]`);
  const made = editor({
    host: parts.host,
    text: "",
    lang,
    say,
    graph,
    label: label?.textContent.trim() || say("query"),
    on: {
      run: () => form.requestSubmit(),
      format: () => format(made.view, checks, parts.formed),
      change: (text, isOther) => {
        field.value = text;
        parts.formed.textContent = "";
        if (!isOther) tabs.edited(text);
        checks.later(made.view);
      },
      term: (entry) => {
        parts.term.textContent = entry ? sentence(entry) : "";
      },
    },
  });
  const tabs = new Tabs({
    list: parts.tabs,
    panel: parts.panel,
    say,
    tabs: kept.tabs.length ? kept.tabs.map((one) => ({ ...one })) : [{ query: field.value }],
    active: kept.active,
    show: (text) => made.show(text),
    keep: (all, active) => {
      kept.saveTabs(all, active);
      parts.kept.hidden = kept.works;
    },
  });
  const past = new Past({
    box: parts.past,
    kept,
    say,
    lang,
    status: parts.said,
    open: (text) => (tabs.open(text), made.view.focus()),
  });
  new Runs({
    form,
    say,
    status: parts.said,
    stop: parts.stop,
    address: form.dataset.running ?? "/sparql/running",
    focus: () => made.view.focus(),
    ran: (text, said) => (kept.ran(text, said), past.draw()),
    opened: (text) => tabs.open(text),
  });

  parts.add.addEventListener("click", () => (tabs.add(), made.view.focus()));
  parts.close.addEventListener("click", () => {
    kept.ran(tabs.close(), "");
    past.draw();
    parts.said.textContent = say("closed");
  });
  parts.format.addEventListener("click", () => format(made.view, checks, parts.formed));
  label?.addEventListener("click", () => made.view.focus());

  // The query of the address is wanted; without one, the query left open last time.
  const address = new URLSearchParams(location.search);
  const answered = document.querySelector("#answer .summary, #answer [role=alert]");
  const asked = answered || ["query", "example", "code"].some((name) => address.has(name));
  if (asked || !kept.tabs.length) tabs.open(field.value);
  else tabs.choose(tabs.active);
  if (answered) (kept.ran(field.value, ""), past.draw());

  field.required = false; // a hidden field that must be filled would stop the form without a word
  field.hidden = true;
  place.hidden = false;
  graph.schema().catch(() => (parts.said.textContent = say("noSchema")));
}

/** Put the parts of the editor into the page. */
function lay() {
  const parts = {
    tabs: make("div", { className: "tabs", role: "tablist", ariaLabel: say("open") }),
    add: make("button", {
      type: "button",
      textContent: "+",
      ariaLabel: say("newTab"),
      title: say("newTab"),
    }),
    close: make("button", {
      type: "button",
      textContent: "×",
      ariaLabel: say("closeTab"),
      title: say("closeTab"),
    }),
    host: make("div", { className: "host" }),
    term: make("p", { className: "term" }),
    format: make("button", { type: "button", textContent: say("format") }),
    checked: make("span", { className: "checked", role: "status" }),
    formed: make("span", { className: "formed", role: "status" }),
    problems: make("ul", { className: "problems", hidden: true, ariaLabel: say("problemList") }),
    past: make("details", { className: "past" }),
    kept: make("p", { className: "kept", textContent: say("notKept"), hidden: true }),
    stop: make("button", {
      type: "button",
      className: "stop",
      textContent: say("stop"),
      hidden: true,
    }),
    said: make("span", { className: "said", role: "status" }),
  };
  parts.panel = make("div", { id: "query-panel", role: "tabpanel" }, parts.host);
  const keys = say("keysAre").flatMap(([key, does]) => [
    make("dt", {}, make("kbd", { textContent: key })),
    make("dd", { textContent: does }),
  ]);
  place.append(
    make("div", { className: "bar" }, parts.tabs, parts.add, parts.close),
    parts.panel,
    parts.term,
    make("p", { className: "tools" }, parts.format, " ", parts.checked, " ", parts.formed),
    parts.problems,
    parts.kept,
    parts.past,
    make(
      "details",
      {},
      make("summary", { textContent: say("keys") }),
      make("dl", { className: "keys" }, ...keys),
    ),
  );
  const run = form.querySelector("button[type=submit], button:not([type])");
  run.after(parts.stop, parts.said);
  return parts;
}

/** Write the query as the service would. */
async function format(view, checks, said) {
  const before = view.state.doc.toString();
  if (!before.trim()) said.textContent = say("empty");
  const report = await checks.now(view);
  if (!report) return;
  const { formatted } = report;
  if (formatted == null) said.textContent = say("notFormatted");
  else if (formatted === before) said.textContent = say("alreadyFormatted");
  else {
    view.dispatch({
      changes: { from: 0, to: before.length, insert: formatted },
      scrollIntoView: true,
    });
    said.textContent = say("formatted");
  }
}
