// Group statistics: a behandelaar switches them on after a DPIA, a student may say something, takes it back, and nobody else sees it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Keyboard, Pointer } from "./hands.mjs";
import { look } from "./look.mjs";
import { openStage } from "./stage.mjs";

const languages = [
  { language: "nl", size: "desktop", dark: false, hands: Pointer },
  { language: "en", size: "mobile", dark: true, hands: Keyboard },
];

let stage;
before(async () => {
  stage = await openStage();
  await stage.do("handlers");
});
after(() => stage.end());

for (const { language, size, dark, hands } of languages) {
  const say = (nl, en) => (language === "nl" ? nl : en);
  test(`from DPIA to an answer and back, ${language}, ${hands.name}`, async () => {
    const options = { language, size, dark };
    const handler = new hands(await stage.signedIn("behandelaar", options));
    await handler.visit("/signalering/groepen");
    await handler.button(say("Zet aan", "Switch on"));
    await handler.read(say("Vul het kenmerk in, minstens 3 tekens.", "Fill in the reference, at least 3 characters."));
    await handler.fill(say("Kenmerk van de DPIA", "Reference of the DPIA"), "DPIA 2026-14");
    await handler.button(say("Zet aan", "Switch on"));
    await handler.read(say("Te weinig gegevens. Dat zegt niet dat alles goed gaat.", "Too little data. That does not say that all is well."));
    await look(handler.page, `groups-on-${language}`);

    const student = new hands(await stage.signedIn("student", { ...options, email: (await stage.do("to_state", { state: "ACCEPTED" })).email }));
    await student.link(say("Help je school discriminatie te zien (mag je overslaan)", "Help your school see discrimination (you may skip this)"));
    await student.at(say("Een vraag die je mag overslaan", "A question that you may skip"));
    await student.button(say("Bewaar mijn antwoord", "Keep my answer"));
    await student.read(say("Kies een antwoord, of ga terug zonder te antwoorden.", "Choose an answer, or go back without answering."));
    await student.choose(say("Een land buiten Europa", "A country outside Europe"));
    await student.button(say("Bewaar mijn antwoord", "Keep my answer"));
    await student.read(say("Zonder toestemming bewaren we niets. Zet het vinkje, of ga terug zonder te antwoorden.", "Without consent we keep nothing. Tick the box, or go back without answering."));
    await student.tick(say("Ik vind het goed dat mijn antwoord hiervoor wordt gebruikt.", "I agree that my answer is used for this."));
    await student.button(say("Bewaar mijn antwoord", "Keep my answer"));
    await student.read(say("Je hebt geantwoord. Alleen jij ziet dit.", "You have answered. Only you see this."));
    await look(student.page, `groups-answered-${language}`);
    await student.button(say("Haal mijn antwoord weg", "Take my answer away"));
    await student.see("button", say("Bewaar mijn antwoord", "Keep my answer"));
    await student.page.getByRole("button", { name: say("Haal mijn antwoord weg", "Take my answer away") }).waitFor({ state: "detached" });

    await handler.button(say("Zet uit", "Switch off"));
    await handler.button(say("Ja, zet uit en wis", "Yes, switch off and delete"));
    await handler.see("button", say("Zet aan", "Switch on"));
    await student.visit("/student/herkomst");
    await student.read(say("Je school stelt deze vraag niet. Er is niets van je bewaard.", "Your school does not ask this question. Nothing of you is kept."));
    assert.deepEqual([...handler.page.complaints, ...student.page.complaints], []);
  });
}
