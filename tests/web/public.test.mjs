// The story of somebody without an account: what this is, whether a round was fair, and whether one's own data stood in it. In Dutch
// with a mouse; in English on a telephone in the dark; and once with the keyboard alone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Keyboard, Pointer } from "./hands.mjs";
import { hear, look } from "./look.mjs";
import { take } from "./sheets.mjs";
import { openStage } from "./stage.mjs";

let stage;
let round;
/** The proof of one student's entry, as that student kept it. */
let proof;

before(async () => {
  stage = await openStage();
  round = await stage.do("to_state", { state: "CONFIRMED", students: 6, seats: 6 });
  proof = await keepProof();
});
after(() => stage?.end());

async function keepProof() {
  const page = await stage.signedIn("student", { email: round.email });
  const h = new Pointer(page);
  await h.link(/^Controleer zelf/);
  await h.read(/^Het klopt\. Jouw gegevens staan precies zo in de ronde/);
  const { name, text } = await take(page, () => h.button("Bewaar het bewijs van deelname"));
  assert.equal(name, "bewijs-van-deelname.json");
  assert.ok(!text.includes("Voorbeeld") && !text.includes(round.number), "no name and no student number");
  await page.context().close();
  return { name, mimeType: "application/json", buffer: Buffer.from(text) };
}

async function begin(language, Hands, options, pictures) {
  const page = await stage.page({ language, ...options });
  const h = new Hands(page);
  const tr = (nl, en) => (language === "nl" ? nl : en);
  /* `heard` false: not the same in every run. */
  const seen = async (name, heard = true) => {
    if (pictures) await look(page, `public-${name}`);
    if (heard) await hear(page, `public-${name}-${language}`);
  };
  return { page, h, tr, seen, language };
}

async function howItWorks({ page, h, tr, seen }) {
  await h.visit("/");
  await h.at(tr("Een stage om wat je kunt, niet om wie je bent", "An internship for what you can do, not for who you are"));
  await seen("home");
  await h.link(tr("Hoe werkt het?", "How does it work?"));
  await h.at(tr("Hoe het werkt", "How it works"));
  await seen("explanation", false);
  const lots = page.getByRole("region", { name: /met deze loting|with this lottery/ });
  const before = await lots.innerText();
  await h.button(tr("Loot opnieuw", "Draw again"));
  for (let again = 0; (await lots.innerText()) === before && again < 20; again++) await h.button(tr("Loot opnieuw", "Draw again")); // a draw may give the same
  assert.notEqual(await lots.innerText(), before);
  assert.match(await lots.innerText(), /C[\s\S]*Zon/);
}

/** What anybody may see of a round, and the lottery computed again here. */
async function record({ h, tr, seen }) {
  await h.link(tr("Openbare rondes", "Public rounds"));
  await h.fill(tr("Nummer of link van de ronde", "Number or link of the round"), "1234");
  await h.button(tr("Bekijk de ronde", "See the round"));
  await h.read(tr("Dit is geen nummer van een ronde. Kopieer het hele nummer of de hele link.", "This is no number of a round. Copy the whole number or the whole link."));
  await h.fill(tr("Nummer of link van de ronde", "Number or link of the round"), `https://stage.example/rondes/${round.round}`);
  await h.button(tr("Bekijk de ronde", "See the round"));
  await h.at(tr("Openbaar verslag van een ronde", "Public record of a round"));
  await h.read(tr("Nagerekend in je eigen browser: de loting volgt precies uit wat vooraf vastlag.", "Computed in your own browser: the lottery follows exactly from what was fixed in advance."));
  await h.open(tr("Hoe is dit nagerekend?", "How was this computed?"));
  await seen("round");
}

/** The proof that was kept holds; one in which a single letter was changed does not. */
async function ownEntry({ page, h, tr, seen }) {
  const label = tr("Bewijs dat je bewaarde", "Proof that you kept");
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.getByLabel(label).setInputFiles(proof);
  await h.read(tr("Het klopt. Deze regel stond precies zo in de ronde", "It is right. This row stood in the round exactly so"));
  await seen("own-entry");
  const changed = Buffer.from(proof.buffer.toString().replace("verzorging=3", "verzorging=5"));
  assert.ok(!changed.equals(proof.buffer));
  await page.getByLabel(label).setInputFiles({ ...proof, buffer: changed });
  await h.read(tr("Het klopt niet. Deze regel stond niet zo in de ronde.", "It is not right. This row did not stand so in the round."));
  await page.getByLabel(label).setInputFiles({ ...proof, buffer: Buffer.from(proof.buffer.toString().replace(round.round, "0".repeat(32))) });
  await h.read(tr("Dit bewijs hoort bij een andere ronde.", "This proof belongs to another round."));
  await page.getByLabel(label).setInputFiles({ ...proof, buffer: Buffer.from("een foto") });
  await h.read(tr("Dit is geen bewijs van Stagematch.", "This is no proof of Stagematch."));
  assert.deepEqual(asked, [], "the file goes nowhere");
}

