// Running: the page that the form would open is fetched, and what it says below the form is shown.
// Whatever cannot be done so, the browser does by itself.

const LONG = 6_000; // characters of an address; beyond, the query is posted
const ANSWER = "answer";

export class Runs {
  #running;

  /**
   * `address` is where a running query is stopped; `opened(query)` is told of the query of a page
   * shown by going back, `ran(query, said)` of each query that was run.
   */
  constructor({ form, say, status, stop, address, focus, ran, opened }) {
    Object.assign(this, { form, say, status, stop, address, focus, ran, opened });
    stop.addEventListener("click", () => this.cancel());
    form.addEventListener("submit", (event) => this.#submitted(event));
    document.addEventListener("click", (event) => this.#clicked(event));
    document.addEventListener("submit", (event) => this.#chosen(event));
    window.addEventListener("popstate", () => this.#visit(location.href, { back: true }));
  }

  #submitted(event) {
    const data = new FormData(this.form, event.submitter);
    const query = String(data.get("query"));
    if (!query.trim()) {
      event.preventDefault();
      this.#say("empty");
      this.focus();
    } else if (isPage(data)) {
      event.preventDefault();
      this.#send(this.form, data, { query });
    }
  }

  /** A choice among the links of the answer: another view, a sort, the next rows. */
  #clicked(event) {
    const link = event.target.closest?.(`#${ANSWER} a[href]`);
    const plain = !(
      event.button ||
      event.ctrlKey ||
      event.metaKey ||
      event.shiftKey ||
      event.altKey
    );
    if (!link || !plain || event.defaultPrevented || link.target) return;
    const url = new URL(link.href);
    const isOurs = url.origin === location.origin && url.pathname === this.#path;
    if (!isOurs || !url.searchParams.get("query") || !isPage(url.searchParams)) return;
    event.preventDefault();
    this.#visit(url.href, { from: link });
  }

  /** The same, as a form: choices, or a query too long for an address. */
  #chosen(event) {
    const form = event.target;
    if (event.defaultPrevented || form === this.form || !form.closest(`#${ANSWER}`)) return;
    const data = new FormData(form, event.submitter);
    if (new URL(form.action).pathname !== this.#path || !data.get("query") || !isPage(data)) return;
    event.preventDefault();
    this.#send(form, data, { from: event.submitter ?? form });
  }

  get #path() {
    return new URL(this.form.action).pathname;
  }

  #send(form, data, options) {
    const fields = new URLSearchParams([...data].filter(([, value]) => typeof value === "string"));
    const url = `${this.#path}?${fields}`;
    if (form.method === "get" && url.length <= LONG) return this.#visit(url, options);
    return this.#visit(`${this.#path}?lang=${fields.get("lang") ?? ""}`, {
      ...options,
      body: fields,
    });
  }

  /** Fetch a page and show its answer; `from` is what was chosen, and keeps the focus. */
  async #visit(url, { body, back = false, from, query } = {}) {
    this.#running?.control.abort();
    const running = { control: new AbortController(), name: nameOf(url + (body ?? "")) };
    this.#running = running;
    this.#busy(true);
    const begun = performance.now();
    try {
      let answer = await ask(url, body, running);
      if (answer.status === 409) {
        running.name = nameOf(String(Math.random())); // somebody near asks just the same just now
        answer = await ask(url, body, running);
      }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!page.getElementById(ANSWER)) return location.assign(url); // no page this script knows
      const address = new URL(url, location.href).href;
      if (!back && !body && location.href !== address) history.pushState(null, "", url);
      const said = this.#show(page, performance.now() - begun, from);
      if (back) this.opened(page.querySelector("textarea[name=query]")?.value ?? "");
      if (query) this.ran(query, said);
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

  /** Put in what the page says beside and below its form; returns what was announced. */
  #show(page, took, from) {
    const other =
      page.getElementById(this.form.id) ?? page.querySelector("textarea[name=query]").form;
    document.title = page.title;
    for (const link of page.querySelectorAll("a[hreflang]"))
      for (const shown of document.querySelectorAll(`a[hreflang="${link.hreflang}"]`))
        shown.href = link.getAttribute("href");
    for (const field of this.form.querySelectorAll("input[type=hidden]")) field.remove();
    this.form.prepend(...other.querySelectorAll("input[type=hidden]"));
    for (const part of page.querySelectorAll(`#${ANSWER} [role=status]`))
      part.removeAttribute("role");
    const rest = [];
    for (let node = other.nextSibling; node; node = node.nextSibling) rest.push(node);
    while (this.form.nextSibling) this.form.nextSibling.remove();
    this.form.after(...rest);
    const part = document.getElementById(ANSWER);
    part.dispatchEvent(new CustomEvent("swapped", { bubbles: true }));
    if (from) focusAgain(part, from);
    return this.#announce(part, took);
  }

  /** Say what came, with a link that leads there. An alert is said by itself. */
  #announce(part, took) {
    const { say } = this;
    const problem = part.querySelector("[role=alert] h2, [role=alert] p")?.textContent.trim();
    const summary = part.querySelector(".summary")?.textContent.replace(/\s+/g, " ").trim();
    const unit = took < 1000 ? "millisecond" : "second";
    const digits = { style: "unit", unit, maximumFractionDigits: took < 1000 ? 0 : 1 };
    const { lang } = document.documentElement;
    const time = new Intl.NumberFormat(lang, digits).format(took < 1000 ? took : took / 1000);
    const { rows } = part.dataset;
    const what = rows === undefined ? say("answered") : say("rows", { n: Number(rows) });
    const came = summary ?? say("in", { what, time });
    const text = problem ? say("failed") : rows === "0" ? say("none", { what: came }) : came;
    const link = document.createElement("a");
    Object.assign(link, { href: `#${ANSWER}`, textContent: say("seeAnswer") });
    link.addEventListener("click", (event) => {
      event.preventDefault();
      focus(part);
    });
    this.status.replaceChildren(text, " ", link);
    return problem ?? text;
  }

  /** Stop waiting, and have the service stop. */
  async cancel() {
    const running = this.#running;
    if (!running) return;
    running.control.abort();
    let isStopped = false;
    try {
      const answer = await fetch(`${this.address}/${running.name}`, { method: "DELETE" });
      isStopped = answer.ok;
    } catch {
      // said below
    }
    this.#say(isStopped ? "stopped" : "notStopped");
    this.focus();
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

function ask(url, body, { name, control }) {
  const asked = new URL(url, location.href);
  asked.hash = "";
  asked.searchParams.set("id", name);
  return fetch(asked, {
    method: body ? "POST" : "GET",
    body,
    headers: { Accept: "text/html" },
    signal: control.signal,
  });
}

/**
 * The name to stop a query by. Names belong to who asks; the same request has the same one, so that
 * the answers kept by the service serve every reader.
 */
function nameOf(text) {
  let [a, b] = [0x811c9dc5, 0x9e3779b9];
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(i), 0x85ebca6b);
  }
  return `q${(a >>> 0).toString(16)}-${(b >>> 0).toString(16)}-0000000`.slice(0, 24);
}

/** Tell whether fields ask for the page, not for a file. */
function isPage(fields) {
  const format = fields.get("format");
  return !format || format === "html";
}

/** Give the focus to what was chosen, where the new answer has it; else to the answer. */
function focusAgain(part, from) {
  const text = from.textContent.trim();
  const same = [...part.querySelectorAll("a, button")].find(
    (one) => one.textContent.trim() === text,
  );
  if (same) same.focus({ preventScroll: true });
  else focus(part);
}

function focus(part) {
  part.tabIndex = -1;
  part.focus();
}
