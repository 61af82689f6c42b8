// One service and one browser for a file of tests; pages of somebody who is signed in; what every page must satisfy.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browserPaths = [process.env.STAGEMATCH_BROWSER, "/usr/bin/chromium", "/usr/bin/chromium-browser"];
/** How long a page may take to come to a state: long, for a slow machine; nobody waits longer than it takes. */
const patienceMs = 60_000;
/** Pictures are kept where this says, to look at; nothing is kept otherwise. */
const pictures = process.env.STAGEMATCH_PICTURES;

export const sizes = { desktop: { width: 1280, height: 900 }, mobile: { width: 360, height: 740 }, narrow: { width: 320, height: 640 } };

class Served {
  constructor() {
    this.process = spawn("python3", ["-B", join(here, "served.py")], { stdio: ["pipe", "pipe", "inherit"] });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
    this.turn = Promise.resolve();
  }

  async next() {
    const { value, done } = await this.lines.next();
    if (done) throw new Error("the service of the test ended");
    const answer = JSON.parse(value);
    if (answer.error) throw new Error(answer.error);
    return answer.ok;
  }

  /** One wish after another. */
  do(name, wish = {}) {
    const result = this.turn.then(() => {
      this.process.stdin.write(`${JSON.stringify({ do: name, ...wish })}\n`);
      return this.next();
    });
    this.turn = result.catch(() => {});
    return result;
  }

  end() {
    this.process.stdin.end();
    return new Promise((done) => this.process.once("exit", done));
  }
}

/** A started service and browser. `end()` when the file is done. */
export async function openStage() {
  const served = new Served();
  const address = await served.next();
  const executablePath = browserPaths.find((path) => path && existsSync(path));
  assert.ok(executablePath, "no Chromium: install Debian's package chromium, or say in STAGEMATCH_BROWSER where it is");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  return new Stage(served, address, browser);
}

class Stage {
  constructor(served, address, browser) {
    Object.assign(this, { served, address, browser, contexts: [] });
  }

  do(name, wish) {
    return this.served.do(name, wish);
  }

  /** A page of its own browser profile. Everything that the page complains of makes the test fail (see `quiet`). */
  async page({ size = "desktop", dark = false, language = "nl", reducedMotion = "reduce" } = {}) {
    const context = await this.browser.newContext({
      viewport: sizes[size],
      hasTouch: size !== "desktop",
      colorScheme: dark ? "dark" : "light",
      locale: language === "nl" ? "nl-NL" : "en-GB",
      timezoneId: "Europe/Amsterdam",
      baseURL: this.address,
      reducedMotion,
      acceptDownloads: true,
    });
    this.contexts.push(context);
    await context.addInitScript((wanted) => localStorage.setItem("language", wanted), language);
    const page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    page.complaints = [];
    page.on("pageerror", (error) => page.complaints.push(`error: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error" && !/Failed to load resource/.test(message.text())) page.complaints.push(message.text());
    });
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (!["blob:", "data:"].includes(url.protocol) && url.origin !== this.address) page.complaints.push(`asked elsewhere: ${url.origin}`);
    });
    return page;
  }

  /** Signed in as `who` (a role), or with the address that is given. */
  async signedIn(who, options = {}) {
    const page = await this.page(options);
    const { email, password } = { ...(await this.do("login", { who })), ...(options.email ? { email: options.email } : {}) };
    await page.goto("/inloggen");
    await page.locator('input[type="email"]').fill(email);
    await page.locator('input[type="password"]').fill(password);
    await page.locator('form button[type="submit"]').click();
    await page.waitForURL((url) => url.pathname !== "/inloggen");
    await settled(page);
    return page;
  }

  async end() {
    await this.browser.close();
    await this.served.end();
  }
}

/** Nothing is being loaded any more. */
export async function settled(page) {
  await page.waitForFunction(() => document.querySelector("h1") && !document.querySelector(".sm-loading"), null, { timeout: patienceMs });
}

const allRules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

async function violationsNow(page, rules) {
  const found = await page.evaluate((runOnly) => globalThis.axe.run(document, { runOnly, resultTypes: ["violations"] }), rules);
  return found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 4).join(", ")}`);
}

/** What axe-core finds of these rules or groups of rules. */
export async function violationsOf(page, rules = allRules) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axeSource);
  // A page that just got another scheme or size may be looked at half-way; what is wrong stays wrong.
  let violations = await violationsNow(page, rules);
  for (let again = 0; violations.length > 0 && again < 3; again++) {
    await page.waitForTimeout(500);
    violations = await violationsNow(page, rules);
  }
  return violations;
}

/** axe-core finds nothing, no part sticks out to the side, and the page complained of nothing. */
export async function checkPage(page, name) {
  await settled(page);
  assert.deepEqual(await violationsOf(page), [], `${name}: axe-core`);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wider <= 1, `${name}: ${wider} px wider than the window`);
  assert.deepEqual(page.complaints, [], name);
  if (pictures) {
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  }
}

/** The page, checked in light and dark, on a desktop, a phone and at 320 pixels. */
export async function checkEverywhere(page, name) {
  const before = page.viewportSize();
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of size === "narrow" ? ["light"] : ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await checkPage(page, `${name}-${size}-${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(before);
}

/** Focus moved with the keyboard alone to what has this role and name; fails where it cannot be reached or focus cannot be seen. */
export async function tabTo(page, role, name, most = 80) {
  const target = page.getByRole(role, { name }).first();
  for (let i = 0; i < most; i++) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) {
      const seen = await target.evaluate((element) => {
        const style = getComputedStyle(element);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
      });
      assert.ok(seen, `focus on ${role} ${name} cannot be seen`);
      return target;
    }
  }
  throw new Error(`${role} ${name} cannot be reached with ${most} tabs`);
}
