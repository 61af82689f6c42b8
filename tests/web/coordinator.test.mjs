// A stagecoördinator's whole story, from signing in to a completed stage, through the pages alone: with a mouse in Dutch, and with the
// keyboard alone in English.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Keyboard, Pointer } from "./hands.mjs";
import { hear, look } from "./look.mjs";
import { csvFile, give, readExcelCsv, take, xlsxFile } from "./sheets.mjs";
import { openStage, settled } from "./stage.mjs";

const qualification = "25656";
const company = { id: "990000002", name: "Zorghuis De Linde", contact: "Riet Dekker", email: "riet@delinde.example" };
const header = ["Kaartnr", "Roepnaam", "Achternaam", "E-mail adres", "Geboorteland", "Postcode", "Crebo", "Leerweg", "Leerjaar", "Begindatum", "Einddatum", "Uren per week", "Vaardigheden", "Voorkeuren"];
const period = { from: "2027-02-01", to: "2027-07-02" };

/* The first six fit the school's own place alone; the other two would rather go to the place that asks more. */
const people = [
  ["Anna", "Bakker"],
  ["Daan", "Visser"],
  ["Eva", "Smit"],
  ["Finn", "Mulder"],
  ["Gijs", "Bos"],
  ["=Hanna", "Vos"],
  ["Bram", "Peters"],
  ["Bo", "Kok"],
].map(([first, last], i) => ({ number: `10000${i + 1}`, first, last, strong: i > 5 }));

function rowOf({ number, first, last, strong }) {
  const email = `s${number}@student.example`;
  const skills = `verzorging=${strong ? 5 : 3}|rapporteren=4`;
  return [number, first, last, email, "Suriname", "3511 SA", qualification, "BOL", "2", "1-2-2027", "2-7-2027", "32", skills, strong ? "990000001/B-1" : ""];
}

let stages = [];
after(() => Promise.all(stages.map((stage) => stage.end())));

/** One playing of the story: its hands, its language, and whether pictures of it are taken. */
async function begin(language, Hands, pictures) {
  const stage = await openStage();
  stages.push(stage);
  const page = await stage.page({ language });
  const h = new Hands(page);
  const tr = (nl, en) => (language === "nl" ? nl : en);
  /* `heard` false: its order is by chance. */
  const seen = async (name, heard = true) => {
    if (pictures) await look(page, `coordinator-${name}`);
    if (heard) await hear(page, `coordinator-${name}-${language}`);
  };
  const card = (text) => page.locator("main li").filter({ hasText: text }).first();
  return { stage, page, h, tr, seen, card, language };
}

async function signIn({ stage, h, tr, seen }) {
  const { email, password } = await stage.do("login", { who: "coordinator" });
  await h.visit("/");
  await h.page.getByRole("banner").getByRole("link", { name: tr("Inloggen", "Sign in") }).waitFor(); // who is signed in was asked
  await h.link(tr("Inloggen", "Sign in"));
  await h.fill(tr("E-mailadres", "E-mail address"), email);
  await h.fill(tr("Wachtwoord", "Password"), password);
  await h.button(tr("Inloggen", "Sign in"));
  await h.at(tr("Taken", "Tasks"));
  await h.read(tr("Er wacht niets op je.", "Nothing waits for you."));
  await seen("nothing-waits");
}

const figure = (page, value, text) => page.locator("main li").filter({ hasText: new RegExp(`^${value}\\s*${text}$`) }).waitFor();

