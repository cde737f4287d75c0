// Lines of JSON between a test and a script: a question in, answers out.
import { webcrypto } from "node:crypto";
import { createInterface } from "node:readline";

// The Node of Debian 12 has these, but not where the clients look for them.
globalThis.crypto ??= webcrypto;
globalThis.CryptoKey ??= webcrypto.CryptoKey;

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

export function say(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export async function hear() {
  const { value, done } = await lines.next();
  return done ? undefined : JSON.parse(value);
}

// Sends the user somewhere, with a code to enter if it is a device that asks; where that led.
export async function visit(url, userCode = "") {
  say({ visit: { url: String(url), user_code: userCode } });
  return new URL(await hear());
}

// Answers `{ask, ...given}` with what the function of that name returns, until the input ends.
export async function serve(answers) {
  for (let question = await hear(); question; question = await hear()) {
    const { ask, ...given } = question;
    try {
      say({ answer: (await answers[ask](given)) ?? null });
    } catch (fault) {
      const message = `${fault?.stack ?? fault}\n${fault?.cause?.stack ?? ""}`;
      say({ fault: { code: codeOf(fault), message } });
    }
  }
}

// What the server said, if it said so in the protocol's words; else what the client calls it.
function codeOf(fault) {
  return fault.error ?? fault.cause?.[0]?.parameters?.error ?? fault.code ?? fault.name;
}
