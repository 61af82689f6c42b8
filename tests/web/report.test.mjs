// The story of a report: somebody without an account tells what happened and keeps a code; the confidential adviser reads and answers;
// the reporter comes back, agrees to more, and the case handler goes on. In Dutch with a pointer, in English on a phone in the dark, and
// with the keyboard alone; and a student who is signed in.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { Keyboard, Pointer } from "./hands.mjs";
import { checkEverywhere, checkPage, openStage, settled } from "./stage.mjs";
import { plays } from "./story.mjs";

const secret = "Ze zeiden dat mijn achternaam niet bij hun klanten past.";
const pdf = Buffer.from("%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF\n");
const school = "Voorbeeldcollege Utrecht";
let stage;

before(async () => {
  stage = await openStage();
  const { code } = await stage.do("invite", { who: "behandelaar", role: "behandelaar", scope: ["99AA"] });
  await stage.do("accept", { who: "behandelaar", code });
});
after(() => stage?.end());

const trOf = (language) => (nl, en) => (language === "nl" ? nl : en);

/** In every size and scheme, in the first play; otherwise as the play has it. */
const everywhere = ["intro", "desk", "check", "sent", "report", "own"];
const lookerOf = (play) => (page, name) =>
  play.number === 0 && everywhere.includes(name) ? checkEverywhere(page, `report-${name}`) : checkPage(page, `report-${name}-${play.number}`);

/** One question after the other; each is looked at. */
async function answerQuestions(h, tr, see, play) {
  const next = () => h.button(tr("Verder", "Next"));
  await h.at(tr("Over welke school gaat het?", "Which school is it about?"));
  await next();
  await h.read(tr("Kies een school.", "Choose a school."));
  await see(h.page, "school");
  const option = await h.page.locator("select option", { hasText: school }).first().textContent();
  await h.select(tr("School", "School"), option);
  await next();
  await h.at(tr("Wanneer gebeurde het?", "When did it happen?"));
  await h.choose(tr("Bij het solliciteren of kennismaken", "While applying or meeting the company"));
  await see(h.page, "phase");
  await next();
  await h.at(tr("Wat voor iets gebeurde er?", "What kind of thing happened?"));
  await h.choose(tr("Ik werd anders behandeld dan anderen", "I was treated differently from others"));
  await next();
  await h.at(tr("Waar had het mee te maken?", "What did it have to do with?"));
  await h.tick(tr("Godsdienst", "Religion"));
  await h.tick(tr("Nationaliteit", "Nationality"));
  await see(h.page, "grounds");
  await next();
  await h.at(tr("Wat is er gebeurd?", "What happened?"));
  await next();
  await h.page.getByText(tr("Schrijf in je eigen woorden wat er gebeurde.", "Write in your own words what happened.")).first().waitFor();
  await h.fill(tr("Je verhaal", "Your story"), secret);
  await see(h.page, "text");
  await next();
  await h.at(tr("Over welk bedrijf gaat het?", "Which company is it about?"));
  await h.fill(tr("Naam van het bedrijf (hoeft niet)", "Name of the company (optional)"), "Zorg Voorbeeld");
  await next();
  await h.at(tr("Wat wil je dat er gebeurt?", "What do you want to happen?"));
  // The browser's way back finds everything as it was, and so does the way forward.
  await h.page.goBack();
  await h.page.goBack();
  await h.at(tr("Wat is er gebeurd?", "What happened?"));
  assert.equal(await (await h.field(tr("Je verhaal", "Your story"))).inputValue(), secret);
  await h.page.goForward();
  await h.page.goForward();
  await h.choose(tr("Mijn verhaal kwijt kunnen", "To tell my story"));
  await next();
  await h.at(tr("Wie mag je melding lezen?", "Who may read your report?"));
  await h.choose(/^(Alleen de vertrouwenspersoon|Only the confidential adviser)/);
  await see(h.page, "desk");
  await next();
  await h.at(tr("Wil je ook ergens anders heen?", "Do you want to go elsewhere, too?"));
  await h.tick(/^(Het antidiscriminatiebureau|The anti-discrimination bureau)/);
  await see(h.page, "routes");
  await next();
  await h.at(tr("Wil je je naam geven?", "Do you want to give your name?"));
  await see(h.page, "name");
  await next();
  await h.at(tr("Klopt dit?", "Is this right?"));
  await h.read(secret);
  await h.read(tr("Je blijft onbekend", "You stay unknown"));
  await see(h.page, "check");
  const stored = await h.page.evaluate(() => JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }) + document.cookie + location.href + document.title);
  assert.ok(!stored.includes("achternaam") && !stored.includes("Zorg Voorbeeld"), `play ${play.number}: nothing of it is kept`);
}

