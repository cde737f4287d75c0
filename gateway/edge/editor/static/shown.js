// Shows what the server says of a text: why it does not load, what it opens, findings, the matrix.
const at = (id) => document.getElementById(id);

export function element(tag, { text, ...members } = {}, ...children) {
  const made = Object.assign(document.createElement(tag), members);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

const plural = (number, thing) => `${number} ${thing}${number === 1 ? "" : "s"}`;

// The sentence that the eye meets first.
export function verdictOf(told) {
  const faults = told.findings.filter(({ severity }) => severity === "error").length;
  if (!told.loads) return told.refusal ? "Would not be served" : `Does not load: ${plural(faults, "fault")}`;
  const { changes } = told.diff;
  const opened = changes.filter(({ opens }) => opens).length;
  if (opened) return `Opens ${plural(opened, "operation")} to everyone`;
  const wider = changes.filter(({ words }) => words.some((said) => said.startsWith("opens"))).length;
  if (wider) return `Opens ${plural(wider, "operation")} to more callers`;
  return changes.length ? `Changes access to ${plural(changes.length, "operation")}` : "Access is the same";
}

// Shows all of it; `jump` leads to a line of the text.
export function show(told, jump) {
  at("verdict").classList.toggle("cautious", !told.loads || told.diff.changes.some(({ opens }) => opens));
  at("faults").replaceChildren(...faults(told, jump));
  if (told.diff) at("diff").replaceChildren(...diff(told.diff, jump));
  else at("diff").replaceChildren(element("p", { className: "quiet", text: "What it would open cannot be told before it loads." }));
  at("findings").replaceChildren(...(told.loads ? findings(told, jump) : []));
  at("matrix").hidden = !told.matrix?.html;
  if (told.matrix?.html) {
    at("matrix-about").textContent = told.matrix.about;
    at("matrix-table").innerHTML = told.matrix.html; // escaped where it was made
    frame(at("matrix-table"));
  }
  at("others").replaceChildren(...others(told.others));
}

function frame(table) {
  const { scrollLeft, scrollTop } = table;
  table.className = "frame";
  table.tabIndex = 0;
  table.setAttribute("role", "region");
  table.setAttribute("aria-labelledby", "told");
  table.scrollTo(scrollLeft, scrollTop);
}

function faults(told, jump) {
  if (told.loads) return [];
  if (told.refusal) return [element("div", { className: "caution" }, element("p", { text: told.refusal }))];
  const items = told.findings.map((found) => finding(found, jump));
  return [element("div", { className: "caution" }, element("h3", { text: "Why it does not load" }), element("ul", { className: "found" }, ...items))];
}

function diff({ changes, who, closing, notes, more }, jump) {
  const opened = changes.filter(({ opens }) => opens);
  const rest = changes.filter(({ opens }) => !opens);
  const shown = [];
  if (opened.length) shown.push(element("div", { className: "caution" }, element("h3", { text: "Open to everyone" }), list(opened, jump)));
  if (rest.length) shown.push(list(rest, jump));
  if (more) shown.push(element("p", { text: `and ${more} more` }));
  if (who) shown.push(element("p", { text: who }));
  shown.push(...notes.map((note) => element("p", { className: "quiet", text: note })));
  shown.push(element("p", { className: "quiet", text: closing }));
  return shown;
}

function list(changes, jump) {
  return element("ul", { className: "found" }, ...changes.map((change) => {
    const kind = element("strong", { className: `kind ${change.change}`, text: change.change });
    const words = change.words.map((said) => element("span", { className: "said", text: said }));
    return element("li", {}, element("div", { className: "head" }, kind, ...place(change, jump)), ...words);
  }));
}

function findings(told, jump) {
  const count = told.findings.length + told.more_findings;
  if (!count) return [element("p", { className: "quiet", text: "Lint has nothing to say." })];
  const items = told.findings.map((found) => finding(found, jump));
  const fold = element("details", { open: count <= 8 }, element("summary", { text: `Lint: ${plural(count, "finding")}` }), element("ul", { className: "found" }, ...items));
  return [fold];
}

function finding(found, jump) {
  const kind = element("strong", { className: `kind ${found.severity}`, text: found.severity });
  const words = element("span", { className: "said", text: found.message });
  const hint = found.hint ? [element("span", { className: "quiet said", text: found.hint })] : [];
  const rule = element("code", { text: found.rule });
  return element("li", {}, element("div", { className: "head" }, kind, rule, ...place(found, jump)), words, ...hint);
}

function place(found, jump) {
  if (!found.line) return [];
  if (!found.here) return [element("span", { className: "quiet", text: `${found.file}:${found.line}` })];
  const button = element("button", { type: "button", className: "line", text: `line ${found.line}` });
  button.addEventListener("click", () => jump(found.line, found.column));
  return [button];
}

function others(files) {
  if (!files.length) return [];
  const head = element("h3", { text: "Files beside it" });
  const about = element("p", { className: "quiet", text: "The document refers to them. They are read here and edited elsewhere; the rendered document leaves them out." });
  const folds = files.map(({ file, text }) => text === null
    ? element("p", {}, element("code", { text: file }))
    : element("details", {}, element("summary", { text: file }), region(file, text)));
  return [head, about, ...folds];
}

function region(name, text) {
  const shown = element("pre", { text, tabIndex: 0 });
  shown.setAttribute("role", "region");
  shown.setAttribute("aria-label", name);
  return shown;
}