async function manual({ page, h, tr, seen }) {
  await h.link(tr("Voor ontwikkelaars", "For developers"));
  await h.at(tr("De API", "The API"));
  await h.fill(tr("Zoek een aanroep, bericht of veld", "Search a call, message or field"), "GetPublicRound");
  await h.read("POST /stagematch.v1.RoundService/GetPublicRound");
  await seen("manual", false); // it changes with the API, and names the address
  const address = await page.getByText(/^POST \/stagematch\.v1\.RoundService\/GetPublicRound$/).innerText();
  const answer = await page.request.post(address.replace("POST ", ""), { data: { roundId: round.round } });
  assert.equal((await answer.json()).roundId ?? round.round, round.round, "what the manual says works");
  assert.equal(answer.status(), 200);
}

async function statements({ h, tr, seen }) {
  for (const [name, link, title] of [
    ["accessibility", tr("Toegankelijkheid", "Accessibility"), tr("Toegankelijkheidsverklaring", "Accessibility statement")],
    ["privacy", "Privacy", "Privacy"],
    ["algorithm", tr("Algoritme", "Algorithm"), tr("Het algoritme", "The algorithm")],
    ["help", tr("Vraag hulp", "Ask for help"), tr("Hulp", "Help")],
  ]) {
    await h.link(link);
    await h.at(title);
    await seen(name);
  }
}

/** All of a page in the other language at once, and the next pages too. */
async function otherLanguage({ page, h, tr, language }) {
  const other = language === "nl" ? "en" : "nl";
  const swap = (nl, en) => tr(en, nl);
  await h.button(tr("English", "Nederlands"));
  await h.at(swap("Hulp", "Help"));
  assert.equal(await page.locator("html").getAttribute("lang"), other);
  await h.link(swap("Openbare rondes", "Public rounds"));
  await h.at(swap("Openbare rondes", "Public rounds"));
  assert.equal(await page.evaluate(() => localStorage.getItem("language")), other, "it is remembered");
  await h.button(swap("English", "Nederlands"));
  await h.at(tr("Openbare rondes", "Public rounds"));
}

async function play(language, Hands, options = {}, pictures = false) {
  const now = await begin(language, Hands, options, pictures);
  await howItWorks(now);
  await record(now);
  await ownEntry(now);
  await manual(now);
  await statements(now);
  await otherLanguage(now);
  assert.deepEqual(now.page.complaints, []);
  assert.equal((await now.page.context().cookies()).length, 0, "no cookie for who only reads");
  console.log(`public (${language}, ${Hands.name}): ${now.h.clicks} clicks and ${now.h.fields} fields`);
}

test("the public's whole story, in Dutch", () => play("nl", Pointer, {}, true));
test("the public's whole story on a telephone in the dark, in English", () => play("en", Pointer, { size: "mobile", dark: true }));
test("the public's whole story with the keyboard alone, in Dutch", () => play("nl", Keyboard));

test("on a telephone the menu opens and closes as one expects", async () => {
  const page = await stage.signedIn("coordinator", { size: "mobile" });
  const header = await page.getByRole("banner").boundingBox();
  assert.ok(header.height <= 64, `the header is ${header.height} px high`);
  const menu = page.getByRole("button", { name: "Menu" });
  const item = page.getByRole("link", { name: "Studenten", exact: true });
  const open = async (expected) => {
    await item.waitFor({ state: expected ? "visible" : "hidden" });
    assert.equal(await menu.getAttribute("aria-expanded"), String(expected));
  };
  await open(false);
  await menu.focus();
  await page.keyboard.press("Enter");
  await open(true);
  await look(page, "coordinator-menu");
  await page.keyboard.press("Escape");
  await open(false);
  assert.ok(await menu.evaluate((element) => element === document.activeElement), "the focus is on the button again");
  await menu.click();
  await open(true);
  await page.mouse.click(5, 700);
  await open(false);
  await menu.click();
  await item.click();
  await page.getByRole("heading", { level: 1, name: "Studenten" }).waitFor();
  await open(false);
});