/** Tells it, and gives the code to come back with. */
async function tell(play) {
  const tr = trOf(play.language);
  const see = lookerOf(play);
  const page = await stage.page(play);
  const h = new play.hands(page);
  await h.visit("/uitleg");
  await h.link(tr("Discriminatie melden", "Report discrimination"));
  await h.at(tr("Discriminatie melden", "Report discrimination"));
  await h.read(tr("Melden hoeft niet. Je mag altijd stoppen.", "You do not have to report. You can stop at any time."));
  await see(page, "intro");
  await h.button(tr("Begin met melden", "Start your report"));
  await answerQuestions(h, tr, see, play);
  await h.button(tr("Verstuur mijn melding", "Send my report"));
  await h.at(tr("Je melding is verstuurd", "Your report was sent"));
  const code = (await page.locator("output").innerText()).trim();
  assert.match(code, /^([0-9A-Z]{4}-){6}[0-9A-Z]{4}$/);
  await addFiles(page, h, tr);
  await see(page, "sent");
  // The page that is left is not one to come back to.
  await page.reload();
  await h.at(tr("Discriminatie melden", "Report discrimination"));
  await page.context().close();
  return code;
}

async function addFiles(page, h, tr) {
  const input = page.locator('input[type="file"]');
  await input.setInputFiles({ name: "app.pdf", mimeType: "application/pdf", buffer: Buffer.from("<html>") });
  await h.read(tr("Dit is geen heel PDF-, PNG- of JPEG-bestand.", "This is no whole PDF, PNG or JPEG file."));
  await input.setInputFiles({ name: "gesprek.pdf", mimeType: "application/pdf", buffer: pdf });
  await h.read("gesprek.pdf");
}

/** The newest report, opened by a reviewer. */
async function openNewest(who, play) {
  const tr = trOf(play.language);
  const page = await stage.signedIn(who, play);
  const h = new Pointer(page);
  await h.link(tr("Meldingen", "Reports"));
  await h.at(tr("Meldingen", "Reports"));
  return { page, h, tr };
}

async function listen(play) {
  const { page, h, tr } = await openNewest("vertrouwenspersoon", play);
  await lookerOf(play)(page, "list");
  await page.locator(".sm-cards a").first().click();
  await h.at(tr("Een melding", "A report"));
  await h.read(secret);
  await h.read(tr("Wil onbekend blijven", "Wants to stay unknown"));
  const answer = tr("Dank je wel. Wil je dat we hier iets mee doen?", "Thank you. Do you want us to do something about it?");
  await h.fill(tr("Je antwoord aan de melder", "Your answer to the reporter"), answer);
  await h.button(tr("Verstuur je antwoord", "Send your answer"));
  await h.read(answer);
  await settled(page);
  await h.read(/^(Je kunt dit doorgeven aan de behandelaar zodra|You can hand this over to the case handler once)/);
  await lookerOf(play)(page, "report");
  await page.context().close();
  return answer;
}

async function comeBack(play, code, answer) {
  const tr = trOf(play.language);
  const page = await stage.page(play);
  const h = new play.hands(page);
  await h.visit("/melden/terug");
  await h.fill(tr("Je code", "Your code"), "ABCD");
  await h.button(tr("Open mijn melding", "Open my report"));
  await h.read(tr("Deze code klopt niet, of de melding is er niet meer.", "This code is not right, or the report is no longer there."));
  await h.fill(tr("Je code", "Your code"), code.toLowerCase().replaceAll("-", " "));
  await h.button(tr("Open mijn melding", "Open my report"));
  await h.read(answer);
  await h.read("gesprek.pdf");
  await h.tick(tr("De behandelaar mag mijn melding lezen", "The case handler may read my report"));
  await h.button(tr("Bewaar", "Save"));
  await h.read(tr("Je keuze is bewaard.", "Your choice was saved."));
  await h.fill(tr("Schrijf een bericht", "Write a message"), "Ja, graag.");
  await h.button(tr("Verstuur", "Send"));
  await h.read("Ja, graag.");
  await lookerOf(play)(page, "own");
  await page.context().close();
}