async function importStudents(play) {
  const { page, h, tr, seen } = play;
  await h.link(tr("Lees studenten in", "Import students"));
  await h.at(tr("Studenten inlezen", "Import students"));
  const wrong = people.map(rowOf);
  wrong[1][11] = "tachtig";
  wrong[4][3] = "gijs bij student.example";
  await give(page, () => h.button(tr("Kies een bestand", "Choose a file")), csvFile("studenten.csv", [header, ...wrong]));
  await h.see("heading", tr("Wat staat in welke kolom?", "What is in which column?"));
  await h.read(tr("Deze kolommen laten we weg en lezen we niet: Geboorteland.", "These columns are left out and not read: Geboorteland."));
  await h.select(tr("Wat kolom Kaartnr is", "What column Kaartnr is"), tr("Studentnummer *", "Student number *"));
  await seen("import-columns");
  await h.button(tr("Controleer de rijen", "Check the rows"));
  await h.read(tr("2 rijen hebben nog een fout, 6 kloppen.", "2 rows have something wrong, 6 are right."));
  await seen("import-check");
  await h.fill(tr("Rij 3, Uren per week", "Row 3, Hours a week"), "32");
  await h.fill(tr("Rij 6, E-mail", "Row 6, E-mail"), "s100005@student.example");
  await h.button(tr("Vergelijk met wat er al is", "Compare with what is there"));
  await figure(page, 8, tr("nieuw", "new"));
  await h.button(tr("Lees 8 rijen in", "Import 8 rows"));
  await h.read(tr("Klaar: 8 nieuw, 0 gewijzigd, 0 hetzelfde.", "Done: 8 new, 0 changed, 0 the same."));
}

/** A month later, out of another system: one changed, one new who is the ninth, one who is not in it any more. */
async function importAgain({ page, h, tr, seen }) {
  await h.button(tr("Nog een bestand", "Another file"));
  const own = ["studentnummer", ...header.slice(1)];
  const rows = people.slice(0, 7).map(rowOf);
  rows[2][11] = 28;
  rows.push(["100009", "Ilse", "Blom", "s100009@student.example", "", "3511 SA", qualification, "BOL", "2", "1-2-2027", "2-7-2027", 32, "verzorging=1", ""]);
  await give(page, () => h.button(tr("Kies een bestand", "Choose a file")), xlsxFile("studenten.xlsx", [own, ...rows]));
  await h.button(tr("Controleer de rijen", "Check the rows"));
  await h.read(tr("8 rijen kloppen.", "8 rows are right."));
  await h.button(tr("Vergelijk met wat er al is", "Compare with what is there"));
  for (const [value, text] of [
    [1, tr("nieuw", "new")],
    [1, tr("gewijzigd", "changed")],
    [6, tr("hetzelfde", "the same")],
    [1, tr("niet in dit bestand", "not in this file")],
  ])
    await figure(page, value, text);
  await h.read(tr("Uren per week: 32 → 28", "Hours a week: 32 → 28"));
  await h.open(tr("Niet in dit bestand (1)", "Not in this file (1)"));
  await h.see("link", "Bo Kok");
  await seen("import-compare");
  await h.button(tr("Lees 8 rijen in", "Import 8 rows"));
  await h.read(tr("Klaar: 1 nieuw, 1 gewijzigd, 6 hetzelfde.", "Done: 1 new, 1 changed, 6 the same."));
  await h.link(tr("Naar de studenten", "To the students"));
}

async function students({ page, h, tr, seen }) {
  await h.at(tr("Studenten", "Students"));
  await h.read(tr("9 studenten", "9 students"));
  await seen("students");
  await page.keyboard.press("Control+K");
  await page.keyboard.type("bakk");
  await h.read(tr("1 student", "1 student"));
  await h.see("link", "Bakker, Anna");
  await h.fill(tr("Zoek", "Search"), "");
  await h.select(tr("Fase", "Phase"), tr("Ontwikkeling", "Development"));
  await h.read(tr("2 studenten", "2 students")); // those who said what they would like
  await h.select(tr("Fase", "Phase"), tr("Alles", "All"));
  await h.button(tr("Kies deze allemaal", "Choose all of these"));
  await h.button(tr("Nodig de gekozen studenten uit", "Invite the chosen students"));
  await h.read(tr("9 studenten krijgen een e-mail met een persoonlijke link. Daarmee maken ze een account.", "9 students get an e-mail with a personal link, to make an account with."));
  await h.button(tr("Verstuur de uitnodigingen", "Send the invitations"));
  await h.read(tr("9 studenten zijn uitgenodigd.", "9 students were invited."));
  const rows = readExcelCsv(await take(page, () => h.button(tr("Bewaar gekozen als CSV", "Save the chosen as CSV"))));
  assert.equal(rows.length, 10);
  assert.ok(rows.flat().includes("'=Hanna Vos"), "a name that begins as a formula is text");
  await arrowsThroughRows(page);
  await h.link("Bakker, Anna");
  await h.at(tr("Student", "Student"));
  await h.read(tr("Nodig de student uit. Dan controleert de student het profiel en geeft wensen door.", "Invite the student, who then checks the profile and gives preferences."));
  await h.see("link", "s100001@student.example");
  await seen("student");
}

