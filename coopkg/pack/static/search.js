// Searches the list that search-index.js holds: no request is made, so it works from a file.
(function () {
  var french = document.documentElement.lang === "fr";
  var place = document.getElementById("search"), found = document.getElementById("found");
  var said = document.getElementById("said");
  var MOST = 60;
  function fold(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase()
      .replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/[^a-z0-9]+/g, " ").trim();
  }
  function score(entry, words) {
    var label = entry.folded, all = label + " " + fold(entry[3] || ""), sum = 0;
    for (var i = 0; i < words.length; i++) {
      var word = words[i], at = (" " + all).indexOf(" " + word);
      // A plural is looked for as its singular too.
      if (at < 0 && /[sx]$/.test(word)) at = (" " + all).indexOf(" " + word.slice(0, -1));
      if (at < 0 && word.length > 3 && all.indexOf(word) >= 0) at = all.length;
      if (at < 0) return -1;
      sum += at + (at >= label.length ? 1000 : 0);
    }
    return sum + label.length / 100;
  }
  function show(text) {
    var words = fold(text).split(" ").filter(Boolean), hits = [];
    found.textContent = "";
    if (!words.length) { said.textContent = ""; return; }
    COOPKG_INDEX.forEach(function (entry) {
      if (entry.folded === undefined) entry.folded = fold(entry[0]);
      var points = score(entry, words);
      if (points >= 0) hits.push([points, entry]);
    });
    hits.sort(function (a, b) { return a[0] - b[0]; });
    said.textContent = hits.length
      ? (french ? hits.length + (hits.length > 1 ? " résultats" : " résultat")
        : hits.length + (hits.length > 1 ? " results" : " result"))
        + (hits.length > MOST ? (french ? ", les " + MOST + " premiers :" : ", the first " + MOST + ":") : "")
      : (french ? "Aucun résultat pour « " + text + " »." : "No result for “" + text + "”.");
    hits.slice(0, MOST).forEach(function (hit) {
      var item = document.createElement("li"), link = document.createElement("a");
      link.href = hit[1][2];
      link.textContent = hit[1][0];
      item.append(link, " ");
      var kind = document.createElement("small");
      kind.textContent = hit[1][1];
      item.append(kind);
      found.append(item);
    });
  }
  var label = document.createElement("label"), input = document.createElement("input");
  label.htmlFor = input.id = "q";
  label.textContent = french ? "Mots à chercher" : "Words to search";
  input.type = "search";
  input.autocomplete = "off";
  place.append(label, " ", input);
  input.addEventListener("input", function () { show(input.value); });
  input.value = new URLSearchParams(location.search).get("q") || "";
  show(input.value);
})();
