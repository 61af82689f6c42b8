// What goes wrong in the middle of a decision: the session ends, the connection is cut, a button is pressed twice, another tab was first.
// Every decision is made once, and what was entered is still there.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openStage, settled } from "./stage.mjs";
import { Pointer } from "./hands.mjs";

const password = "een lang genoeg wachtwoord";
const why = "We verbouwen de afdeling in maart.";
const requestIdForm = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

let stage;
before(async () => void (stage = await openStage()));
after(() => stage?.end());

const stateOf = async (proposal) => (await stage.do("proposal", { proposal })).state.replace("PROPOSAL_STATE_", "");

/** The request ids with which a page called `method`, one for each time. */
function callsOf(page, method) {
  const ids = [];
  page.on("request", (request) => {
    if (request.url().endsWith(`/${method}`)) ids.push(requestIdForm.exec(request.postDataBuffer()?.toString("latin1") ?? "")?.[0]);
  });
  return ids;
}

/** The company, at the candidate of a new proposal. */
async function companyAt(state = "APPROVED") {
  const market = await stage.do("to_state", { state });
  const page = await stage.signedIn("company");
  await page.goto(`/bedrijf/kandidaten/${market.candidate}`);
  await settled(page);
  return { market, page, me: new Pointer(page) };
}

/** The student, at a proposal that waits for them. */
async function studentAt(state = "ACCEPTED") {
  const market = await stage.do("to_state", { state });
  const page = await stage.signedIn("student", { email: market.email });
  await page.goto(`/student/voorstellen/${market.proposal}`);
  await settled(page);
  return { market, page, me: new Pointer(page) };
}

async function signInAgain(me, email) {
  await me.see("heading", "Log opnieuw in");
  await me.fill("E-mailadres", email);
  await me.fill("Wachtwoord", password);
  await me.button("Inloggen");
  await me.page.getByRole("heading", { name: "Log opnieuw in" }).waitFor({ state: "detached" });
}

async function askToObject(me) {
  await me.button("Ik heb bezwaar");
  await me.choose("Anders (een toelichting is nodig)");
  await me.fill("Leg uit waarom", why);
  await me.button("Verder");
  await me.see("heading", "Dit bezwaar versturen?");
}

test("a session that ends while a company objects", async () => {
  const { market, page, me } = await companyAt();
  const calls = callsOf(page, "ObjectToCandidate");
  await askToObject(me);
  await stage.do("end_sessions", { email: "company@example.nl", who: "company" });
  await me.button("Bezwaar versturen");
  await signInAgain(me, "company@example.nl");
  assert.equal(await page.getByLabel("Leg uit waarom").inputValue(), why);
  await me.see("heading", "Dit bezwaar versturen?");
  await me.button("Bezwaar versturen");
  await me.see("heading", "Hoe het verder gaat");
  assert.equal(await stateOf(market.proposal), "REJECTED");
  assert.equal(await stage.do("reason_text", { proposal: market.proposal }), why);
  assert.equal(new Set(calls).size, 1, "the second try is the same request");
});

test("a session that ends while a student declines", async () => {
  const { market, page, me } = await studentAt();
  const calls = callsOf(page, "DeclineProposal");
  await me.button("Nee");
  await me.choose("Anders (een toelichting is nodig)");
  await me.fill("Wat is de reden?", why);
  await stage.do("end_sessions", { email: market.email });
  await me.button("Nee, deze plek neem ik niet");
  await signInAgain(me, market.email);
  assert.equal(await page.getByLabel("Wat is de reden?").inputValue(), why);
  await me.button("Nee, deze plek neem ik niet");
  await me.see("heading", "Dit voorstel is gestopt");
  assert.equal(await stateOf(market.proposal), "DECLINED");
  assert.equal(await stage.do("reason_text", { proposal: market.proposal }), why);
  assert.equal(new Set(calls).size, 1);
});

test("another account that signs in again sees nothing of the first", async () => {
  const { page, me } = await companyAt();
  await askToObject(me);
  await stage.do("end_sessions", { email: "company@example.nl", who: "company" });
  await me.button("Bezwaar versturen");
  await me.see("heading", "Log opnieuw in");
  await me.fill("E-mailadres", "coordinator@example.nl");
  await me.fill("Wachtwoord", password);
  await me.button("Inloggen");
  await page.waitForFunction((text) => !document.body.innerText.includes(text) && !document.querySelector("textarea"), why);
});