/* Arrow keys go through the rows of a long list; Enter opens the one that has the focus. */
async function arrowsThroughRows(page) {
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("data-row"));
  await page.locator('[data-row="0"]').focus();
  for (const [key, row] of [["ArrowDown", "1"], ["End", "8"], ["Home", "0"]]) {
    await page.keyboard.press(key);
    await page.waitForFunction((wanted) => document.activeElement?.getAttribute("data-row") === wanted, row);
    assert.equal(await focused(), row);
  }
}

async function contact({ stage, page, h, tr, seen, card }) {
  await h.link(tr("Bedrijven", "Companies"));
  await h.at(tr("Bedrijven", "Companies"));
  await h.button(tr("Nodig een contactpersoon uit", "Invite a contact"));
  await h.button(tr("Verstuur de uitnodiging", "Send the invitation"));
  await h.read(tr("Vul de naam in.", "Enter the name."));
  await h.fill(tr("Naam", "Name"), company.contact);
  await h.fill(tr("E-mailadres", "E-mail address"), company.email);
  await h.fill(tr("Leerbedrijf-id", "Leerbedrijf id"), company.id);
  await h.button(tr("Verstuur de uitnodiging", "Send the invitation"));
  await h.closed();
  await card(company.contact).getByText(tr("Uitgenodigd, nog geen wachtwoord", "Invited, no password yet")).waitFor();
  await stage.do("accept", { who: "riet", code: await stage.do("code", { email: company.email }) });
  await h.link(tr("Taken", "Tasks"));
  await h.link(tr("Bedrijven", "Companies"));
  await card(company.contact).getByText(tr("Nog niet gecontroleerd", "Not checked yet")).waitFor();
  await seen("companies");
  await h.button(tr("Controleer dit contact", "Check this contact"));
  await h.opened();
  await seen("check-contact");
  await h.tick(tr("Ik heb gebeld met een nummer dat ik zelf vond, en het klopt", "I called a number that I found myself, and it is right"));
  await h.button(tr("Dit contact klopt", "This contact is right"));
  await h.closed();
  await card(company.contact).getByText(tr("Gecontroleerd", "Checked"), { exact: true }).waitFor();
}

async function placeOnBehalf({ h, tr, seen }) {
  await h.link(tr("Plekken", "Places"));
  await h.button(tr("Nieuwe plek namens een bedrijf", "New place on behalf of a company"));
  await h.fill(tr("Of vul het leerbedrijf-id in", "Or enter the leerbedrijf id"), company.id);
  await h.button(tr("Verder met dit bedrijf", "Go on with this company"));
  await h.fill(tr("Wat gaat een student doen?", "What will a student do?"), tr("Meelopen in de zorg", "Working in care"));
  await h.fill(tr("Zoek een opleiding", "Find a programme"), qualification);
  await h.button(/Verzorgende IG/);
  await h.fill(tr("Voor hoeveel studenten is er plek?", "For how many students is there room?"), "6");
  await h.fill(tr("Naam van je bedrijf", "Name of your company"), company.name);
  await h.fill(tr("KvK-nummer", "Chamber of Commerce number"), "90000002");
  await h.fill(tr("Postcode van de werkplek", "Postcode of the workplace"), "3511 AB");
  await h.button(tr("Verder", "Next"));
  await h.fill(tr("Eerste dag", "First day"), period.from);
  await h.fill(tr("Laatste dag", "Last day"), period.to);
  await h.fill(tr("Uren per week, ten hoogste", "Hours a week, at most"), "36");
  await h.button(tr("Verder", "Next"));
  await h.fill(tr("Zoek iets dat moet", "Find what is required"), tr("wassen", "washing"));
  await h.button(/Helpen bij wassen en aankleden|Helping with washing and dressing/);
  await seen("place-criteria");
  await h.button(tr("Verder", "Next"));
  await h.button(tr("Bekendmaken", "Publish"));
  await h.button(tr("Ja, maak bekend", "Yes, publish"));
  await h.at(tr("Plekken", "Places"));
  await h.read(tr("1 plek", "1 place"));
}

