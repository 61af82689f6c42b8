// What a browser is told, what it keeps, and what goes wrong while a person is at work.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkEverywhere, checkPage, openStage, settled } from "./stage.mjs";

let stage;
before(async () => void (stage = await openStage()));
after(() => stage?.end());

test("the sign-in page is right in both languages, everywhere", async () => {
  for (const language of ["nl", "en"]) {
    const page = await stage.page({ language });
    await page.goto("/inloggen");
    await checkEverywhere(page, `sign-in-${language}`);
    assert.equal(await page.locator("html").getAttribute("lang"), language);
  }
});

test("headers forbid inline code, frames and other origins", async () => {
  const page = await stage.page();
  const answer = await page.goto("/");
  const policy = answer.headers()["content-security-policy"];
  for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "require-trusted-types-for 'script'"])
    assert.ok(policy.includes(part), `${part} in ${policy}`);
  assert.ok(!policy.includes("unsafe"), policy);
  assert.equal(answer.headers()["x-content-type-options"], "nosniff");
  assert.equal(answer.headers()["referrer-policy"], "no-referrer");
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    try {
      script.textContent = "globalThis.ran = true";
      document.body.append(script);
    } catch {
      return false; // trusted types
    }
    return globalThis.ran === true;
  });
  assert.equal(ran, false);
});

test("scripts see no token; nothing personal is stored", async () => {
  const page = await stage.signedIn("coordinator");
  const [cookie] = (await page.context().cookies()).filter((c) => c.name === "__Host-stagematch");
  assert.ok(cookie, "there is a session cookie");
  assert.deepEqual([cookie.httpOnly, cookie.secure, cookie.sameSite, cookie.path], [true, true, "Strict", "/"]);
  assert.equal(await page.evaluate(() => document.cookie), "");
  const stored = await page.evaluate(() => ({ local: { ...localStorage }, session: { ...sessionStorage } }));
  assert.deepEqual(stored, { local: { language: "nl" }, session: {} });
  await checkPage(page, "school-home");
});

test("another site cannot act with the cookie", async () => {
  const page = await stage.signedIn("coordinator");
  const [cookie] = (await page.context().cookies()).filter((c) => c.name === "__Host-stagematch");
  const ask = (headers) =>
    fetch(`${stage.address}/stagematch.v1.AuthService/GetSession`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Connect-Protocol-Version": "1", Cookie: `${cookie.name}=${cookie.value}`, ...headers },
      body: "{}",
    });
  assert.equal((await ask({ Origin: stage.address })).status, 200);
  assert.notEqual((await ask({ Origin: "https://elders.example" })).status, 200);
  assert.notEqual((await ask({})).status, 200);
  assert.notEqual((await ask({ Origin: stage.address, "Sec-Fetch-Site": "cross-site" })).status, 200);
});

test("a session that ended is asked for again on top of the page, and what was entered stays", async () => {
  const page = await stage.signedIn("coordinator");
  await page.goto("/account");
  await settled(page);
  const fields = page.locator('main input[type="password"]');
  await fields.nth(0).fill("een lang genoeg wachtwoord");
  await fields.nth(1).fill("kort");
  await page.context().clearCookies();
  await page.locator('main form button[type="submit"]').first().click();
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await checkPage(page, "signed-out-dialog");
  const { email, password } = await stage.do("login", { who: "coordinator" });
  await dialog.locator('input[type="email"]').fill(email);
  await dialog.locator('input[type="password"]').fill(password);
  await dialog.locator('button[type="submit"]').click();
  await dialog.waitFor({ state: "detached" }).catch(() => dialog.waitFor({ state: "hidden" }));
  assert.equal(await fields.nth(1).inputValue(), "kort");
});

test("signing out in one tab signs out all, and the back button shows nothing of before", async () => {
  const page = await stage.signedIn("coordinator");
  const other = await page.context().newPage();
  await other.goto("/account");
  await settled(other);
  await page.getByRole("link", { name: "Studenten", exact: true }).click();
  await settled(page);
  await page.getByRole("button", { name: "Uitloggen" }).click();
  await page.waitForFunction(() => location.pathname === "/");
  await other.waitForFunction(() => location.pathname === "/inloggen");
  await page.evaluate(() => history.back());
  await page.waitForFunction(() => location.pathname === "/inloggen");
  await settled(page);
  assert.equal(await page.locator("h1").innerText(), "Inloggen");
  assert.equal((await page.context().cookies()).filter((c) => c.name === "__Host-stagematch").length, 0);
});

test("an unknown page, and one of another role, say so", async () => {
  const page = await stage.signedIn("company");
  await page.goto("/bedrijf/bestaat-niet");
  await settled(page);
  await checkPage(page, "not-found");
  assert.match(await page.locator("h1").innerText(), /niet/);
});
