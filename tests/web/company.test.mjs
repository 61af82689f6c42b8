// The whole story of a company: from the link in its invitation to the check-in, its figures and who helps.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { look } from "./look.mjs";
import { openStage } from "./stage.mjs";
import { dayFromNow, plays, Story } from "./story.mjs";

const password = "een lang genoeg wachtwoord";
const qualifications = ["25656", "25655", "25696"];
const classmates = 8;
const seats = 3;
const school = "Voorbeeldcollege Utrecht"; // of config/schools.csv
/* A stage so short that the questions at its end are asked at once: no clock is turned. */
const period = { startDate: dayFromNow(1), endDate: dayFromNow(6) };

let stage;
before(async () => void (stage = await openStage()));
after(() => stage?.end());

/** `Kandidaat 1A2B`, as the company's pages call a proposal's candidate. */
const labelOf = (story, proposal) => `${story.t("Kandidaat", "Candidate")} ${proposal.candidate.slice(0, 4).toUpperCase()}`;

const titleOf = ({ t }) => t("Meelopen op de afdeling", "Learning on the ward");

async function becomeAccount(story) {
  const { t, play } = story;
  const who = `bedrijf${play.number}`;
  const { account, code, email } = await stage.do("invite", { who, role: "company", scope: [`99000001${play.number}`] });
  const me = await story.person();
  await me.visit(`/invitation#${code}`);
  await me.at(t("Welkom bij Stagematch", "Welcome to Stagematch"));
  await story.see("invitation");
  await me.fill(t("Kies een wachtwoord", "Choose a password"), password);
  await me.button(t("Account maken", "Make my account"));
  await me.read(t("Je account is gemaakt", "Your account was made"));
  await story.see("account-made");
  await stage.do("check_contact", { account });
  await me.link(t("Naar inloggen", "To sign in"));
  await me.at(t("Inloggen", "Sign in"));
  await me.fill(t("E-mailadres", "E-mail address"), email);
  await me.fill(t("Wachtwoord", "Password"), password);
  await me.button(t("Inloggen", "Sign in"));
  await me.at(t("Taken", "Tasks"));
  await story.see("first-home");
}

async function publishFirstPlace(story) {
  const { t, play, me } = story;
  const code = qualifications[play.number];
  await me.button(t("Vul je eerste plek in", "Enter your first place"));
  await me.at(t("Nieuwe plek", "New place"));
  await me.fill(t("Wat gaat een student doen?", "What will a student do?"), titleOf(story));
  await me.fill(t("Zoek een opleiding", "Find a programme"), code);
  await me.button(new RegExp(`\\(${code}\\)$`));
  await me.fill(t("Voor hoeveel studenten is er plek?", "For how many students is there room?"), String(seats));
  await me.fill(t("Naam van je bedrijf", "Name of your company"), "Zorg Voorbeeld");
  await me.fill(t("KvK-nummer", "Chamber of Commerce number"), "90000001");
  await me.fill(t("Postcode van de werkplek", "Postcode of the workplace"), "3511");
  await story.see("place-work");
  await me.button(t("Verder", "Next"));
  await me.see("heading", t("Wanneer", "When"));
  await me.fill(t("Eerste dag", "First day"), period.startDate);
  await me.fill(t("Laatste dag", "Last day"), period.endDate);
  await me.fill(t("Uren per week, ten hoogste", "Hours a week, at most"), "36");
  await story.see("place-time");
  await me.button(t("Verder", "Next"));
  await me.see("heading", t("Criteria", "Criteria"));
  await me.fill(t("Zoek iets dat moet", "Find what is required"), t("wassen", "washing"));
  await me.button(t("Helpen bij wassen en aankleden", "Helping with washing and dressing"));
  await me.fill(t("Zoek iets dat meetelt", "Find what counts"), t("rapport", "report"));
  await me.button(t("Helder rapporteren", "Writing clear reports"));
  await me.select(t("Minimum", "Minimum"), t("niveau 3 (voldoende)", "level 3 (sufficient)"));
  await story.see("place-criteria");
  await me.button(t("Verder", "Next"));
  await me.see("heading", t("Nakijken", "Check"));
  await story.see("place-check");
  await me.button(t("Bekendmaken", "Publish"));
  await story.see("place-publish");
  await me.button(t("Ja, maak bekend", "Yes, publish"));
  await me.at(t("Plekken", "Places"));
  await me.see("link", titleOf(story));
}

