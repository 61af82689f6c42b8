// Every page of every role, in a state with something on it: axe-core, 320 pixels, light and dark, both languages; and without
// anything on it.
import { after, before, test } from "node:test";
import { checkPage, openStage, settled, sizes } from "./stage.mjs";

let stage;
let proposed;
let released;
let started;

before(async () => {
  stage = await openStage();
  await stage.do("students", { count: 30 });
  await stage.do("places", { count: 3 });
  proposed = await stage.do("to_state", { state: "APPROVED", students: 2, seats: 2 });
  released = await stage.do("to_state", { state: "RELEASED" });
  started = await stage.do("to_state", { state: "STARTED" });
});
after(() => stage?.end());

const variants = [
  { size: "desktop", colorScheme: "light" },
  { size: "mobile", colorScheme: "dark" },
  { size: "narrow", colorScheme: "light" },
];

/** Each of `paths`, {name: path}, as `page` sees it. */
async function visit(page, area, paths, language) {
  for (const [name, path] of Object.entries(paths)) {
    await page.goto(path);
    for (const { size, colorScheme } of language === "nl" ? variants : variants.slice(0, 1)) {
      await page.setViewportSize(sizes[size]);
      await page.emulateMedia({ colorScheme });
      await checkPage(page, `${area}-${name}-${language}-${size}-${colorScheme}`);
    }
    await page.setViewportSize(sizes.desktop);
    await page.emulateMedia({ colorScheme: "light" });
  }
}

for (const language of ["nl", "en"]) {
  test(`public pages (${language})`, async () => {
    const page = await stage.page({ language });
    await visit(
      page,
      "public",
      {
        home: "/",
        explanation: "/uitleg",
        rounds: "/rondes",
        round: `/rondes/${released.round}`,
        accessibility: "/toegankelijkheid",
        privacy: "/privacy",
        algorithm: "/algoritme",
        help: "/hulp",
        menukaart: "/menukaart",
        manual: "/api",
        invitation: "/invitation",
        reset: "/reset",
        forgotten: "/wachtwoord",
      },
      language,
    );
  });

  test(`school pages (${language})`, async () => {
    const page = await stage.signedIn("coordinator", { language });
    await visit(
      page,
      "school",
      {
        tasks: "/school",
        students: "/school/studenten",
        import: "/school/studenten/importeren",
        student: `/school/studenten/${started.stagevraag}`,
        proposals: "/school/voorstellen",
        proposal: `/school/voorstellen/${proposed.proposal}`,
        released: `/school/voorstellen/${released.proposal}`,
        started: `/school/voorstellen/${started.proposal}`,
        agreement: `/school/voorstellen/${started.proposal}/pok`,
        rounds: "/school/rondes",
        "round-new": "/school/rondes/nieuw",
        round: `/school/rondes/${proposed.round}`,
        places: "/school/plekken",
        "place-new": "/school/plekken/nieuw",
        "place-import": "/school/plekken/importeren",
        place: `/school/plekken/${proposed.placement}`,
        companies: "/school/bedrijven",
        candidates: "/school/bedrijven/kandidaten",
        candidate: `/school/bedrijven/kandidaten/${proposed.candidate}`,
        colleagues: "/school/collegas",
        measures: "/school/maatregelen",
        recognitions: "/school/erkenningen",
        account: "/account",
      },
      language,
    );
  });

  test(`company pages (${language})`, async () => {
    const page = await stage.signedIn("company", { language });
    await visit(
      page,
      "company",
      {
        tasks: "/bedrijf",
        places: "/bedrijf/plekken",
        "place-new": "/bedrijf/plekken/nieuw",
        place: `/bedrijf/plekken/${proposed.placement}`,
        "place-copy": `/bedrijf/plekken/${proposed.placement}/kopie`,
        candidates: "/bedrijf/kandidaten",
        candidate: `/bedrijf/kandidaten/${proposed.candidate}`,
        released: `/bedrijf/kandidaten/${released.candidate}`,
        introduction: `/bedrijf/kandidaten/${released.candidate}/kennismaking`,
        started: `/bedrijf/kandidaten/${started.candidate}`,
        figures: "/bedrijf/cijfers",
        questions: "/bedrijf/vragen",
      },
      language,
    );
  });

  test(`student pages (${language})`, async () => {
    const page = await stage.signedIn("student", { language, email: released.email });
    await visit(
      page,
      "student",
      {
        home: "/student",
        profile: "/student/profiel",
        places: "/student/plekken",
        proposals: "/student/voorstellen",
        proposal: `/student/voorstellen/${released.proposal}`,
        card: `/student/voorstellen/${released.proposal}/kennismaking`,
        proof: "/student/controle",
        stop: "/student/stoppen",
      },
      language,
    );
  });
}

test("operator and reviewer pages", async () => {
  await visit(await stage.signedIn("operator"), "operator", { accounts: "/beheer", notices: "/beheer/berichten", recognitions: "/beheer/erkenningen" }, "nl");
  await visit(await stage.signedIn("vertrouwenspersoon"), "reviewer", { tasks: "/school", cases: "/signalering/zaken", measures: "/signalering/maatregelen" }, "nl");
});

test("pages without anything on them", async () => {
  await stage.do("invite", { who: "leeg", role: "coordinator", scope: ["98ZZ"] }).then(({ code }) => stage.do("accept", { who: "leeg", code }));
  const page = await stage.signedIn("leeg");
  await settled(page);
  await visit(
    page,
    "empty",
    { tasks: "/school", students: "/school/studenten", proposals: "/school/voorstellen", rounds: "/school/rondes", companies: "/school/bedrijven", candidates: "/school/bedrijven/kandidaten" },
    "nl",
  );
});
