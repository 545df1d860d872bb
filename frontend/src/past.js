// The queries that were run: shown, opened again, exported, imported, cleared.

export class Past {
  constructor({ box, kept, say, lang, status, open }) {
    Object.assign(this, { box, kept, say, lang, status, open });
    this.summary = box.appendChild(document.createElement("summary"));
    this.list = box.appendChild(document.createElement("ol"));
    this.none = box.appendChild(
      Object.assign(document.createElement("p"), { textContent: say("historyNone") }),
    );
    box.append(this.#tools());
    this.draw();
  }

  draw() {
    const { history } = this.kept;
    this.summary.textContent = this.say("historyCount", { n: history.length });
    this.list.setAttribute("aria-label", this.say("historyList"));
    this.list.replaceChildren(...history.map((run) => this.#item(run)));
    this.list.hidden = !history.length;
    this.none.hidden = Boolean(history.length);
  }

  #item({ query, at, said }) {
    const item = document.createElement("li");
    const code = Object.assign(document.createElement("code"), { textContent: short(query) });
    const when = new Date(at).toLocaleString(this.lang, { dateStyle: "short", timeStyle: "short" });
    const about = Object.assign(document.createElement("small"), {
      textContent: [when, said].filter(Boolean).join(" – "),
    });
    const again = button(this.say("reopen"), () => this.open(query));
    again.setAttribute("aria-label", `${this.say("reopen")} – ${when} – ${short(query)}`);
    item.append(code, about, again);
    return item;
  }

  #tools() {
    const row = document.createElement("p");
    row.className = "tools";
    const file = Object.assign(document.createElement("input"), {
      type: "file",
      accept: ".json,application/json",
      hidden: true,
    });
    file.addEventListener("change", () => this.#import(file));
    const clear = button(this.say("clear"), () => {
      this.kept.clear();
      this.draw();
      this.status.textContent = this.say("cleared");
    });
    row.append(
      button(this.say("exportAll"), () => this.#export()),
      " ",
      button(this.say("importAll"), () => file.click()),
      " ",
      clear,
      file,
    );
    return row;
  }

  #export() {
    const file = new Blob([this.kept.exported()], { type: "application/json" });
    const link = Object.assign(document.createElement("a"), {
      href: URL.createObjectURL(file),
      download: this.say("file"),
    });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  async #import(input) {
    const [file] = input.files;
    if (!file) return;
    const taken = this.kept.take(await file.text());
    input.value = "";
    this.draw();
    this.status.textContent =
      taken === undefined ? this.say("notImported") : this.say("imported", { n: taken });
  }
}

function button(text, run) {
  const made = Object.assign(document.createElement("button"), {
    type: "button",
    textContent: text,
  });
  made.addEventListener("click", run);
  return made;
}

/** The first lines of a query that say something. */
function short(query) {
  const lines = query
    .split("\n")
    .filter((line) => line.trim() && !/^\s*(PREFIX|BASE)\b/i.test(line));
  const text = lines.join(" ").replace(/\s+/g, " ").trim();
  return text.length > 110 ? `${text.slice(0, 109)}…` : text;
}