async function copyPlace(story) {
  const { t, me } = story;
  await me.link(titleOf(story));
  await me.at(titleOf(story));
  await story.see("place");
  await me.button(t("Kopiëren", "Copy"));
  await me.at(t("Plek kopiëren", "Copy a place"));
  await me.fill(t("Wat gaat een student doen?", "What will a student do?"), t("Meelopen in de nacht", "Learning at night"));
  for (const step of [t("Wanneer", "When"), t("Criteria", "Criteria"), t("Nakijken", "Check")]) {
    await me.button(t("Verder", "Next"));
    await me.see("heading", step);
  }
  await me.button(t("Bewaar als concept", "Keep as a draft"));
  await me.at(t("Plekken", "Places"));
  await me.see("link", t("Meelopen in de nacht", "Learning at night"));
  await story.see("places");
}

async function withdrawCopy(story) {
  const { t, me } = story;
  await me.link(t("Meelopen in de nacht", "Learning at night"));
  await me.button(t("Terugtrekken", "Withdraw"));
  await me.see("heading", t("Deze plek terugtrekken?", "Withdraw this place?"));
  await me.choose(t("Het bedrijf heeft de plaats op een andere manier vervuld", "The company filled the place in another way"));
  await story.see("withdraw");
  await me.button(t("Plek terugtrekken", "Withdraw the place"));
  await me.closed();
  await me.read(t("Deze plek is teruggetrokken.", "This place was withdrawn."));
}

/** The coördinator's part: a round, and every proposal of it approved. */
async function solveRound(story) {
  const code = qualifications[story.play.number];
  await stage.do("classmates", { count: classmates, qualification: code, ...period });
  story.round = await stage.do("round", { qualification: code });
  await approve(story, seats);
}

/** What became a proposal meanwhile, approved. */
async function approve(story, count = 1) {
  const proposals = await stage.do("proposals", { round: story.round, state: "PROPOSED", count });
  for (const { proposalId } of proposals) await stage.do("step", { method: "ApproveProposal", who: "coordinator", proposal: proposalId });
  return proposals;
}

const inState = async (story, state) => (await stage.do("proposals", { round: story.round })).filter((proposal) => proposal.state === `PROPOSAL_STATE_${state}`);

async function agreeToTwo(story) {
  const { t, me } = story;
  await me.link(t("Taken", "Tasks"));
  await me.link(t("Beslis over een kandidaat", "Decide on a candidate"));
  await me.at(t("Kandidaat", "Candidate"));
  await me.see("heading", t("Past deze student op je plek?", "Does this student fit your place?"));
  await story.see("candidate");
  await me.button(t("Ja, welkom", "Yes, welcome"));
  await me.see("heading", t("Hoe het verder gaat", "What comes next"));
  await story.see("agreed");
  await me.button(t("Verder", "Go on"));
  await me.button(t("Ja, welkom", "Yes, welcome"));
  await me.see("heading", t("Hoe het verder gaat", "What comes next"));
  assert.equal((await inState(story, "ACCEPTED")).length, 2);
}

/** Says no to the candidate whose turn it is. `fill`: what a reason asks besides. */
async function object(story, reason, fill, name) {
  const { t, me } = story;
  await me.button(t("Ik heb bezwaar", "I object"));
  await me.choose(reason);
  await fill?.();
  await story.see(`object-${name}`);
  await me.button(t("Verder", "Next"));
  await me.see("heading", t("Dit bezwaar versturen?", "Send this objection?"));
  await story.see(`object-${name}-sure`);
  await me.button(t("Bezwaar versturen", "Send the objection"));
  await me.see("heading", t("Hoe het verder gaat", "What comes next"));
}

async function openNext(story) {
  const { t, me } = story;
  await approve(story);
  await me.link(t("Taken", "Tasks"));
  await me.link(t("Beslis over een kandidaat", "Decide on a candidate"));
}

