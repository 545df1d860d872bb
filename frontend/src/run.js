// Running: the page the form would open is fetched, and its answer put in place of the one shown.
// Whatever cannot be done so, the browser does by itself.

const LONG = 6_000; // bytes of a query that an address should not carry
const ANSWER = "answer";

export class Runs {
  #running;

  constructor({ form, say, status, stop, address, editor, ran, opened }) {
    Object.assign(this, { form, say, status, stop, address, editor, ran, opened });
    stop.addEventListener("click", () => this.cancel());
    form.addEventListener("submit", (event) => this.#submitted(event));
    document.addEventListener("click", (event) => this.#clicked(event));
    document.addEventListener("submit", (event) => this.#chosen(event));
    window.addEventListener("popstate", () => this.#visit(location.href, { back: true }));
  }

  #submitted(event) {
    const data = new FormData(this.form, event.submitter);
    if (!String(data.get("query")).trim()) {
      event.preventDefault();
      this.#say("empty");
      this.editor().focus();
    } else if (isPage(data)) {
      event.preventDefault();
      this.#send(data, { query: data.get("query") });
    }
  }

  /** A choice among the answer's links: another view, a sort, the next rows. */
  #clicked(event) {
    const link = event.target.closest?.(`#${ANSWER} a[href]`);
    if (
      !link ||
      event.defaultPrevented ||
      event.button ||
      event.ctrlKey ||
      event.metaKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const url = new URL(link.href);
    if (
      url.origin !== location.origin ||
      url.pathname !== this.#path ||
      link.rel.includes("bookmark")
    )
      return;
    if (!url.searchParams.get("query") || !isPage(url.searchParams)) return;
    event.preventDefault();
    this.#visit(url.href, { focus: true, from: link });
  }

  /** The same, as a form: choices, or a query too long for an address. */
  #chosen(event) {
    const form = event.target;
    if (event.defaultPrevented || form === this.form || !form.closest(`#${ANSWER}`)) return;
    const data = new FormData(form, event.submitter);
    if (new URL(form.action).pathname !== this.#path || !data.get("query") || !isPage(data)) return;
    event.preventDefault();
    this.#send(data, { focus: true, from: event.submitter });
  }

  get #path() {
    return new URL(this.form.action).pathname;
  }

  #send(data, options) {
    const fields = new URLSearchParams([...data].filter(([, value]) => typeof value === "string"));
    const url = `${this.#path}?${fields}`;
    return url.length > LONG
      ? this.#visit(this.#path, { ...options, body: fields })
      : this.#visit(url, options);
  }

  /** Fetch a page and show its answer. */
  async #visit(url, { body, back = false, focus = false, query, from } = {}) {
    this.#running?.control.abort();
    const running = (this.#running = {
      control: new AbortController(),
      id: crypto.randomUUID?.() ?? `q${Date.now()}`,
      shown: from,
    });
    const asked = new URL(url, location.href);
    asked.searchParams.set("id", running.id);
    this.#busy(true);
    const begun = performance.now();
    try {
      const answer = await fetch(asked, {
        method: body ? "POST" : "GET",
        body,
        headers: { Accept: "text/html" },
        signal: running.control.signal,
      });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const part = page.getElementById(ANSWER);
      if (!part) return location.assign(url); // not the page this script knows
      if (!back && !body && location.href !== new URL(url, location.href).href)
        history.pushState(null, "", url);
      this.#show(page, part, { back, focus, took: performance.now() - begun, query });
    } catch (error) {
      if (error.name !== "AbortError") this.#say("unreachable");
    } finally {
      if (this.#running === running) {
        this.#running = undefined;
        this.#busy(false);
      }
    }
    return undefined;
  }

  #show(page, part, { back, focus, took, query }) {
    document.title = page.title;
    document.getElementById(ANSWER).replaceWith(part);
    for (const name of ["hreflang"])
      for (const link of page.querySelectorAll(`[${name}]`))
        for (const shown of document.querySelectorAll(`a[${name}="${link.getAttribute(name)}"]`))
          shown.href = link.getAttribute("href");
    if (back) this.opened(page.querySelector("textarea[name=query]")?.value ?? "");
    part.dispatchEvent(new CustomEvent("swapped", { bubbles: true }));
    const said = this.#told(part, took);
    if (query) this.ran(query, said);
    if (focus) {
      part.tabIndex = -1;
      part.focus();
    }
  }

  /** Announce the answer, with a link that leads there. */
  #told(part, took) {
    const { say } = this;
    const problem = part.querySelector(
      "[role=alert] h2, [role=alert] h3, [role=alert] strong, [role=alert] p",
    );
    const time = new Intl.NumberFormat(document.documentElement.lang, {
      style: "unit",
      unit: took < 1000 ? "millisecond" : "second",
      maximumFractionDigits: took < 1000 ? 0 : 1,
    }).format(took < 1000 ? took : took / 1000);
    const text = problem
      ? say("failed", { why: problem.textContent.trim() })
      : say("in", { what: this.#count(part), time });
    const link = Object.assign(document.createElement("a"), {
      href: `#${ANSWER}`,
      textContent: say("seeAnswer"),
    });
    this.status.replaceChildren(text, " ", link);
    return text;
  }

  #count(part) {
    const { rows } = part.dataset;
    if (rows !== undefined) return this.say("rows", { n: Number(rows) });
    return part.querySelector("caption, [role=status]")?.textContent.trim() || this.say("answered");
  }

  /** Stop waiting, and have the service stop. */
  async cancel() {
    const running = this.#running;
    if (!running) return;
    running.control.abort();
    let stopped = false;
    try {
      stopped = (await fetch(`${this.address}/${running.id}`, { method: "DELETE" })).ok;
    } catch {
      // said below
    }
    this.#say(stopped ? "stopped" : "notStopped");
    this.editor().focus();
  }

  #busy(is) {
    this.stop.hidden = !is;
    this.form.toggleAttribute("aria-busy", is);
    if (is) this.#say("running");
  }

  #say(key) {
    this.status.textContent = this.say(key);
  }
}

/** Tell whether fields ask for the page, not for a file. */
function isPage(fields) {
  const format = fields.get("format");
  return !format || format === "html";
}
