// The whole story of a student: from the personal link to the check-in; and of another, who declines a place and then stops looking.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openStage } from "./stage.mjs";
import { dayFromNow, plays, Story } from "./story.mjs";

const password = "een lang genoeg wachtwoord";
const qualifications = ["25656", "25655", "25696"];
/* A stage so short that the questions at its end are asked at once: no clock is turned. */
const period = { startDate: dayFromNow(1), endDate: dayFromNow(6) };
const company = "Zorg Voorbeeld";
const introduction = "Sanne leert graag en is rustig.";

let stage;
before(async () => void (stage = await openStage()));
after(() => stage?.end());

/** Three places, room for both students at each, and the two students. */
async function makeMarket(story) {
  const qualification = qualifications[story.play.number];
  const titles = ["Meelopen op de afdeling", "Koken met bewoners", "Werken in de nacht"];
  story.places = [];
  for (const [i, title] of titles.entries()) {
    const made = await stage.do("place", {
      number: `${qualification}-${i}`, qualifications: [qualification], capacity: 2, companyName: company, title, ...period,
      description: "Je helpt bewoners bij het opstaan en eet met hen mee. Een vaste begeleider loopt met je mee.",
    });
    story.places.push({ code: `${made.leerbedrijf}/${made.leerplaats}`, name: story.t(`${title} bij ${company}`, `${title} at ${company}`) });
  }
  const enter = async (wishes) => (await stage.do("classmates", { count: 1, qualification, ...period, ...wishes }))[0];
  story.students = [await enter({}), await enter({ preferred: [story.places[1].code] })]; // who declines later: not by chance what
}

async function becomeAccount(story, { stagevraag, email }, first) {
  const { t } = story;
  const code = await stage.do("personal_link", { stagevraag, email });
  const me = await story.person();
  await me.visit(`/invitation#${code}`);
  await me.at(t("Welkom bij Stagematch", "Welcome to Stagematch"));
  await me.fill(t("Kies een wachtwoord", "Choose a password"), password);
  await me.button(t("Account maken", "Make my account"));
  await me.at(t("Jouw stage", "Your internship"));
  if (first) await story.see("home");
}

async function checkProfile(story) {
  const { t, me } = story;
  await me.link(t("Profiel", "Profile"));
  await me.at(t("Klopt je profiel?", "Is your profile right?"));
  await story.see("profile");
  await me.button(t("Dit klopt niet: Helder rapporteren", "This is not right: Writing clear reports"));
  await me.see("heading", t("Klopt dit niveau niet?", "Is this level not right?"));
  await story.see("profile-contest");
  await me.button(t("Vraag mijn school om te kijken", "Ask my school to look"));
  await me.closed();
  await me.read(t("je school kijkt hiernaar", "your school looks at this"));
}

async function rankPlaces(story) {
  const { t, me, places } = story;
  const [ward, kitchen, night] = places;
  await me.link(t("Plekken", "Places"));
  await me.at(t("Welke plek wil je het liefst?", "Which place do you want most?"));
  await me.open(t("Waarom je hier gewoon eerlijk kunt zijn", "Why you can simply be honest here"));
  await me.button(t(`${kitchen.name} op mijn lijst`, `Put ${kitchen.name} on my list`));
  await me.button(t(`${ward.name} op mijn lijst`, `Put ${ward.name} on my list`));
  await me.button(t(`${ward.name} omhoog`, `Move ${ward.name} up`));
  await me.button(t(`${night.name} overslaan`, `Leave out ${night.name}`));
  await story.see("places");
  await me.button(t("Lijst opslaan", "Save list"));
  await me.read(t("Je lijst is opgeslagen.", "Your list was saved."));
  const { stagevraag } = await stage.do("call", { method: "StudentService/GetStagevraag", who: "coordinator", stagevraagId: story.students[0].stagevraag });
  assert.deepEqual(stagevraag.profile.preferred, [ward.code, kitchen.code]);
  assert.deepEqual(stagevraag.profile.excluded, [night.code]);
}

