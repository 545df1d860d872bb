// What any page gains from a script: tables that sort and filter, texts that copy. Nothing is lost
// without it. A table says `data-sortable` when it holds all its rows; a text says `data-copy`.
const lang = document.documentElement.lang === "en" ? "en" : "fr";
const WORDS = {
  fr: {
    filter: "Filtrer les lignes",
    left: "{n} sur {all}",
    copy: "Copier",
    copied: "Copié",
    no: "Copie refusée par le navigateur",
  },
  en: {
    filter: "Filter the rows",
    left: "{n} of {all}",
    copy: "Copy",
    copied: "Copied",
    no: "The browser refused to copy",
  },
}[lang];
const { compare } = new Intl.Collator(lang, { numeric: true, sensitivity: "base" });
const make = (name, properties) => Object.assign(document.createElement(name), properties);
const text = (node) => node.textContent.replace(/[\s\u00a0\u202f]+/g, " ").trim();
const fold = (said) => said.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Read "1 520" and "1,5" as French writes them, "1,520" as English does. */
function number(said) {
  const plain = said
    .replace(/ /g, "")
    .replace(lang === "fr" ? "," : /,(?=\d{3})/g, lang === "fr" ? "." : "");
  return plain && Number.isFinite(+plain) ? +plain : undefined;
}

function order(a, b) {
  if (!a || !b) return !a - !b; // nothing comes last
  const [m, n] = [number(a), number(b)];
  return m !== undefined && n !== undefined ? m - n : compare(a, b);
}

function sortable(table) {
  const body = table.tBodies[0];
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  // Headers that are links have the service sort, and know of the rows of other pages.
  if (!body || body.rows.length < 2 || table.tHead?.querySelector("a, button")) return;
  heads.forEach((head, column) => {
    if (!text(head)) return;
    const sort = make("button", { type: "button", className: "sort" });
    sort.append(...head.childNodes);
    head.append(sort);
    sort.addEventListener("click", () => {
      const up = head.ariaSort !== "ascending";
      const rows = [...body.rows].map((row) => [text(row.cells[column]), row]);
      rows.sort(([a], [b]) => (!a || !b || up ? order(a, b) : order(b, a)));
      body.append(...rows.map(([, row]) => row));
      for (const one of heads)
        one.ariaSort = one === head ? (up ? "ascending" : "descending") : null;
    });
  });
  if (body.rows.length > 5) filterable(table, body);
}

function filterable(table, body) {
  const input = make("input", { type: "search", autocomplete: "off" });
  const left = make("output", {});
  const box = make("p", { className: "filter-rows" });
  const label = make("label", { textContent: `${WORDS.filter} ` });
  label.append(input);
  box.append(label, " ", left);
  (table.closest(".scroll") ?? table).before(box);
  input.addEventListener("input", () => {
    const asked = fold(input.value.trim());
    for (const row of body.rows) row.hidden = !fold(text(row)).includes(asked);
    const n = [...body.rows].filter((row) => !row.hidden).length;
    left.textContent = asked ? WORDS.left.replace("{n}", n).replace("{all}", body.rows.length) : "";
  });
}

function copyable(source) {
  const copy = make("button", { type: "button", className: "copy", textContent: WORDS.copy });
  copy.addEventListener("click", async () => {
    const done = await navigator.clipboard
      ?.writeText(source.href ?? source.value ?? source.textContent)
      .then(
        () => 1,
        () => 0,
      );
    copy.textContent = done ? WORDS.copied : WORDS.no;
    setTimeout(() => (copy.textContent = WORDS.copy), 2500);
  });
  copy.setAttribute("aria-live", "polite");
  source.after(" ", copy);
}

function enhance(part) {
  part.querySelectorAll("table[data-sortable]").forEach(sortable);
  if (navigator.clipboard) part.querySelectorAll("[data-copy]").forEach(copyable);
}

enhance(document);
document.addEventListener("swapped", (event) => enhance(event.target));
