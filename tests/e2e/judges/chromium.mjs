// One browser that a test drives: node chromium.mjs EXECUTABLE.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { serve } from "./dialogue.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// The application that browsers are sent back to.
const application = createServer((_request, response) => {
  response.setHeader("content-type", "text/html");
  response.end("<!doctype html><title>Back at the application</title>");
});
await new Promise((done) => application.listen(0, "127.0.0.1", done));

const browser = await chromium.launch({
  executablePath: process.argv[2],
  args: process.getuid() === 0 ? ["--no-sandbox"] : [],
});
let context, page, opener, hosts, requests, refused;

// What is wrong in a page, as its browser sees it.
function hear(own) {
  own.on("pageerror", (fault) => refused.push(String(fault)));
  own.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) refused.push(message.text());
  });
}

// Somebody else at a new window: no cookie is left.
async function open({ javascript }) {
  await context?.close();
  context = await browser.newContext({ javaScriptEnabled: javascript, reducedMotion: "reduce" });
  context.setDefaultTimeout(10_000);
  page = await context.newPage();
  hosts = new Set();
  requests = [];
  refused = [];
  context.on("request", (request) => {
    // a worker's script that a page made itself comes from nowhere
    if (!request.url().startsWith("blob:")) hosts.add(new URL(request.url()).hostname);
    requests.push(`${request.url()} ${request.postData() ?? ""}`);
  });
  hear(page);
  return { callback: `http://127.0.0.1:${application.address().port}/callback` };
}

// What a deed leads to; a deed that leads nowhere fails after a while.
async function following(deed) {
  const [response] = await Promise.all([page.waitForNavigation(), deed]);
  return { url: page.url(), status: response?.status() ?? 0 };
}

// By its whole name, or by a part of it where its row in a list is known.
function named({ role, name, row }) {
  if (!row) return page.getByRole(role, { name, exact: true });
  return page.getByRole("listitem").filter({ hasText: row }).getByRole(role, { name });
}

await serve({
  open,
  goto: async ({ url }) => ({ status: (await page.goto(url)).status(), url: page.url() }),
  follow: (target) => following(named(target).click()),
  fill: ({ name, text }) => page.getByLabel(name, { exact: true }).fill(text),
  tick: ({ selector, ticked }) => page.locator(selector).setChecked(ticked),
  press: ({ key }) => page.keyboard.press(key),
  press_and_follow: ({ key }) => following(page.keyboard.press(key)),
  type: ({ text }) => page.keyboard.type(text),
  text: () => page.locator("body").innerText(),
  text_of: ({ selector }) => page.locator(selector).allInnerTexts(),
  title: () => page.title(),
  address: () => page.url(),
  choose: async ({ name, value }) =>
    void (await page.getByLabel(name, { exact: true }).selectOption(value)),
  press_here: ({ role, name }) => page.getByRole(role, { name, exact: true }).click(),
  click: ({ selector }) => page.locator(selector).first().click(),
  // A click that opens a window, which is looked into until it closes.
  popup: async ({ selector }) => {
    const [own] = await Promise.all([context.waitForEvent("page"), page.locator(selector).first().click()]);
    hear(own);
    [opener, page] = [page, own];
    await page.waitForLoadState();
    return { url: page.url() };
  },
  press_to_close: async ({ role, name }) => {
    const closed = page.waitForEvent("close");
    await page.getByRole(role, { name, exact: true }).click();
    await closed;
    page = opener;
  },
  appear: ({ selector }) => page.locator(selector).first().waitFor(),
  value_of_link: ({ selector }) => page.locator(selector).evaluate((link) => link.href),
  value_of: ({ selector }) => page.locator(selector).inputValue(),
  wait_for: ({ selector, text }) => page.locator(selector).filter({ hasText: text }).waitFor(),
  // In the one frame of a page: what is seen there, and a text typed over the one in its editor.
  text_in_frame: ({ selector }) => page.frameLocator("iframe").locator(selector).allInnerTexts(),
  async wait_in_frame({ selector }) {
    await page.frameLocator("iframe").locator(selector).first().waitFor({ state: "attached" });
  },
  async retype({ text }) {
    await page.frameLocator("iframe").locator("textarea").first().focus();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(text);
  },

  // All that a page may leave behind in a browser.
  kept: async () => ({
    cookies: await context.cookies(),
    storage: await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state])),
  }),

  // The element that the keyboard is at: its tag, name and value, or its words.
  focus: () =>
    page.evaluate(() => {
      const { tagName, name, value, textContent } = document.activeElement;
      return [tagName.toLowerCase(), name ?? "", value || textContent.trim()];
    }),

  async look({ scheme, width, outside = "" }) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 800 });
    if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
    const { violations } = await page.evaluate(
      (selector) => window.axe.run(selector ? { exclude: [[selector]] } : document),
      outside,
    );
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    const faults = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`),
    );
    return wide > width ? [...faults, `scrolls sideways: ${wide} px`] : faults;
  },

  screenshot: async ({ file }) => void (await page.screenshot({ path: file, fullPage: true })),
  seen: () => ({ hosts: [...hosts], requests, refused }),
});

await browser.close();
application.close();
