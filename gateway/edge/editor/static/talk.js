// What the page asks its server, and the key that it shows: kept in this module, nowhere else.
const BASE = "/-/editor";
let proof = {};

// From the address, which is made to forget it at once; else a staff session of this browser.
export async function findProof() {
  const key = new URLSearchParams(location.hash.slice(1)).get("key");
  if (key) {
    history.replaceState(null, "", location.pathname + location.search);
    unlock(key);
    return true;
  }
  const answer = await fetch("/accounts/csrf", { headers: { accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return false;
  const { csrf_token: token } = await answer.json();
  proof = { "x-csrf-token": token };
  return true;
}

export const unlock = (key) => void (proof = { "x-editor-key": key });
export const lock = () => void (proof = {});

export async function readDocument() {
  const answer = await fetch(`${BASE}/document`);
  if (!answer.ok) throw new Error(await reasonOf(answer));
  return { text: await answer.text(), etag: answer.headers.get("etag") };
}

export async function readState() {
  const answer = await fetch(`${BASE}/state`);
  if (!answer.ok) throw new Error(await reasonOf(answer));
  return answer.json();
}

// What a text would mean, or the status and the problem that say why that cannot be told.
export const tryText = (text, signal) => send("POST", "try", text, {}, signal);
export const saveText = (text, etag) => send("PUT", "document", text, { "if-match": etag });

async function send(method, path, text, headers, signal) {
  const answer = await fetch(`${BASE}/${path}`, {
    method, signal, body: text, headers: { "content-type": "application/yaml", ...proof, ...headers },
  });
  return { status: answer.status, told: await answer.json().catch(() => ({ detail: answer.statusText })) };
}

const reasonOf = async (answer) => (await answer.json().catch(() => ({}))).detail ?? answer.statusText;