async function objectForReasons(story) {
  const { t, me } = story;
  await me.button(t("Verder", "Go on"));
  await object(story, t("Een gewogen criterium ligt onder het minimum dat vooraf is gemeld", "A weighted criterion is below the minimum declared in advance"), () => me.select(t("Om welk criterium gaat het?", "Which criterion is it about?"), t("Helder rapporteren", "Writing clear reports")), "criterion");
  await openNext(story);
  await object(story, t("Anders (een toelichting is nodig)", "Other (an explanation is needed)"), () => me.fill(t("Leg uit waarom", "Explain why"), t("We verbouwen de afdeling in maart.", "We rebuild the ward in March.")), "other");
  assert.deepEqual((await inState(story, "REJECTED")).map((proposal) => proposal.reason).sort(), ["anders", "onder-minimum"]);
}

async function pauseAndReopenSeat(story) {
  const { t, me } = story;
  await openNext(story);
  await object(story, t("Er is nu geen plek of te weinig werk", "There is no room or too little work now"), undefined, "place");
  await me.link(t("Plekken", "Places"));
  await me.link(titleOf(story));
  await me.at(titleOf(story));
  await story.see("place-on-hold");
  await me.button(t("Er is weer plek", "There is room again"));
  await me.read(t("De plek is weer open.", "The place is open again."));
  await stage.do("proposals", { round: story.round, state: "PROPOSED" }); // the seat is looked for again
}

/** The students' and the coördinator's part: both proposals up to their release; the first is introduced and agrees to it. */
async function release(story) {
  story.agreed = await inState(story, "ACCEPTED");
  for (const { proposalId: proposal, stagevraagId: stagevraag } of story.agreed) {
    await stage.do("student_account", { who: proposal, stagevraag });
    await stage.do("step", { method: "ConfirmProposal", who: proposal, proposal });
    await stage.do("step", { method: "ReleaseProposal", who: "coordinator", proposal });
  }
  const [{ proposalId: proposal }] = story.agreed;
  await stage.do("step", { method: "PlanIntroduction", who: "coordinator", proposal, date: dayFromNow(0), text: "Sanne leert graag en is rustig." });
  await stage.do("step", { method: "AgreeIntroduction", who: proposal, proposal });
}

async function meetAndPlace(story) {
  const { t, me } = story;
  await me.link(t("Kandidaten", "Candidates"));
  await me.at(t("Kandidaten", "Candidates"));
  await story.see("candidates");
  await me.link(labelOf(story, story.agreed[0]));
  await me.read("Sanne Voorbeeld");
  await me.read("Sanne leert graag en is rustig.");
  await story.see("released");
  await me.button(t("Vragen voor de kennismaking", "Questions for the introduction"));
  await me.at(t("Vragen voor de kennismaking", "Questions for the introduction"));
  await story.see("introduction");
  await me.link(t("‹ De student", "‹ The student"));
  await me.button(t("Ja, de student komt", "Yes, the student comes"));
  await story.see("place-sure");
  await me.button(t("Ja, geplaatst", "Yes, placed"));
  await me.closed();
  await me.read(t("Geplaatst", "Placed"));
  await story.see("placed");
}

async function dropAfterRelease(story) {
  const { t, me } = story;
  await me.link(t("Kandidaten", "Candidates"));
  await me.link(labelOf(story, story.agreed[1]));
  await me.button(t("De student komt niet", "The student does not come"));
  await me.choose(t("De student is na herhaald contact niet gekomen", "The student did not come after repeated contact"));
  await me.button(t("Verder", "Next"));
  await story.see("drop-sure");
  await me.button(t("Ja, de student komt niet", "Yes, the student does not come"));
  await me.see("heading", t("Hoe het verder gaat", "What comes next"));
  assert.equal((await stage.do("proposal", { proposal: story.agreed[1].proposalId })).state, "PROPOSAL_STATE_DROPPED_AFTER_RELEASE");
  assert.equal(await me.page.getByText("Sanne").count(), 0, "who the student was is no longer told");
}

