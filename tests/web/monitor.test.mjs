// The figures of a half year: closed by the operator, seen by everybody, with a table beside each chart and files to save; the exact ones for
// the own school alone. And words that are questioned before a place is published. In Dutch with a mouse, in English with the keyboard alone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Keyboard, Pointer } from "./hands.mjs";
import { take } from "./sheets.mjs";
import { checkEverywhere, openStage } from "./stage.mjs";

const students = 45;
let stage;
let term;
let figures;

before(async () => {
  stage = await openStage();
  term = await stage.do("past_term", { students });
});
after(() => stage?.end());

async function begin(who, language, Hands, options = {}) {
  const page = who ? await stage.signedIn(who, { language, ...options }) : await stage.page({ language, ...options });
  return { page, h: new Hands(page), tr: (nl, en) => (language === "nl" ? nl : en), language };
}

test("the operator closes a term that is over, and then everybody sees it", async () => {
  const visitor = await begin(null, "nl", Pointer);
  await visitor.h.visit("/monitor");
  await visitor.h.read("Er zijn nog geen cijfers.");
  await checkEverywhere(visitor.page, "monitor-empty");
  const { page, h } = await begin("operator", "nl", Pointer);
  await h.visit("/beheer/monitor");
  await h.at("Monitor");
  await checkEverywhere(page, "monitor-operator");
  await h.button("Cijfers vastleggen");
  await h.opened();
  await h.button("Ja, leg ze vast");
  await page.getByText("Vastgelegd", { exact: true }).first().waitFor();
  figures = await stage.do("call", { method: "MonitorService/GetMonitor", term });
  assert.ok(figures.units.length > 0, "45 students are enough");
  await page.context().close();
  await visitor.page.context().close();
});

async function everybody(language, Hands) {
  const { page, h, tr } = await begin(null, language, Hands);
  await h.visit("/");
  await h.link(tr("Bekijk de cijfers per half jaar", "See the figures of each half year"));
  await h.at("Monitor");
  await h.read(tr("Niemand is te herkennen", "Nobody can be recognised"));
  const charts = page.locator("figure.sm-chart");
  const count = await charts.count();
  assert.equal(count, 4);
  for (let i = 0; i < count; i++) {
    await charts.nth(i).locator("summary").click();
    assert.ok((await charts.nth(i).getByRole("row").count()) > 2, "a table beside each chart");
  }
  await checkEverywhere(page, `monitor-${language}`);
  await files({ page, h, tr });
  await page.context().close();
}

/** The files say what the service says; a small number is empty, and no cell is a formula. */
async function files({ page, h, tr }) {
  const csv = await take(page, () => h.button(tr("Download als CSV", "Download as CSV")));
  assert.equal(csv.name, `monitor-${term}.csv`);
  const [header, ...rows] = csv.text.replace(/^\uFEFF/, "").trimEnd().split("\r\n").map((line) => line.split(";"));
  assert.deepEqual(header.slice(6), figures.columns.map((column) => column.code));
  assert.equal(rows.length, figures.units.length);
  rows.forEach((row, at) => assert.deepEqual(row.slice(6).map(Number), figures.units[at].counts.map(Number)));
  assert.ok(rows.flat().every((cell) => !/^[=+@\-]/.test(cell)));
  const words = await take(page, () => h.button(tr("Download de uitleg van de kolommen", "Download what the columns mean")));
  for (const code of header) assert.match(words.text, new RegExp(`(^|\\n)${code};`));
  const json = JSON.parse((await take(page, () => h.button(tr("Download als JSON", "Download as JSON")))).text);
  assert.deepEqual(json.units.map((unit) => unit.counts), figures.units.map((unit) => unit.counts));
}

test("everybody sees the same figures, in Dutch with a mouse", () => everybody("nl", Pointer));
test("everybody sees the same figures, in English with the keyboard alone", () => everybody("en", Keyboard));