/** The round, and a second tab that only looks on. */
async function round(now) {
  const { stage, page, h, tr, seen } = now;
  await stage.do("place", { number: "B-1", capacity: 2, qualifications: [qualification], hardCriteria: [{ skill: "verzorging", level: 5 }] });
  await h.link(tr("Rondes", "Rounds"));
  await h.button(tr("Nieuwe ronde", "New round"));
  await h.fill(tr("Naam van de ronde", "Name of the round"), tr("Zorg, februari 2027", "Care, February 2027"));
  await h.button(tr("Verder", "Next"));
  await h.button(tr("Kies alles met studenten én plekken", "Choose all with both students and places"));
  await h.see("checkbox", /Verzorgende IG/);
  await h.button(tr("Verder", "Next"));
  await h.see("heading", tr("Wie beslist", "Who decides"));
  await seen("round-who-decides");
  await h.button(tr("Verder", "Next"));
  await h.button(tr("Verder", "Next"));
  await h.button(tr("Maak de ronde", "Make the round"));
  await h.at(tr("Zorg, februari 2027", "Care, February 2027"));
  const tab = await page.context().newPage();
  await tab.goto(page.url());
  await tab.getByText(tr("Deze pagina loopt vanzelf mee.", "This page follows by itself.")).waitFor();
  await h.button(tr("Doe alles tot het resultaat", "Do all up to the result"));
  await h.read(/9 (studenten|students).*8 (plekken|places)/);
  await h.read(tr("Het resultaat is er. Bekijk het hieronder en maak de ronde dan bekend.", "The result is there. Look at it below, and publish the round."));
  await seen("round-result");
  await tab.locator("main").getByText(tr("Berekend en gecontroleerd", "Solved and checked")).first().waitFor();
  await h.button(tr("Maak bekend", "Publish"));
  await h.button(tr("Ja, maak bekend", "Yes, publish"));
  await h.see("heading", tr("Bestanden", "Files"));
  await tab.getByRole("heading", { name: tr("Bestanden", "Files") }).waitFor();
  await tab.close();
  const result = readExcelCsv(await take(page, () => h.button(tr("Resultaat met namen (Excel, CSV)", "Result with names (Excel, CSV)"))));
  assert.ok(result.flat().some((cell) => cell.endsWith("=Hanna")), "the result has names, none a formula");
  const record = await take(page, () => h.button(tr("Alles in één bestand (JSON)", "All in one file (JSON)")));
  assert.ok(!record.text.includes("Bakker"), "the record has no names");
  now.round = new URL(page.url()).pathname.split("/").at(-1);
}

async function review({ page, h, tr, seen }) {
  await h.link(tr("Taken", "Tasks"));
  await h.at(tr("Taken", "Tasks"));
  await h.see("link", tr("Beoordeel dit voorstel", "Review this proposal"));
  await seen("tasks", false);
  await h.link(tr("Voorstellen", "Proposals"));
  await h.read(tr("8 voorstellen", "8 proposals"));
  await h.button(tr(`Waarom ${company.name} voor Anna Bakker`, `Why ${company.name} for Anna Bakker`));
  await h.read(/band 1|keus 1|choice 1/);
  await seen("why");
  await h.button(tr("Sluiten", "Close"));
  await h.closed();
  await seen("proposals");
  await h.link("Bakker, Anna");
  await h.at(tr("Voorstel", "Proposal"));
  await h.see("link", "Anna Bakker (100001)");
  await seen("proposal");
  const approve = tr("Keur goed", "Approve");
  await h.button(approve);
  await h.button(tr("Ongedaan maken", "Undo"));
  await h.button(approve);
  await h.see("button", tr("Ongedaan maken", "Undo"));
  await page.keyboard.press("Control+z");
  await h.button(approve);
  await h.read(tr("Wacht op het bedrijf", "Waits for the company"));
}

