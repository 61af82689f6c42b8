// A case from the first page to the last, in Dutch and in English: the school looks into it, the company is heard, two people close it. And the
// menukaart, the measures, a recognition that was withdrawn.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { checkEverywhere, checkPage, openStage, settled, tabTo } from "./stage.mjs";

let stage;
before(async () => {
  stage = await openStage();
});
after(() => stage?.end());

for (const language of ["nl", "en"]) {
  const t = (nl, en) => (language === "nl" ? nl : en);
  // In Dutch some pages in every size and scheme; all pages as they are.
  const everywhere = ["ask", "company", "decide", "board", "menukaart", "measures"];
  const check = (page, name) =>
    language === "nl" && everywhere.includes(name) ? checkEverywhere(page, `case-${name}`) : checkPage(page, `case-${name}-${language}`);

  test(`a case is looked into, heard, decided and closed by two (${language})`, async () => {
    const { proposal, leerbedrijf } = await stage.do("handlers");
    const page = await stage.signedIn("behandelaar", { language });
    const press = async (name) => {
      await page.getByRole("button", { name, exact: true }).click();
    };
    const heading = async (name) => {
      await page.getByText(name, { exact: false }).first().waitFor();
      await settled(page);
    };

    // Opened from a decision.
    await page.goto(`/signalering/zaken/nieuw?bedrijf=${leerbedrijf}&voorstel=${proposal}`);
    await page.getByLabel(t("Wat is er aan de hand?", "What is the matter?")).fill("Drie keer dezelfde reden.");
    await check(page, "open");
    await press(t("Open de zaak", "Open the case"));
    await page.waitForURL(/zaken\/[0-9a-f]{32}$/);
    const path = new URL(page.url()).pathname;

    // Taken, with the keyboard alone; first without an answer.
    await (await tabTo(page, "button", t("Neem de zaak", "Take the case"))).press("Enter");
    await page.getByText(t("Kies een antwoord.", "Choose an answer.")).waitFor();
    await check(page, "take");
    await page.getByLabel(t("Nee, ik heb er geen band mee", "No, I have no tie with it")).check();
    await press(t("Neem de zaak", "Take the case"));
    await heading(t("De feiten zijn compleet", "The facts are complete"));
    await press(t("De feiten zijn compleet", "The facts are complete"));

    // The question; nothing is sent before it was checked.
    const question = page.getByLabel(t("Je vraag aan het bedrijf", "Your question to the company"));
    await question.first().waitFor();
    await question.last().fill("Waarom deze afwijzing?");
    await check(page, "ask");
    await press(t("Stuur de vraag", "Send the question"));
    await page.getByText(t("Vink eerst aan", "First tick")).waitFor();
    await page.getByLabel(t("Ik heb gekeken: hieruit blijkt niet wie het meldde", "I checked: this does not show who reported")).check();
    await press(t("Stuur de vraag", "Send the question"));
    await heading(t("Je hoeft nu niets te doen", "There is nothing to do now"));
    await check(page, "waits");

    // The company's side.
    const company = await stage.signedIn("company", { language });
    await company.getByRole("link", { name: t("Een school stelt je een vraag", "A school asks you a question") }).first().click();
    await company.getByText("Waarom deze afwijzing?").waitFor();
    await check(company, "company");
    const seen = await company.locator("main").innerText();
    assert.ok(!seen.includes("Drie keer") && !seen.includes(proposal), "the company sees nothing else of the case");
    await company.getByLabel(t("Je antwoord", "Your answer")).last().fill("Er was geen begeleider.");
    await company.getByRole("button", { name: t("Verstuur je antwoord", "Send your answer") }).click();
    await company.getByText("Er was geen begeleider.").waitFor();

    // Decided.
    await page.reload();
    await settled(page);
    await page.getByRole("button", { name: t("Lees alle teksten", "Read all texts") }).click();
    await page.getByText("Er was geen begeleider.").waitFor();
    await page.getByLabel(t("Gegrond: er is discriminatie vastgesteld", "Well-founded: discrimination was established")).check();
    await page.getByLabel(t("Leeftijd", "Age"), { exact: true }).check();
    await page.getByLabel(t("Je overwegingen", "Your considerations")).last().fill("De reden is niet gebleken.");
    await check(page, "decide");
    await press(t("Neem het besluit", "Take the decision"));
    await heading(t("De maatregelen zijn afgesproken", "The measures are agreed"));

    // A measure that fits, and the evidence, and the dossier.
    await page.getByLabel(t("Maatregel", "Measure"), { exact: true }).selectOption("objectieve-criteria");
    await press(t("Neem de maatregel", "Take the measure"));
    await page.getByText(t("Opnieuw kijken op", "Look again on")).first().waitFor();
    await press(t("Toon het bewijs", "Show the evidence"));
    await page.getByText(t("Besluit over een kandidaat", "Decision on a candidate")).waitFor();
    await check(page, "measure");
    const download = page.waitForEvent("download");
    await press(t("Maak een PDF", "Make a PDF"));
    const pdf = readFileSync(await (await download).path());
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    await page.getByText(t("Dossier gemaakt", "Dossier made")).first().waitFor();
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.getByRole("button", { name: t("Maak een PDF", "Make a PDF") }).isVisible(), false, "no buttons on paper");
    await page.emulateMedia({ media: "screen" });

    // Feedback, aftercare, and somebody else closes it.
    await press(t("De maatregelen zijn afgesproken", "The measures are agreed"));
    await page.getByLabel(t("Wat je hebt verteld, en aan wie", "What you told, and whom")).last().fill("Aan de melder en het bedrijf.");
    await press(t("Ik heb teruggekoppeld", "I gave feedback"));
    await press(t("Stel voor om te sluiten", "Propose to close"));
    await heading(t("Een andere behandelaar moet akkoord gaan", "Another behandelaar must agree"));
    await check(page, "closing");
    const second = await stage.signedIn("tweede", { language });
    await second.goto(path);
    await settled(second);
    await check(second, "second");
    await second.getByRole("button", { name: t("Akkoord: sluit de zaak", "Agreed: close the case") }).click();
    await second.getByText(t("Gesloten", "Closed"), { exact: true }).first().waitFor();

    // All of them: board and list.
    await page.goto("/signalering/zaken");
    await settled(page);
    await stage.do("case_at");
    await page.reload();
    await settled(page);
    await check(page, "board");
    await page.getByRole("radio", { name: t("Als lijst", "As a list") }).check();
    await page.getByLabel(t("Ook zaken die klaar zijn (als lijst)", "Also those that have ended (as a list)")).check();
    await page.getByRole("table").waitFor();
    await check(page, "list");
  });

  test(`measures, the menukaart and recognitions (${language})`, async () => {
    await stage.do("handlers");
    const anyone = await stage.page({ language });
    await anyone.goto("/menukaart");
    await settled(anyone);
    await check(anyone, "menukaart");
    const all = await anyone.locator(".sm-cards > li").count();
    await anyone.getByLabel(t("Voor wie?", "For whom?")).selectOption("student");
    assert.ok((await anyone.locator(".sm-cards > li").count()) < all);

    const page = await stage.signedIn("behandelaar", { language });
    const caseId = await stage.do("case_at");
    await page.goto(`/signalering/zaken/${caseId}`);
    await settled(page);
    await page.getByLabel(t("Gegrond: er is discriminatie vastgesteld", "Well-founded: discrimination was established")).check();
    await page.getByLabel(t("Leeftijd", "Age"), { exact: true }).check();
    await page.getByLabel(t("Je overwegingen", "Your considerations")).last().fill("Zie het antwoord.");
    await page.getByRole("button", { name: t("Neem het besluit", "Take the decision") }).click();
    await page.getByLabel(t("Maatregel", "Measure"), { exact: true }).selectOption("pauze");
    const sure = page.getByLabel(t("Ik weet dit en wil het", "I know this and want it"));
    await check(page, "pause");
    await sure.check();
    await page.getByRole("button", { name: t("Neem de maatregel", "Take the measure") }).click();
    await page.getByText(t("Samenwerking gepauzeerd", "Cooperation paused")).first().waitFor();

    await page.goto("/signalering/maatregelen");
    await settled(page);
    await page.getByText(t("Hef deze maatregel op", "Lift this measure")).first().click();
    await check(page, "measures");
    await page.getByLabel(t("Ik weet dit en wil het", "I know this and want it")).first().check();
    await page.getByRole("button", { name: t("Hef op", "Lift"), exact: true }).first().click();
    await page.getByText(t("Opgeheven", "Lifted"), { exact: true }).first().waitFor();

    const operator = await stage.signedIn("operator", { language });
    await operator.goto("/beheer/erkenningen");
    await settled(operator);
    await operator.getByLabel(t("Bestand met mutaties (CSV)", "File of mutations (CSV)")).setInputFiles({
      name: "mutaties.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("leerbedrijf_id;crebo;datum;status\n990000001;99999;2026-01-01;ingetrokken\n"),
    });
    await operator.getByRole("button", { name: t("Lees het bestand in", "Read the file") }).click();
    await operator.getByRole("heading", { name: t("Wat er is gebeurd", "What happened") }).waitFor();
    await check(operator, "recognitions");
  });
}
