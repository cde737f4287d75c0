// The editor: what is typed goes to the server to be tried, and to disk when one says Save.
import { showMerge } from "./merge.js";
import { show, verdictOf } from "./shown.js";
import { findProof, lock, readDocument, readState, saveText, tryText, unlock } from "./talk.js";

const PAUSE = 350; // milliseconds without a key before a text is tried
const AGAIN = 1000; // until what was refused for lack of time is asked again
const PATIENCE = 40; // looks at whether the saved document rules yet
const LOOK = 3000; // milliseconds between two looks at the file
const LARGE = 500_000; // characters from which on Swagger Editor takes too long to answer
const NARROW = 640; // CSS pixels below which the rendered document is folded at first

const at = (id) => document.getElementById(id);
const frame = at("frame");
const state = {
  base: "", // the text as it was read or saved
  etag: null,
  text: "",
  tried: null, // what the server said last
  triedText: null,
  hasProof: false,
  isSaving: false,
  isPlain: false, // a text field of ours stands in for Swagger Editor
  told: "", // what became of the last Save
};
let timer = 0, asking = null, readMerged = null, isReady = false;

const say = (deed, members = {}) => frame.contentWindow.postMessage({ scopegate: "page", deed, ...members }, "*");
const isChanged = () => state.text !== state.base;

function update() {
  const why = reason();
  at("save").disabled = Boolean(why.off);
  at("why").textContent = why.off || why.words;
  at("why").classList.toggle("fault", Boolean(why.fault));
}

// Why one cannot save now, or what saving would do.
function reason() {
  const { tried } = state;
  if (!state.hasProof) return { off: "Save is off: the editor key is missing", fault: true };
  if (state.isSaving) return { off: "Saving" };
  if (!at("merge").hidden) return { off: "Save is off: the file was changed, merge first", fault: true };
  if (!isChanged()) return { off: state.told || "Nothing to save" };
  if (state.triedText !== state.text || !tried) return { off: "Checking" };
  if (!tried.loads) return { off: "Save is off: the document does not load", fault: true };
  return { words: state.told || "Not saved yet" };
}

function changed(text) {
  if (text === state.text) return;
  state.text = text;
  state.told = "";
  update();
  later(PAUSE);
}

function later(pause) {
  clearTimeout(timer);
  timer = setTimeout(attempt, pause);
}

async function attempt() {
  if (!state.hasProof) return;
  asking?.abort();
  asking = new AbortController();
  const { text } = state;
  const answer = await tryText(text, asking.signal).catch((error) => (error.name === "AbortError" ? null : { status: 0 }));
  if (!answer || text !== state.text) return;
  if (answer.status === 200) tell(answer.told, text);
  else if (answer.status === 403) askForKey(answer.told.detail);
  else {
    at("verdict").textContent = answer.told?.detail ?? "The server does not answer";
    if (answer.status === 503 || answer.status === 0) later(AGAIN);
  }
}

function tell(told, text) {
  Object.assign(state, { tried: told, triedText: text });
  at("verdict").textContent = verdictOf(told);
  show(told, jump);
  if (!state.isPlain) say("mark", { findings: told.findings.filter(({ here }) => here) });
  limits(text);
  update();
}

function jump(line, column) {
  if (!isShown("text")) toggle("text");
  if (state.isPlain) return select(line, column);
  say("line", { line, column });
  frame.focus();
}

// Swagger Editor 4 renders OpenAPI 2.0 and 3.0.
function limits(text) {
  const version = /^\s*["']?openapi["']?\s*:\s*["']?(3\.[1-9]\d*[.\d]*)/m.exec(text)?.[1];
  at("limits").hidden = !version;
  if (version) at("limits").textContent = `This is OpenAPI ${version}. The bundled Swagger Editor renders up to 3.0: what it shows or says of this document may be wrong. Text, lint and what changes are right.`;
}

async function save() {
  const { text, etag } = state;
  state.isSaving = true;
  update();
  const answer = await saveText(text, etag).catch(() => ({ status: 0, told: {} }));
  state.isSaving = false;
  if (answer.status === 200) await saved(text, answer.told);
  else if (answer.status === 412) merge(answer.told);
  else if (answer.status === 403) askForKey(answer.told.detail);
  else state.told = answer.told.faults?.[0]?.message ?? answer.told.detail ?? "Not saved: the server does not answer";
  update();
}

async function saved(text, { etag, policy }) {
  Object.assign(state, { base: text, etag, told: "Saved; the server reads it" });
  update();
  for (let look = 0; look < PATIENCE && !isChanged(); look++) {
    const { running } = await readState().catch(() => ({}));
    if (running === policy) {
      state.told = "Saved, and the server decides by it";
      update();
      await attempt();
      return;
    }
    await new Promise((done) => setTimeout(done, 250));
  }
  if (!isChanged()) state.told = "Saved; the server still decides by the document of before: see its console";
  update();
}