/** The school's and the company's part: a round, and both students asked. */
async function solveRound(story) {
  story.round = await stage.do("round", { qualification: qualifications[story.play.number] });
  const proposals = await stage.do("proposals", { round: story.round, state: "PROPOSED", count: 2 });
  for (const { proposalId: proposal } of proposals) {
    await stage.do("step", { method: "ApproveProposal", who: "coordinator", proposal });
    await stage.do("step", { method: "AgreeToCandidate", who: "company", proposal });
  }
  story.proposals = story.students.map(({ stagevraag }) => proposals.find((proposal) => proposal.stagevraagId === stagevraag).proposalId);
}

const stateOf = async (proposal) => (await stage.do("proposal", { proposal })).state.replace("PROPOSAL_STATE_", "");

async function openOffer(story) {
  const { t, me } = story;
  await me.link(t("Overzicht", "Overview"));
  await me.at(t("Jouw stage", "Your internship"));
  await me.link(t("Zeg ja of nee tegen deze plek", "Say yes or no to this place"));
  await me.at(t("Een plek voor jou", "A place for you"));
}

async function lookAtOffer(story) {
  const { t, me } = story;
  await openOffer(story);
  await me.read(t("de nummer 1 van je lijst", "number 1 on your list"));
  await me.read(t("Dit is alles. Geen naam, geen school, geen adres.", "This is all. No name, no school, no address."));
  await me.open(t("Ik ben het er niet mee eens, of er ging iets niet goed", "I do not agree, or something went wrong"));
  await me.read(t("Elke beslissing staat vast in een logboek.", "Every decision stands in a ledger."));
  await story.see("offer");
}

async function confirm(story) {
  const { t, me } = story;
  await me.button(t("Ja, graag", "Yes, please"));
  await me.see("heading", t("Ja, ik wil deze plek", "Yes, I want this place"));
  await story.see("offer-sure");
  await me.button(t("Ja, ik neem deze plek", "Yes, I take this place"));
  await me.closed();
  await me.read(t("Daarna plannen jullie een kennismaking.", "Then you plan to meet."));
  assert.equal(await stateOf(story.proposals[0]), "CONFIRMED");
}

async function agreeToIntroduction(story) {
  const { t, me } = story;
  const [proposal] = story.proposals;
  await stage.do("step", { method: "ReleaseProposal", who: "coordinator", proposal });
  await stage.do("step", { method: "PlanIntroduction", who: "coordinator", proposal, date: dayFromNow(0), text: introduction });
  await me.link(t("Overzicht", "Overview"));
  await me.link(t("Lees hoe je wordt voorgesteld", "Read how you are introduced"));
  await me.read(introduction);
  await story.see("introduction");
  await me.button(t("Ik ben akkoord", "I agree"));
  await me.read(t("Je bent akkoord. Het bedrijf kan dit lezen.", "You agreed. The company can read this."));
  await me.link(t("Bereid je kennismaking voor (ook om te printen)", "Prepare to meet (also for printing)"));
  await me.at(t("Voorbereiden op je kennismaking", "Prepare to meet"));
  await me.read(introduction);
  await story.see("card");
  assert.equal((await stage.do("proposal", { proposal })).introduction.studentAgreed, true);
}