async function ownSchool(who, language, Hands) {
  const { page, h, tr } = await begin(who, language, Hands);
  await h.link("Monitor");
  await h.link(tr("Bekijk de precieze cijfers van je eigen school", "See the exact figures of your own school"));
  await h.at(tr("Cijfers van je school", "Figures of your school"));
  await page.getByLabel(tr("Welk half jaar?", "Which term?")).selectOption(term);
  const exact = page.locator("dl").filter({ hasText: tr("Studenten die een plek zochten", "Students who looked for a place") });
  await exact.getByText(String(students), { exact: true }).waitFor();
  await checkEverywhere(page, `monitor-own-${language}`);
  await page.context().close();
}

test("the confidential adviser sees the exact figures of the own school", () => ownSchool("vertrouwenspersoon", "nl", Pointer));
test("the coördinator does, in English with the keyboard", () => ownSchool("coordinator", "en", Keyboard));

async function publish(language, Hands) {
  const { page, h, tr } = await begin("company", language, Hands);
  await h.visit("/bedrijf/plekken/nieuw");
  await h.fill(tr("Wat gaat een student doen?", "What will a student do?"), "Kok, jij past in het team");
  await h.fill(tr("Zoek een opleiding", "Find a programme"), "25182");
  await h.button(/25182/);
  if (await page.getByLabel(tr("KvK-nummer", "Chamber of Commerce number")).isVisible()) {
    await h.fill(tr("Naam van je bedrijf", "Name of your company"), "Zorg Voorbeeld");
    await h.fill(tr("KvK-nummer", "Chamber of Commerce number"), "90000001");
    await h.fill(tr("Postcode van de werkplek", "Postcode of the workplace"), "3511 AB");
  }
  await h.button(tr("Verder", "Next"));
  await h.fill(tr("Eerste dag", "First day"), "2027-02-01");
  await h.fill(tr("Laatste dag", "Last day"), "2027-07-02");
  await h.fill(tr("Uren per week, ten hoogste", "Hours a week, at most"), "32");
  await h.button(tr("Verder", "Next"));
  await h.button(tr("Verder", "Next"));
  await h.read("past in het team");
  await checkEverywhere(page, `wording-place-${language}`);
  await h.button(/^(Neem over|Take over): /);
  await page.getByText(tr("In de naam van de plek", "In the name of the place")).waitFor({ state: "detached" });
  await h.button(tr("Bekendmaken", "Publish"));
  await h.opened();
  await h.button(tr("Ja, maak bekend", "Yes, publish"));
  await h.at(tr("Plekken", "Places"));
  await h.read(/Kok, jij werkt samen/);
  await page.context().close();
}

test("a questionable word in a place is taken over by a better one", () => publish("nl", Pointer));

test("a draft is questioned where it waits to be published", async () => {
  const { placement } = await stage.do("draft", { number: "M-draft", title: "Gastvrouw gezocht" });
  const { page, h } = await begin("company", "nl", Pointer);
  await h.visit(`/bedrijf/plekken/${placement.placementId}`);
  await h.read("In de naam van de plek");
  await h.button("Neem over: student");
  await page.getByText("In de naam van de plek").waitFor({ state: "detached" });
  await h.at("student gezocht");
  await page.context().close();
});

test("a free reason is questioned once, and a closed one offered", async () => {
  const about = await stage.do("to_state", { state: "APPROVED" });
  const { page, h } = await begin("company", "nl", Pointer);
  await h.visit(`/bedrijf/kandidaten/${about.candidate}`);
  await h.button("Ik heb bezwaar");
  await page.getByLabel(/^Anders/).check();
  await h.fill("Leg uit waarom", "Er was geen klik met het team.");
  await h.button("Verder");
  await h.read("Hier staat iets wat geen criterium is dat je vooraf noemde.");
  await checkEverywhere(page, "wording-reason");
  await h.button("Verder");
  await h.opened();
  await h.read("Past een van deze redenen beter?");
  await h.button("Er is nu geen plek of te weinig werk");
  assert.ok(await page.getByLabel("Er is nu geen plek of te weinig werk").isChecked());
  await page.context().close();
});
