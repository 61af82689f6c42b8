// Signals: a reviewer looks at a pattern with its evidence, says what it is, completes an aandachtspunt, and begins a case.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Keyboard, Pointer } from "./hands.mjs";
import { look } from "./look.mjs";
import { openStage } from "./stage.mjs";

let stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.end());

test("a pattern from the worklist to a case, nl, pointer", async () => {
  const empty = new Pointer(await stage.signedIn("vertrouwenspersoon", { language: "nl" }));
  await empty.visit("/signalering/signalen");
  await empty.read("Er is nu geen patroon dat op je wacht.");
  await look(empty.page, "signals-empty");
  const { leerbedrijf } = await stage.do("patterns");

  await empty.visit("/signalering");
  await empty.read("Bekijk een signaal");
  await empty.visit("/signalering/signalen");
  await look(empty.page, "signals-worklist-nl");
  await empty.link("Afwijzing zonder duidelijke reden");
  await empty.at("Afwijzing zonder duidelijke reden (R1)");
  await empty.read("Dit gebeurt hier duidelijk vaker dan bij vergelijkbare plekken. Dat verdient een gesprek. Het zegt niet waarom.");
  await empty.read("Het kan toeval zijn: ook zonder reden staan er soms veel bij elkaar.");
  await look(empty.page, "signal-nl");
  await empty.button("Opslaan");
  await empty.read("Kies wat je ervan vindt.");
  await empty.choose("We hebben erover gepraat");
  await empty.button("Opslaan");
  await empty.page.getByText("De school zei: We hebben erover gepraat").waitFor();
  await empty.button("Open een zaak");
  await empty.page.waitForURL((url) => url.pathname === "/signalering/zaken/nieuw" && url.searchParams.get("bedrijf") === leerbedrijf);
  assert.deepEqual([...empty.page.complaints], []);
});

test("aandachtspunten, en, keyboard, by a coördinator", async () => {
  const coordinator = new Keyboard(await stage.signedIn("coordinator", { language: "en", size: "mobile", dark: true }));
  await coordinator.visit("/school/aandachtspunten");
  await coordinator.read("Dropped after the name was known");
  await look(coordinator.page, "points-en");
  await coordinator.button("Complete");
  await coordinator.read("Choose how the conversation ended.");
  await coordinator.select("How did the conversation end?", "We made agreements");
  await coordinator.button("Complete");
  await coordinator.read("There is nothing to talk about now.");
  assert.deepEqual([...coordinator.page.complaints], []);

  const reviewer = new Pointer(await stage.signedIn("vertrouwenspersoon", { language: "en", size: "narrow" }));
  await reviewer.visit("/signalering/signalen");
  await reviewer.link("Explanation without an objective criterion");
  await reviewer.at("Explanation without an objective criterion (R7)");
  await look(reviewer.page, "signal-en");
  assert.deepEqual([...reviewer.page.complaints], []);
});