async function checkIn(story) {
  const { t, me } = story;
  const [{ proposalId: proposal }] = story.agreed;
  await stage.do("step", { method: "StartProposal", who: "coordinator", proposal });
  await me.link(t("Taken", "Tasks"));
  await me.link(t("Vertel hoe het gaat: aan het einde", "Tell how it goes: at the end"));
  await me.at(t("Hoe gaat het, aan het einde?", "How is it going, at the end?"));
  await me.choose(new RegExp(t("^Groen.*Het gaat goed", "^Green.*It goes well")));
  await me.choose(new RegExp(t("^Oranje.*Soms te weinig", "^Orange.*Sometimes too little")));
  await me.choose(new RegExp(t("^Groen.*iedereen hoort erbij", "^Green.*everybody belongs")));
  await story.see("check-in");
  await me.button(t("Versturen", "Send"));
  await me.read(t("Dank je wel. De school leest je antwoorden.", "Thank you. The school reads your answers."));
  const { checkIns } = await stage.do("proposal", { proposal });
  assert.deepEqual(checkIns.map(({ side, answers }) => [side, ...answers]), [["SIDE_COMPANY", "CHECK_IN_ANSWER_GREEN", "CHECK_IN_ANSWER_ORANGE", "CHECK_IN_ANSWER_GREEN"]]);
}

async function figuresAndHelp(story) {
  const { t, me } = story;
  await me.link(t("Cijfers", "Figures"));
  await me.at(t("Cijfers", "Figures"));
  await me.read(t("Je zei 2 keer ja en maakte 3 keer bezwaar.", "You said yes 2 times and objected 3 times."));
  await story.see("figures");
  await me.link(t("Vraag hulp", "Ask for help"));
  await me.at(t("Hulp", "Help"));
  for (const name of ["SER Diversiteit in Bedrijf", "SBB"]) await me.read(name);
  await me.select(t("Welke school?", "Which school?"), school);
  await me.read(t("het stagebureau van de school", "the school's internship office"));
  await story.see("help");
}

for (const play of plays)
  test(`a company's story ${play.name}`, async () => {
    const story = new Story(stage, "company", play);
    await story.chapter("from the link to an account", () => becomeAccount(story));
    await story.chapter("a first place with criteria, published", () => publishFirstPlace(story));
    await story.chapter("a place copied", () => copyPlace(story));
    await story.chapter("the copy withdrawn", () => withdrawCopy(story));
    await solveRound(story);
    await story.chapter("two candidates: yes", () => agreeToTwo(story));
    await story.chapter("two candidates: objections", () => objectForReasons(story));
    await story.chapter("a seat on hold, and opened again", () => pauseAndReopenSeat(story));
    await release(story);
    await story.chapter("meet and place", () => meetAndPlace(story));
    await story.chapter("a student who does not come", () => dropAfterRelease(story));
    await story.chapter("check-in", () => checkIn(story));
    await story.chapter("figures and help", () => figuresAndHelp(story));
    await story.end();
  });

test("what is not complete says what is missing, and the focus goes there", async () => {
  const { candidate, placement } = await stage.do("to_state", { state: "APPROVED" });
  const page = await stage.signedIn("company");
  const wrong = async (says) => {
    await page.getByText(says).waitFor();
    await page.waitForFunction(() => document.activeElement?.matches("input, select, textarea") && document.activeElement.closest("fieldset, .utrecht-form-field")?.querySelector(".sm-error"));
  };
  await page.goto("/bedrijf/plekken/nieuw");
  await page.getByRole("button", { name: "Verder" }).click();
  await wrong("Geef de plek een naam");
  await look(page, "company-place-wrong-nl");
  await page.goto(`/bedrijf/plekken/${placement}`);
  await page.getByRole("button", { name: "Terugtrekken" }).click();
  await page.getByRole("button", { name: "Plek terugtrekken" }).click();
  await wrong("Kies een reden.");
  await page.goto(`/bedrijf/kandidaten/${candidate}`);
  await page.getByRole("button", { name: "Ik heb bezwaar" }).click();
  await page.getByRole("button", { name: "Verder" }).click();
  await wrong("Kies een reden.");
  await page.getByRole("radio", { name: "Anders (een toelichting is nodig)" }).check();
  await page.getByRole("button", { name: "Verder" }).click();
  await wrong("Leg kort uit waarom.");
  await look(page, "company-object-wrong-nl");
});
