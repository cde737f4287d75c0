// Makes the page answer while one ticks: it reads what the server put into the table, and asks for
// nothing more. What is ticked stays in the address, after the #; a token never gets there.
import { addressed, claimsOf, moment, namesIn } from "./token.js";
import { joined, verdictOf, waysIn } from "./verdict.js";

const NAMED = 4; // names that the count tells before it goes on to count
const MANY = 12; // scopes from which on one looks for a scope by its name

const at = (id) => document.getElementById(id);
const boxes = [...document.querySelectorAll('input[name="as"]')];
const rows = [...document.querySelectorAll("tbody tr:not(.tag)")].map(rowOf);
const groups = [...document.querySelectorAll("tbody")];
const heads = new Map([...document.querySelectorAll("th[data-column]")].map((head) => [head.dataset.column, head]));
const names = new Map();
for (const { dataset } of boxes) {
  if (!names.has(dataset.number)) names.set(dataset.number, dataset.missing);
}

function rowOf(row) {
  const [shape, words] = row.querySelectorAll(".state span");
  const call = row.querySelector("code").textContent.toLowerCase();
  const tags = (row.dataset.tags ?? "").split("\n");
  return { row, shape, words, call, tags, ways: waysIn(row.dataset.ways), shown: "" };
}

function update() {
  const ticked = boxes.filter((box) => box.checked);
  const held = new Set(ticked.flatMap(({ dataset }) => dataset.gives.split(" ").map(Number)));
  for (const box of boxes) heads.get(box.value)?.toggleAttribute("data-held", box.checked);
  const opened = rows.filter((row) => tell(row, verdictOf(row.ways, held)));
  const shown = rows.filter(filter);
  for (const group of groups) group.hidden = !group.querySelector("tr:not(.tag):not([hidden])");
  count(ticked, opened, shown);
  keep(ticked);
}

// Shows a verdict, and whether it opens; the words are those of the server.
function tell({ row, shape, words, ...told }, { opens, missing, isGrantable }) {
  let text = row.dataset.closed;
  if (opens) text = row.dataset.open;
  else if (missing.length) {
    const lacking = joined(missing.map((number) => names.get(String(number))));
    text = `lacks ${lacking}${isGrantable ? "" : ", which no client can get"}`;
  }
  if (words.textContent !== text) {
    words.textContent = text;
    shape.textContent = opens ? "●" : "○";
    row.classList.toggle("opens", opens);
  }
  return opens;
}

function filter({ row, call, tags }) {
  const tag = at("tag")?.value ?? "";
  const isShown = call.includes(at("path").value.trim().toLowerCase()) && (!tag || tags.includes(tag));
  row.hidden = !isShown;
  return isShown;
}

function count(ticked, opened, shown) {
  const strong = document.createElement("strong");
  strong.textContent = `${opened.length} of ${rows.length} open`;
  let told = ` ${whom(ticked)}`;
  if (at("tag")?.value || at("path").value.trim()) {
    const both = shown.filter((row) => opened.includes(row)).length;
    told += `; ${shown.length} shown, ${both} of them open`;
  }
  at("count").replaceChildren(strong, told);
  if (at("nothing")) at("nothing").hidden = shown.length > 0;
}

function whom(ticked) {
  const held = [...new Set(ticked.map((box) => names.get(box.dataset.number)))];
  if (!held.length) return "to anyone";
  const more = held.length - NAMED;
  return `with ${joined(more > 0 ? [...held.slice(0, NAMED), `${more} more`] : held)}`;
}

// The address always leads to what is seen.
function keep(ticked) {
  const state = new URLSearchParams(ticked.map((box) => ["as", box.value]));
  if (at("tag")?.value) state.set("tag", at("tag").value);
  if (at("path").value.trim()) state.set("path", at("path").value.trim());
  const wanted = `${location.pathname}${state.size ? `#${state}` : ""}`;
  if (wanted !== location.pathname + location.search + location.hash) history.replaceState(null, "", wanted);
}

