// Several queries open at once, as tabs (WAI-ARIA: arrows move, Delete closes).
import { LIMITS } from "./kept.js";

export class Tabs {
  /** `show(query)` puts a query into the editor, `keep(tabs, active)` is told of every change. */
  constructor({ list, panel, say, tabs, active, show, keep }) {
    Object.assign(this, { list, panel, say, tabs, active, show, keep });
    list.addEventListener("keydown", (event) => this.#pressed(event));
    this.draw();
  }

  /** The text of the query shown has changed. */
  edited(query) {
    const before = this.#name(this.active);
    this.tabs[this.active].query = query;
    if (this.#name(this.active) !== before) this.draw();
    this.keep(this.tabs, this.active);
  }

  /** Show a query: in the tab that has it, or in a new one. */
  open(query) {
    const same = this.tabs.findIndex((one) => one.query.trim() === query.trim());
    if (same >= 0) return this.choose(same);
    const spare = this.tabs.findIndex((one) => !one.query.trim());
    if (spare >= 0) this.tabs[spare].query = query;
    else {
      if (this.tabs.length >= LIMITS.TABS) this.tabs.shift();
      this.tabs.push({ query });
    }
    return this.choose(spare >= 0 ? spare : this.tabs.length - 1);
  }

  /** Begin an empty query. */
  add() {
    this.open("");
  }

  /** Close the one shown; the last one becomes empty. */
  close() {
    const [closed] = this.tabs.splice(this.active, 1);
    if (!this.tabs.length) this.tabs.push({ query: "" });
    this.choose(Math.min(this.active, this.tabs.length - 1));
    return closed.query;
  }

  choose(index) {
    this.active = index;
    this.draw();
    this.show(this.tabs[index].query);
    this.keep(this.tabs, this.active);
  }

  /** A query is called by its first comment. */
  #name(index) {
    const named = /^\s*#+[+\s]*(.+)/.exec(this.tabs[index].query)?.[1].trim();
    if (!named) return this.say("untitled", { n: index + 1 });
    return named.length > 28 ? `${named.slice(0, 27)}…` : named;
  }

  draw() {
    const drawn = this.tabs.map((_, index) => {
      const tab = document.createElement("button");
      tab.type = "button";
      tab.id = `tab-${index}`;
      tab.textContent = this.#name(index);
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-selected", String(index === this.active));
      tab.setAttribute("aria-controls", this.panel.id);
      tab.tabIndex = index === this.active ? 0 : -1;
      tab.addEventListener("click", () => this.choose(index));
      return tab;
    });
    const had = this.list.contains(document.activeElement);
    this.list.replaceChildren(...drawn);
    this.panel.setAttribute("aria-labelledby", `tab-${this.active}`);
    if (had) drawn[this.active].focus();
  }

  #pressed(event) {
    const last = this.tabs.length - 1;
    const to = {
      ArrowRight: this.active === last ? 0 : this.active + 1,
      ArrowLeft: this.active === 0 ? last : this.active - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (to !== undefined) this.choose(to);
    else if (event.key === "Delete") this.close();
    else return;
    event.preventDefault();
  }
}