// The file and the document that rules may change without this page: what it says keeps up with them.
async function look() {
  if (document.hidden || state.isSaving || state.etag === null || !at("merge").hidden) return;
  const { etag, running } = await readState().catch(() => ({}));
  if (!etag || state.isSaving) return;
  if (etag !== state.etag && isChanged()) {
    state.told = "The file was changed meanwhile: Save lets you merge";
    update();
  } else if (etag !== state.etag) {
    const read = await readDocument().catch(() => null);
    if (!read || isChanged()) return;
    Object.assign(state, { base: read.text, etag: read.etag, told: "Read again: the file was changed" });
    put(read.text);
    later(0);
  } else if (state.tried && running !== state.tried.running) later(0);
}

// The file is another one than was read: both texts are here, and nothing is thrown away.
function merge({ disk, etag }) {
  state.told = "Not saved: the file was changed meanwhile";
  const mine = state.text;
  const use = (text) => {
    if (state.text !== mine) return merge({ disk, etag }); // typed since: shown, not lost
    Object.assign(state, { base: disk, etag, told: "Merged; not saved yet" });
    at("merge").hidden = true;
    put(text);
    later(0);
    at("changes").focus();
  };
  readMerged = showMerge(at("merge-blocks"), { base: state.base, mine, disk });
  at("merge-told").textContent = "";
  at("merge-use").onclick = () => {
    const text = readMerged();
    if (text === null) at("merge-told").textContent = "Choose at each place first.";
    else use(text);
  };
  at("merge-mine").onclick = () => use(mine);
  at("merge-disk").onclick = () => use(disk);
  at("merge-later").onclick = () => {
    at("merge").hidden = true;
    update();
  };
  at("merge").hidden = false;
  update();
  at("merge").focus();
}

function put(text) {
  state.text = text;
  if (!state.isPlain && text.length > LARGE) usePlain("The document is too large for Swagger Editor: this is its text alone.");
  if (state.isPlain) at("plain").value = text;
  else say("text", { text });
  update();
}

function usePlain(why) {
  state.isPlain = true;
  frame.hidden = true;
  frame.src = "about:blank";
  at("plain").hidden = false;
  at("plain").value = state.text;
  at("hint").textContent = why;
  document.querySelector('[data-pane="rendered"]').hidden = true;
  if (!isShown("text")) toggle("text");
}

function select(line, column) {
  const field = at("plain");
  const start = field.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0) + column - 1;
  field.focus();
  field.setSelectionRange(start, start);
  field.scrollTop = (line - 4) * parseFloat(getComputedStyle(field).lineHeight);
}

function askForKey(words = "") {
  lock();
  state.hasProof = false;
  at("unlock").hidden = false;
  at("key-error").textContent = words && at("key").value ? "This is not the key of this server." : "";
  at("key").value = "";
  at("key").focus();
  update();
}

const isShown = (pane) => document.querySelector(`[data-pane="${pane}"]`).getAttribute("aria-pressed") === "true";

function toggle(pane) {
  const button = document.querySelector(`[data-pane="${pane}"]`);
  button.setAttribute("aria-pressed", String(!isShown(pane)));
  fold();
}

function fold() {
  const panes = ["text", "rendered", "changes"].filter(isShown);
  at("swagger").hidden = !panes.includes("text") && (state.isPlain || !panes.includes("rendered"));
  at("changes").hidden = !panes.includes("changes");
  at("bench").dataset.panes = panes.length ? panes.join(" ") : "none";
  if (isReady && !state.isPlain) say("fold", { panes });
}

window.addEventListener("message", ({ source, data }) => {
  if (source !== frame.contentWindow || data?.scopegate !== "frame") return;
  if (state.isPlain) return;
  if (data.ready) {
    isReady = true;
    fold();
    if (state.etag !== null) put(state.text);
  } else if (data.left) (at("save").disabled ? document.querySelector("[data-pane]") : at("save")).focus();
  else if (typeof data.text === "string" && state.etag !== null) changed(data.text);
});

for (const button of document.querySelectorAll("[data-pane]")) button.addEventListener("click", () => toggle(button.dataset.pane));
at("save").addEventListener("click", save);
// A text field ends lines its own way; the text keeps the way it had.
at("plain").addEventListener("input", () => changed(at("plain").value.replaceAll("\n", state.base.includes("\r\n") ? "\r\n" : "\n")));
at("use-plain").addEventListener("click", () => {
  usePlain("This is the text alone, without Swagger Editor.");
  at("plain").focus();
});
at("unlock").addEventListener("submit", (event) => {
  event.preventDefault();
  unlock(at("key").value.trim());
  state.hasProof = true;
  at("unlock").hidden = true;
  update();
  attempt();
});
window.addEventListener("keydown", (event) => {
  if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  if (!at("save").disabled) save();
});
window.addEventListener("beforeunload", (event) => {
  if (isChanged()) event.preventDefault();
});

if (window.innerWidth < NARROW) toggle("rendered");
else fold();
const [proofFound, read] = await Promise.all([findProof(), readDocument().catch((error) => error)]);
state.hasProof = proofFound;
if (read instanceof Error) at("verdict").textContent = read.message;
else {
  Object.assign(state, { base: read.text, etag: read.etag, text: read.text });
  if (isReady || read.text.length > LARGE) put(read.text);
  limits(read.text);
  if (proofFound) await attempt();
  else {
    at("verdict").textContent = "Locked";
    askForKey();
  }
}
update();
setInterval(look, LOOK);