test("a final button that is pressed twice", async () => {
  const agree = await companyAt();
  const agreed = callsOf(agree.page, "AgreeToCandidate");
  await agree.page.getByRole("button", { name: "Ja, welkom" }).dblclick();
  await agree.me.see("heading", "Hoe het verder gaat");
  assert.equal(agreed.length, 1);
  assert.equal(await stateOf(agree.market.proposal), "ACCEPTED");

  const object = await companyAt();
  const objected = callsOf(object.page, "ObjectToCandidate");
  await askToObject(object.me);
  await object.page.getByRole("button", { name: "Bezwaar versturen" }).dblclick();
  await object.me.see("heading", "Hoe het verder gaat");
  assert.equal(objected.length, 1);

  const student = await studentAt();
  const confirmed = callsOf(student.page, "ConfirmProposal");
  await student.me.button("Ja, graag");
  await student.page.getByRole("button", { name: "Ja, ik neem deze plek" }).dblclick();
  await student.me.closed();
  assert.equal(confirmed.length, 1);
  assert.equal(await stateOf(student.market.proposal), "CONFIRMED");
});

/** The service does what is asked, but its answer never arrives, for as long as `cut.off`. */
async function cutAnswers(page, method) {
  const cut = { off: true, answered: 0 };
  await page.route(`**/${method}`, async (route) => {
    const answer = await route.fetch();
    if (answer.ok()) cut.answered++;
    if (cut.off) await route.abort("connectionreset");
    else await route.fulfill({ response: answer });
  });
  return cut;
}

test("an answer that is lost: the page asks again by itself, with the same request", async () => {
  const { market, page, me } = await companyAt();
  const calls = callsOf(page, "AgreeToCandidate");
  const cut = await cutAnswers(page, "AgreeToCandidate");
  page.on("requestfailed", () => void (cut.off = false));
  await me.button("Ja, welkom");
  await me.see("heading", "Hoe het verder gaat");
  assert.equal(await stateOf(market.proposal), "ACCEPTED");
  assert.ok(calls.length >= 2, "asked again");
  assert.equal(new Set(calls).size, 1, "with the same request id");
});

test("a connection that stays away: what was entered stays, and the person's own second try is the same request", async () => {
  const { market, page, me } = await studentAt();
  const calls = callsOf(page, "DeclineProposal");
  const cut = await cutAnswers(page, "DeclineProposal");
  await me.button("Nee");
  await me.choose("Anders (een toelichting is nodig)");
  await me.fill("Wat is de reden?", why);
  await me.button("Nee, deze plek neem ik niet");
  await me.see("alert");
  await me.read("De dienst antwoordt nu niet. Probeer het zo nog eens.");
  assert.equal(await page.getByLabel("Wat is de reden?").inputValue(), why);
  cut.off = false;
  await me.button("Nee, deze plek neem ik niet");
  await me.see("heading", "Dit voorstel is gestopt");
  assert.equal(await stateOf(market.proposal), "DECLINED");
  assert.equal(new Set(calls).size, 1);
});

test("offline: the page says so, keeps what was entered, and sends it once there is a connection", async () => {
  const { market, page, me } = await companyAt();
  await askToObject(me);
  await page.context().setOffline(true);
  await me.read("Geen internet.");
  await me.button("Bezwaar versturen");
  await me.read("Je bent niet verbonden met internet.");
  await page.context().setOffline(false);
  await me.button("Bezwaar versturen");
  await me.see("heading", "Hoe het verder gaat");
  assert.equal(await stateOf(market.proposal), "REJECTED");
  assert.equal(await stage.do("reason_text", { proposal: market.proposal }), why);
});

/** The same page once more, in another tab of the same browser. */
async function otherTab(page) {
  const tab = await page.context().newPage();
  tab.setDefaultTimeout(20_000);
  await tab.goto(page.url());
  await settled(tab);
  return { page: tab, me: new Pointer(tab) };
}

test("two tabs decide on one candidate: the second is told, and sees what holds", async () => {
  const { market, page, me } = await companyAt();
  const other = await otherTab(page);
  await askToObject(other.me);
  await me.button("Ja, welkom");
  await me.see("heading", "Hoe het verder gaat");
  await other.me.button("Bezwaar versturen");
  await other.me.read("Dit was intussen al veranderd");
  await other.me.see("heading", "Hoe het verder gaat");
  assert.equal(await stateOf(market.proposal), "ACCEPTED");
});

test("two tabs answer one proposal: the second is told, and sees what holds", async () => {
  const { market, page, me } = await studentAt();
  const other = await otherTab(page);
  await other.me.button("Nee");
  await other.me.choose("Ik wil liever ander werk leren");
  await me.button("Ja, graag");
  await me.button("Ja, ik neem deze plek");
  await me.closed();
  await other.me.button("Nee, deze plek neem ik niet");
  await other.me.read("Dit was intussen al veranderd");
  await other.me.read("Daarna plannen jullie een kennismaking.");
  assert.equal(await stateOf(market.proposal), "CONFIRMED");
});

test("the back button after a decision offers no second one", async () => {
  const { page, me } = await companyAt();
  await me.link("Kandidaten");
  await page.goBack();
  await me.button("Ja, welkom");
  await me.see("heading", "Hoe het verder gaat");
  await me.link("Plekken");
  await me.at("Plekken");
  await page.goBack();
  await me.see("heading", "Hoe het verder gaat");
  assert.equal(await page.getByRole("button", { name: "Ja, welkom" }).count(), 0);
});