function restore() {
  if (!location.hash.includes("=")) return;
  const state = new URLSearchParams(location.hash.slice(1));
  const wanted = new Set(state.getAll("as"));
  for (const box of boxes) box.checked = wanted.delete(box.value);
  if (at("tag")) at("tag").value = state.get("tag") ?? "";
  if (at("tag") && at("tag").selectedIndex < 0) at("tag").value = "";
  at("path").value = state.get("path") ?? "";
  const unknown = [...wanted].sort();
  at("unknown").hidden = !unknown.length;
  at("unknown").textContent = unknown.length
    ? `The link ticks ${joined(unknown)}, which nothing here asks for.`
    : "";
}

// One credential that proves several schemes is ticked under all of them.
function tick(box, checked) {
  for (const other of boxes) if (other.dataset.number === box.dataset.number) other.checked = checked;
}

function readToken() {
  const field = at("token");
  if (!field.value.trim()) return;
  const claims = claimsOf(field.value);
  if (!claims) return say(["This is no JWT; an opaque token says nothing of itself."], true);
  field.value = "";
  const schemes = [...document.querySelectorAll("fieldset[data-issuer]")].map((set) => ({ set, ...set.dataset }));
  const found = addressed(claims, schemes, Date.now() / 1000);
  for (const box of boxes) box.checked = false;
  const unnamed = new Set();
  for (const { set, claim } of found.schemes) hold(set, claims, claim, unnamed);
  update();
  tellToken(claims, found, unnamed);
}

function hold(set, claims, claim, unnamed) {
  const held = { scope: namesIn(claims[claim]), role: namesIn(claims.roles), credential: [""] };
  const own = [...set.querySelectorAll('input[name="as"]')];
  for (const box of own) if (held[box.dataset.kind].includes(box.dataset.name)) tick(box, true);
  const known = new Set(own.map((box) => box.dataset.name));
  for (const name of held.scope) if (!known.has(name)) unnamed.add(name);
}

function tellToken(claims, { faults }, unnamed) {
  const told = [`Not verified. It says: issuer ${claims.iss ?? "none"}, subject ${claims.sub ?? "none"}`];
  if (typeof claims.exp === "number") told[0] += `, valid until ${moment(claims.exp)}`;
  told[0] += ".";
  if (unnamed.size) told.push(`It holds ${joined([...unnamed])}, which no operation here asks for.`);
  if (faults.length) told.push(`As it is, the gateway refuses it: ${joined(faults)}.`);
  say(told, faults.length > 0);
}

function say(sentences, isCaution) {
  const lines = sentences.map((sentence) => {
    const line = document.createElement("p");
    line.textContent = sentence;
    return line;
  });
  at("token-told").replaceChildren(...lines);
  at("token-told").className = isCaution ? "caution" : "told";
}

function find() {
  const wanted = at("find-scope").value.trim().toLowerCase();
  for (const box of boxes) {
    const label = box.closest("label");
    label.hidden = !box.checked && !label.textContent.toLowerCase().includes(wanted);
  }
  for (const set of document.querySelectorAll(".schemes fieldset")) {
    set.hidden = !set.querySelector("label:not([hidden])");
  }
}

function clear() {
  for (const box of boxes) box.checked = false;
  if (at("tag")) at("tag").value = "";
  at("path").value = "";
  at("unknown").hidden = true;
  at("token-told").replaceChildren();
  at("token-told").className = "";
  update();
}

for (const box of boxes) {
  box.addEventListener("change", () => {
    tick(box, box.checked);
    update();
  });
  // The head of a column is a second place for a mouse; the keyboard has the tick box.
  heads.get(box.value)?.addEventListener("click", () => box.click());
}
at("ask").addEventListener("submit", (event) => event.preventDefault());
at("tag")?.addEventListener("change", update);
at("path").addEventListener("input", update);
at("find-scope")?.addEventListener("input", find);
at("token").addEventListener("input", readToken);
at("clear").addEventListener("click", (event) => {
  event.preventDefault();
  clear();
});
window.addEventListener("pagehide", () => (at("token").value = ""));
window.addEventListener("hashchange", () => {
  restore();
  update();
});
at("submit").hidden = true;
at("paste").hidden = !document.querySelector("fieldset[data-issuer]");
if (at("find")) at("find").hidden = boxes.length < MANY;
// Where the screen is narrow the table comes first, and what is above it unfolds.
const wide = window.matchMedia("(min-width: 64rem)");
wide.addEventListener("change", () => (at("side").open = wide.matches));
at("side").open = wide.matches;
document.body.classList.add("answers");
restore();
update();