async function handOver(play) {
  const { page, h, tr } = await openNewest("vertrouwenspersoon", play);
  await page.locator(".sm-cards a").first().click();
  await h.at(tr("Een melding", "A report"));
  await h.button(tr("Geef door aan de behandelaar", "Hand over to the case handler"));
  await h.read(tr("Doorgegeven aan de behandelaar.", "Handed over to the case handler."));
  await page.context().close();
}

async function handle(play) {
  const { page, h, tr } = await openNewest("behandelaar", play);
  await page.locator(".sm-cards a").first().click();
  await h.at(tr("Een melding", "A report"));
  await h.read("Ja, graag.");
  const [download] = await Promise.all([page.waitForEvent("download"), h.button(/gesprek\.pdf/)]);
  assert.equal(download.suggestedFilename(), "gesprek.pdf");
  assert.deepEqual(await readFile(await download.path()), pdf);
  await h.read(tr("Voor een zaak is toestemming van de melder nodig.", "A case needs the reporter's consent."));
  await h.open(tr("Sluit deze melding", "Close this report"));
  await h.button(tr("Sluit de melding", "Close the report"));
  await page.getByText(tr("Kies hoe het afliep.", "Choose how it ended.")).first().waitFor();
  await h.choose(tr("De melder kreeg advies", "The reporter got advice"));
  await lookerOf(play)(page, "close");
  await h.button(tr("Sluit de melding", "Close the report"));
  await h.read(tr("De melding is gesloten.", "The report was closed."));
  await settled(page);
  await page.context().close();
}

for (const play of plays)
  test(`a report ${play.name}`, async () => {
    const code = await tell(play);
    const answer = await listen(play);
    await comeBack(play, code, answer);
    await handOver(play);
    await handle(play);
  });

test("a student who is signed in reports by the own proposal, with a name; and can leave at once", async () => {
  const made = await stage.do("to_state", { state: "CONFIRMED" });
  const page = await stage.signedIn("student", { email: made.email });
  const h = new Pointer(page);
  await h.link("Meld iets");
  await h.button("Begin met melden");
  await h.at("Wanneer gebeurde het?");
  await h.choose("Toen ik een stage zocht");
  await h.button("Verder");
  await h.choose("Iets anders");
  await h.button("Verder");
  await h.tick("Leeftijd");
  await h.button("Verder");
  await h.fill("Je verhaal", "Ze vonden me te jong.");
  await h.button("Verder");
  await h.choose("Zorg Voorbeeld");
  await checkPage(page, "report-student-company");
  await h.button("Verder");
  await h.choose("Dat school er iets mee doet");
  await h.button("Verder");
  await h.choose(/^De behandelaar van meldingen/);
  await h.tick(/^De school mag er een zaak van maken/);
  await h.button("Verder");
  await h.button("Verder");
  await h.choose("Ja, de lezer mag mijn naam zien");
  await h.button("Verder");
  await h.button("Verstuur mijn melding");
  await h.at("Je melding is verstuurd");
  await page.route("https://www.knmi.nl/**", (route) => route.fulfill({ body: "<h1>Weer</h1>", contentType: "text/html" }));
  page.complaints.length = 0;
  await h.button("Weg van deze pagina");
  await page.waitForURL("https://www.knmi.nl/**");
  await page.goBack();
  await settled(page);
  assert.equal(await page.locator("output").count(), 0, "the way back does not show the code");
  await page.context().close();

  const { page: theirs, h: reader } = await openNewest("behandelaar", plays[0]);
  await theirs.locator(".sm-cards a").first().click();
  await reader.read(/^Sanne/);
  assert.match(await theirs.getByRole("link", { name: "Open een zaak van deze melding" }).getAttribute("href"), /zaken\/nieuw\?.*melding=[0-9a-f]{32}$/);
  await theirs.context().close();
});

test("a school hands out codes, and each works once", async () => {
  const { page, h } = await openNewest("vertrouwenspersoon", plays[0]);
  await h.link("Codes voor studenten zonder account");
  await h.at("Codes voor studenten zonder account");
  await h.fill("Hoeveel codes?", "51");
  await h.read("Vul een getal van 1 tot 50 in.");
  await h.fill("Hoeveel codes?", "2");
  await h.button("Maak codes");
  await h.see("heading", "De codes");
  assert.equal(await page.locator("main code").count(), 2);
  await checkEverywhere(page, "report-codes");
  await page.context().close();
});
