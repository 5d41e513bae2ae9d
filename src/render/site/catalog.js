// Search on the catalogue's first page: over what index.js holds, without a server.
(() => {
  "use strict";
  const KIND = 0, TITLE = 1, URL = 2, OWNER = 3, TAGS = 4, COLUMNS = 5, ABOUT = 6;
  // What a hit in a field is worth; the best field of each word counts.
  const WORTH = [[TITLE, 8], [TAGS, 5], [OWNER, 4], [COLUMNS, 3], [ABOUT, 1]];
  const MOST = 50;
  const index = window.meshIndex || [];
  const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  let folded = null;

  // 0: a word is found nowhere in the entry.
  const score = (fields, words) => {
    let sum = 0;
    for (const word of words) {
      let best = 0;
      for (const [field, worth] of WORTH) {
        const at = fields[field].indexOf(word);
        if (at < 0) continue;
        const begins = at === 0 || !/[a-z0-9]/.test(fields[field][at - 1]);
        best = Math.max(best, worth * (begins ? 2 : 1));
      }
      if (best === 0) return 0;
      sum += best;
    }
    return sum;
  };

  const search = (query) => {
    folded = folded || index.map((entry) => entry.map(plain));
    const words = plain(query).split(/[\s,;]+/).filter((word) => word !== "");
    if (words.length === 0) return { words, hits: [] };
    const hits = [];
    folded.forEach((fields, number) => {
      const worth = score(fields, words);
      if (worth > 0) hits.push([worth, number]);
    });
    hits.sort((a, b) => b[0] - a[0] || a[1] - b[1]);
    return { words, hits: hits.map(([, number]) => number) };
  };
  window.meshSearch = search;

  const input = document.getElementById("search"), list = document.getElementById("results");
  const status = document.getElementById("status");
  if (!input || !list || !status) return;

  const element = (name, text, className) => {
    const made = document.createElement(name);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  // The columns that made it a hit, as they are written.
  const columnsHit = (number, words) =>
    index[number][COLUMNS].split(" ").filter((column) => words.some((word) => plain(column).includes(word)));

  const show = () => {
    const { words, hits } = search(input.value);
    list.replaceChildren();
    for (const number of hits.slice(0, MOST)) {
      const entry = index[number], item = document.createElement("li"), link = element("a", entry[TITLE]);
      link.href = entry[URL];
      item.append(link, element("span", ` ${entry[KIND]}, ${entry[OWNER]}`, "dim"));
      if (entry[ABOUT] !== "") item.append(element("p", entry[ABOUT]));
      const columns = columnsHit(number, words);
      if (columns.length > 0) item.append(element("p", `Columns: ${columns.slice(0, 8).join(", ")}`, "dim"));
      list.append(item);
    }
    const most = hits.length > MOST ? `, the first ${MOST} are shown` : "";
    status.textContent = words.length === 0 ? "" : hits.length === 1 ? "1 found" : `${hits.length} found${most}`;
  };

  input.addEventListener("input", show);
  // From the field to the hits and between them with the arrows; "/" goes back to the field.
  document.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "/" && document.activeElement !== input) {
      event.preventDefault();
      input.focus();
    } else if (event.key === "ArrowDown" && (document.activeElement === input || at >= 0) && at + 1 < links.length) {
      event.preventDefault();
      links[at + 1].focus();
    } else if (event.key === "ArrowUp" && at >= 0) {
      event.preventDefault();
      (at === 0 ? input : links[at - 1]).focus();
    }
  });
  show();
})();