async function vetoAndBulk({ page, h, tr, seen }) {
  await h.link(tr("Alle voorstellen", "All proposals"));
  await h.link("Visser, Daan");
  await h.button(tr("Houd tegen", "Stop it"));
  await h.opened();
  await h.button(tr("Houd tegen", "Stop it"));
  await h.read(tr("Kies een reden.", "Choose a reason."));
  await h.choose(tr("De echte reistijd is te lang", "The real travel time is too long"));
  await seen("veto");
  await h.button(tr("Houd tegen", "Stop it"));
  await h.closed();
  await h.read(tr("Tegengehouden door school", "Stopped by the school"));
  await h.link(tr("Alle voorstellen", "All proposals"));
  await h.read(tr("6 voorstellen", "6 proposals"));
  await h.button(tr("Kies deze allemaal", "Choose all of these"));
  await h.button(tr("Keur 6 voorstellen goed", "Approve 6 proposals"));
  await h.read(tr("0 voorstellen", "0 proposals"));
  await h.select(tr("Waar het staat", "Where it stands"), tr("Wacht op het bedrijf", "Waits for the company"));
  await h.read(tr("7 voorstellen", "7 proposals"));
  const rows = readExcelCsv(await take(page, () => h.button(tr("Bewaar als CSV", "Save as CSV"))));
  assert.equal(rows.length, 8);
}

/** From the company's yes to the last day of the stage, all of it entered by the school. */
async function guide({ stage, page, h, tr, seen }) {
  await h.link("Bakker, Anna");
  await h.link(tr("Voer in namens het bedrijf", "Enter for the company"));
  await h.at(tr("Kandidaat, namens het bedrijf", "Candidate, on behalf of the company"));
  await seen("on-behalf");
  await h.button(tr("Het bedrijf stemt in", "The company agrees"));
  await h.read(tr("Het bedrijf hoeft nu niets te doen.", "The company has nothing to do now."));
  await h.link(tr("Terug naar het voorstel", "Back to the proposal"));
  await h.button(tr("Bevestig namens de student", "Confirm for the student"));
  await h.tick(tr("De student heeft mij dit zelf verteld", "The student told me this"));
  await h.button(tr("De student zegt ja", "The student says yes"));
  await h.closed();
  await h.button(tr("Geef de gegevens vrij", "Release the details"));
  await h.read(`${tr("Wie het kan lezen:", "Who can read it:")} ${company.contact} (${company.email})`);
  await seen("release");
  await h.button(tr("Geef vrij", "Release"));
  await h.closed();
  await h.fill(tr("Dag van de kennismaking", "Day of the introduction"), "2027-01-14");
  await h.button(tr("Gebruik de standaardtekst", "Use the standard text"));
  await h.button(tr("Plan de kennismaking", "Plan the introduction"));
  await h.read(tr("Nog niet. Het bedrijf ziet de tekst nog niet.", "Not yet. The company does not see the text yet."));
  const meeting = await take(page, () => h.button(tr("Zet in mijn agenda", "Add to my calendar")));
  assert.match(meeting.text, /DTSTART;VALUE=DATE:20270114\r\n/);
  assert.ok(!meeting.text.includes("Anna"), "nothing personal in an agenda");
  await annaAgrees(stage, new URL(page.url()).pathname.split("/").at(-1));
  await h.button(tr("Kijk of er iets veranderde", "See whether something changed"));
  await h.read(tr("Ja. Het bedrijf kan de tekst lezen.", "Yes. The company can read the text."));
  await seen("introduction");
  await h.link(tr("Voer in namens het bedrijf", "Enter for the company"));
  await h.button(tr("De student komt", "The student comes"));
  await h.read(tr("Het bedrijf hoeft nu niets te doen.", "The company has nothing to do now."));
  await h.link(tr("Terug naar het voorstel", "Back to the proposal"));
  await agreement({ page, h, tr, seen });
  await h.button(tr("De stage is begonnen", "The internship began"));
  await h.opened();
  await seen("begin");
  await h.button(tr("De stage is begonnen", "The internship began"));
  await h.closed();
  await checkIn({ page, h, tr });
  await h.button(tr("Rond de stage af", "Complete the internship"));
  await h.opened();
  await h.button(tr("Rond de stage af", "Complete the internship"));
  await h.closed();
  await h.read(tr("Afgerond", "Completed"));
  await seen("completed");
}

/* The student reads how she is introduced, and agrees. */
async function annaAgrees(stage, proposalId) {
  await stage.do("accept", { who: "anna", code: await stage.do("code", { email: "s100001@student.example" }) });
  const { version } = await stage.do("proposal", { proposal: proposalId });
  await stage.do("call", { method: "ProposalService/AgreeIntroduction", who: "anna", change: true, proposalId, version });
}