async function checkIn(story) {
  const { t, me } = story;
  const [proposal] = story.proposals;
  await stage.do("step", { method: "PlaceCandidate", who: "company", proposal });
  await stage.do("step", { method: "StartProposal", who: "coordinator", proposal });
  await me.link(t("Overzicht", "Overview"));
  await me.at(t("Jouw stage", "Your internship"));
  await story.see("home-started");
  await me.link(t("Vertel hoe het gaat", "Tell how it goes"));
  await me.choose(t("Goed", "Well"));
  await me.choose(t("Soms te weinig", "Sometimes too little"));
  await me.choose(t("Ja", "Yes"));
  await story.see("check-in");
  await me.button(t("Verstuur mijn antwoorden", "Send my answers"));
  await me.read(t("Dank je voor je antwoorden.", "Thank you for your answers."));
  await me.see("heading", t("Aan het eind", "At the end"));
  const { checkIns } = await stage.do("proposal", { proposal });
  assert.deepEqual(checkIns.map(({ side, answers }) => [side, ...answers]), [["SIDE_STUDENT", "CHECK_IN_ANSWER_GREEN", "CHECK_IN_ANSWER_ORANGE", "CHECK_IN_ANSWER_GREEN"]]);
}

async function proveEntry(story) {
  const { t, me } = story;
  await me.link(t("Overzicht", "Overview"));
  await me.link(t("Controleer zelf dat je eerlijk meedoet in de ronde", "Check for yourself that you take part in the round fairly"));
  await me.at(t("Controleer zelf", "Check for yourself"));
  await me.open(t("Laat elke stap zien", "Show every step"));
  await me.read(t("Die twee zijn gelijk.", "These two are equal."));
}

async function decline(story) {
  const { t, me } = story;
  await openOffer(story);
  await me.button(t("Nee", "No"));
  await me.choose(t("Ik wil liever ander werk leren", "I would rather learn other work"));
  await story.see("decline");
  await me.button(t("Nee, deze plek neem ik niet", "No, I do not take this place"));
  await me.see("heading", t("Dit voorstel is gestopt", "This proposal ended"));
  await story.see("declined");
  assert.equal(await stateOf(story.proposals[1]), "DECLINED");
}

async function withdraw(story) {
  const { t, me } = story;
  await me.link(t("Overzicht", "Overview"));
  await me.link(t("Ik heb zelf een plek, of ik wil stoppen", "I found a place myself, or I want to stop"));
  await me.at(t("Zelf een plek, of stoppen", "Found a place, or stop"));
  await me.button(t("Ik wil toch stoppen", "I want to stop all the same"));
  await me.choose(t("Ik kan nu niet door een persoonlijke reden (we vragen niet welke)", "I cannot now for a personal reason (we do not ask which)"));
  await story.see("stop");
  await me.button(t("Stoppen met zoeken", "Stop looking"));
  await story.see("stop-sure");
  await me.button(t("Ja, ik stop", "Yes, I stop"));
  await me.at(t("Jouw stage", "Your internship"));
  await me.read(t("Je zoekt geen plek meer.", "You no longer look for a place."));
  const { stagevraag } = await stage.do("call", { method: "StudentService/GetStagevraag", who: "coordinator", stagevraagId: story.students[1].stagevraag });
  assert.equal(stagevraag.state, "STAGEVRAAG_STATE_WITHDRAWN");
}

for (const play of plays)
  test(`a student's story ${play.name}`, async () => {
    const story = new Story(stage, "student", play);
    await makeMarket(story);
    await story.chapter("from the personal link to an account", () => becomeAccount(story, story.students[0], true));
    await story.chapter("check the profile, contest a level", () => checkProfile(story));
    await story.chapter("rank two places, exclude one", () => rankPlaces(story));
    await solveRound(story);
    await story.chapter("what is offered, why, what was shown, how to object", () => lookAtOffer(story));
    await story.chapter("confirm", () => confirm(story));
    await story.chapter("agree to the introduction, preparation card", () => agreeToIntroduction(story));
    await story.chapter("check-in", () => checkIn(story));
    await story.chapter("prove the own entry", () => proveEntry(story));
    await story.end();
    const other = new Story(stage, "student", play);
    Object.assign(other, { students: story.students, proposals: story.proposals });
    await other.chapter("another student: from the link to an account", () => becomeAccount(other, other.students[1], false));
    await other.chapter("decline with a reason", () => decline(other));
    await other.chapter("withdraw", () => withdraw(other));
    await other.end();
  });