async function agreement({ page, h, tr, seen }) {
  await h.link(tr("Gegevens voor de praktijkovereenkomst", "Data for the placement agreement"));
  await h.at(tr("Praktijkovereenkomst", "Placement agreement"));
  await h.read("Anna Bakker");
  await seen("agreement");
  await page.evaluate(() => (globalThis.print = () => (globalThis.printed = true)));
  await h.button(tr("Print", "Print"));
  assert.ok(await page.evaluate(() => globalThis.printed));
  await page.emulateMedia({ media: "print" });
  assert.ok(!(await page.getByRole("banner").isVisible()), "the frame is not printed");
  assert.ok(await page.getByText("Anna Bakker").isVisible());
  await page.emulateMedia({ media: "screen" });
  const rows = readExcelCsv(await take(page, () => h.button(tr("Bewaar als CSV", "Save as CSV"))));
  assert.ok(rows[1].includes("Anna Bakker") && rows[1].includes(company.name));
  await h.link(tr("Terug naar het voorstel", "Back to the proposal"));
}

async function checkIn({ page, h, tr }) {
  const { text } = await take(page, () => h.button(tr("Zet de check-ins in mijn agenda", "Add the check-ins to my calendar")));
  assert.equal(text.match(/BEGIN:VEVENT/g).length, 3);
  assert.equal(text.match(/BEGIN:VALARM/g).length, 3);
  const proposal = page.url();
  await h.link(tr("Bedrijven", "Companies"));
  await h.button(tr("Beslis namens een bedrijf", "Decide on behalf of a company"));
  await h.fill(tr("Zoek op bedrijf of plek", "Search company or place"), company.name);
  const row = page.getByRole("row").filter({ hasText: tr("Stage loopt", "Internship runs") });
  await h.link(await row.getByRole("link").first().innerText());
  for (const answer of [tr("Er is iets waar we aan werken", "There is something that we work on"), tr("Ja, er is genoeg tijd en contact", "Yes, there is enough time and contact"), tr("Ja, iedereen hoort erbij", "Yes, everybody belongs")])
    await h.choose(new RegExp(answer));
  await h.button(tr("Voer de antwoorden in", "Enter the answers"));
  await h.read(tr("De antwoorden van het bedrijf zijn ingevoerd.", "The company's answers were entered."));
  await h.visit(proposal);
  await h.read(tr("Oranje: kan beter", "Orange: could be better"));
}

/** What may go otherwise: a student who stops before anybody decided, a stage that does not begin, and one that ends early. */
async function otherwise({ stage, h, tr }) {
  await h.link(tr("Voorstellen", "Proposals"));
  await h.select(tr("Waar het staat", "Where it stands"), tr("Alles", "All"));
  await h.link("Peters, Bram");
  await end({ h, tr }, tr("Trek de student terug", "Withdraw the student"), tr("De student wil liever ander werk leren", "The student would rather learn other work"));
  await h.read(tr("Student teruggetrokken", "Student withdrawn"));
  const placed = await stage.do("to_state", { state: "PLACED" });
  await h.visit(`/school/voorstellen/${placed.proposal}`);
  await end({ h, tr }, tr("De stage gaat niet door", "It will not start"), tr("Er is geen praktijkopleider beschikbaar", "No workplace supervisor is available"));
  await h.read(tr("Ging niet door", "Did not start"));
  const started = await stage.do("to_state", { state: "STARTED" });
  await h.visit(`/school/voorstellen/${started.proposal}`);
  await end({ h, tr, side: tr("Het bedrijf", "The company") }, tr("De stage is eerder gestopt", "It ended early"), tr("Het bedrijf of de afdeling sluit of verhuist", "The company or department is closing or moving"));
  await h.read(tr("Eerder gestopt", "Ended early"));
}

async function end({ h, side }, button, reason) {
  await h.button(button);
  await h.opened();
  if (side) await h.choose(side);
  await h.choose(reason);
  await h.button(button);
  await h.closed();
}

/** Twice a reason that is not on the list: the place is paused, and the school calls. */
async function pausedPlace({ stage, page, h, tr, seen, round: roundId }) {
  await h.link(tr("Bedrijven", "Companies"));
  await h.button(tr("Beslis namens een bedrijf", "Decide on behalf of a company"));
  await h.fill(tr("Zoek op bedrijf of plek", "Search company or place"), company.name);
  await h.link(/^(Kandidaat|Candidate) /);
  await settled(page);
  const earlier = page.getByRole("link", { name: tr("Naar de kandidaat die eerst komt", "To the candidate who comes first") });
  if ((await earlier.count()) > 0) await h.link(tr("Naar de kandidaat die eerst komt", "To the candidate who comes first"));
  await h.button(tr("Het bedrijf heeft bezwaar", "The company objects"));
  await h.choose(tr("Anders (een toelichting is nodig)", "Other (an explanation is needed)"));
  await h.fill(tr("Leg uit waarom", "Explain why"), tr("Er is een verbouwing op de afdeling.", "The department is being rebuilt."));
  await h.button(tr("Verder", "Next"));
  await h.opened();
  await seen("objection");
  await h.button(tr("Bezwaar versturen", "Send the objection"));
  await h.closed();
  const waiting = (await stage.do("proposals", { round: roundId, state: "APPROVED" })).filter((one) => one.companyName === company.name);
  await objectToFirst(stage, waiting);
  await h.link(tr("Taken", "Tasks"));
  await h.link(tr("Bel het bedrijf: de plek is gepauzeerd", "Call the company: the place is paused"));
  await h.at(tr("Meelopen in de zorg", "Working in care"));
  await seen("paused-place");
  await h.button(tr("Ik heb gebeld: open de plek weer", "I have called: open the place again"));
  await h.button(tr("Ja, open weer", "Yes, open again"));
  await h.closed();
  await h.read(tr("Open voor matching", "Open for matching"));
}

/* Candidates come one by one: only the first of them can be decided on. */
async function objectToFirst(stage, waiting) {
  const sent = { change: true, who: "coordinator", reason: "anders", text: "Zelfde verbouwing." };
  for (const { candidate, version } of waiting) {
    const went = await stage.do("call", { method: "CandidateService/ObjectToCandidate", candidate, version, ...sent }).then(
      () => true,
      () => false,
    );
    if (went) return;
  }
  throw new Error("no candidate could be objected to");
}

/** A round that fails says why, and what to do. */
async function failedRound({ stage, h, tr, seen }) {
  await stage.do("classmates", { count: 1, qualification: "25182" });
  await stage.do("place", { number: "K-1", qualifications: ["25182"] });
  await stage.do("failing_round", { qualification: "25182" });
  await h.link(tr("Taken", "Tasks"));
  await h.link(tr("Een ronde mislukte: begin een nieuwe", "A round failed: begin another"));
  await h.at("Keuken");
  await h.read("postcode_unknown");
  await seen("failed-round");
}

/* Each part of the story by what it is called in the list of clicks and fields. */
const chapters = [
  ["sign in", signIn],
  ["import a CSV file", importStudents],
  ["import an Excel file", importAgain],
  ["find, invite and save students", students],
  ["invite and check a contact", contact],
  ["enter a place", placeOnBehalf],
  ["a round up to its publication", round],
  ["review and approve one", review],
  ["stop one, approve the others", vetoAndBulk],
  ["from the company's yes to the end of the stage", guide],
  ["three that end otherwise", otherwise],
  ["a paused place", pausedPlace],
  ["a failed round", failedRound],
];

async function play(language, Hands, pictures) {
  const now = await begin(language, Hands, pictures);
  const { h } = now;
  for (const [name, chapter] of chapters) {
    const before = [h.clicks, h.fields];
    await chapter(now);
    console.log(`coördinator (${language}, ${Hands.name}): ${name}: ${h.clicks - before[0]} clicks, ${h.fields - before[1]} fields`);
  }
  assert.deepEqual(now.page.complaints, []);
  console.log(`coördinator (${language}, ${Hands.name}): ${h.clicks} clicks and ${h.fields} fields from sign-in to done`);
}

test("a coördinator's whole story, in Dutch", () => play("nl", Pointer, true));
test("a coördinator's whole story with the keyboard alone, in English", () => play("en", Keyboard, false));
