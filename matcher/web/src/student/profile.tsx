// The profile that the match looks at, in words; and a level that the student does not agree with.
import { useState } from "preact/hooks";
import type { GetCatalogResponse } from "~gen/stagematch/v1/operation_pb.ts";
import { type Profile, type Stagevraag, StagevraagState } from "~gen/stagematch/v1/student_pb.ts";
import { api } from "~/base/api.ts";
import { qualificationText, schoolText, skillText, useCatalog } from "~/base/catalog.ts";
import { count, period } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { Link } from "~/base/router.tsx";
import { daysText, leerwegText } from "~/base/words.ts";
import { Alert, Badge, Button, DataList, Dialog, Details, Empty, Outcome, P, Page, Section } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { ForMine, type Mine } from "./mine.tsx";

const levelWords: readonly (readonly [string, string])[] = [
  ["nog niet", "not yet"],
  ["een begin", "a beginning"],
  ["met hulp", "with help"],
  ["zelf", "on your own"],
  ["goed", "well"],
  ["heel goed", "very well"],
];

export const levelText = (level: number): string => {
  const pair = levelWords[level];
  return pair ? tr(`${level} van 5: ${pair[0]}`, `${level} of 5: ${pair[1]}`) : String(level);
};

function fields(profile: Profile, school: string, catalog: GetCatalogResponse | undefined): (readonly [string, string])[] {
  const schoolName = schoolText(catalog, school);
  return [
    [tr("School", "School"), schoolName],
    [tr("Opleiding", "Study programme"), qualificationText(catalog, profile.qualification)],
    [tr("Leerweg", "Route"), leerwegText(profile.leerweg)],
    [tr("Leerjaar", "Year"), String(profile.year)],
    [tr("Periode", "Period"), period(profile.startDate, profile.endDate)],
    [tr("Uren per week", "Hours a week"), String(profile.hoursPerWeek)],
    [tr("Dagen dat je kunt", "Days that you can"), daysText(profile.days, tr("maandag tot en met vrijdag", "Monday to Friday"))],
    [tr("Waar je woont", "Where you live"), tr(`postcodegebied ${profile.pc4} (alleen om de afstand te meten)`, `postcode area ${profile.pc4} (only to measure distance)`)],
    [tr("Hoe ver je wilt reizen", "How far you want to travel"), tr(`hoogstens ${profile.maxKm || 40} km, hemelsbreed`, `at most ${profile.maxKm || 40} km, in a straight line`)],
    [tr("Wat je interessant vindt", "What interests you"), profile.tags.join(", ") || tr("niets ingevuld", "nothing entered")],
    [tr("Extra begeleiding nodig", "Needs extra support"), profile.needsSupport ? tr("ja (waarom staat nergens)", "yes (why is written nowhere)") : tr("nee", "no")],
  ];
}

function Levels({ mine, catalog }: { mine: Mine; catalog: GetCatalogResponse | undefined }) {
  const { stagevraag } = mine;
  const [asked, ask] = useState("");
  const skills = stagevraag.profile?.skills ?? [];
  const open = stagevraag.state === StagevraagState.FREE || stagevraag.state === StagevraagState.PROPOSED;
  const contest = useAction(async (requestId: string, stagevraagId: string, skill: string) => {
    await api.student.contestLevel({ requestId, stagevraagId, skill });
  });
  const send = async () => {
    if (!(await contest.run(stagevraag.stagevraagId, asked))) return;
    ask("");
    mine.reload();
    say(tr("Doorgegeven. Je stagecoördinator bekijkt dit niveau.", "Passed on. Your coördinator will look at this level."));
  };
  if (skills.length === 0)
    return (
      <Empty>
        <P>{tr("Er staan nog geen vaardigheden in je profiel. Vraag je stagecoördinator ze in te vullen: ze tellen mee bij het zoeken.", "There are no skills in your profile yet. Ask your coördinator to enter them: they count in the match.")}</P>
      </Empty>
    );
  return (
    <>
      <ul class="sm-cards">
        {skills.map(({ skill, level }) => {
          const contested = stagevraag.contestedSkills.includes(skill);
          return (
            <li key={skill} class="sm-skill">
              <span class="sm-skill__name">{skillText(catalog, skill)}</span>
              <span class="sm-skill__level">
                <meter class="sm-meter" min={0} max={5} value={level} aria-hidden="true" />
                {levelText(level)}
              </span>
              {contested ? (
                <Badge tone="warning">{tr("je school kijkt hiernaar", "your school looks at this")}</Badge>
              ) : (
                open && (
                  <Button kind="subtle" aria-label={tr(`Dit klopt niet: ${skillText(catalog, skill)}`, `This is not right: ${skillText(catalog, skill)}`)} onClick={() => (contest.clear(), ask(skill))}>
                    {tr("Dit klopt niet", "This is not right")}
                  </Button>
                )
              )}
            </li>
          );
        })}
      </ul>
      <Dialog open={asked !== ""} title={tr("Klopt dit niveau niet?", "Is this level not right?")} close={() => ask("")}>
        <P>
          <strong>{skillText(catalog, asked)}</strong>
        </P>
        <P>{tr("Dit gebeurt er:", "This is what happens:")}</P>
        <ol class="sm-list">
          <li>{tr("Je stagecoördinator krijgt hier een taak voor.", "Your coördinator gets a task for this.")}</li>
          <li>{tr("Jullie praten erover. Neem iets mee dat laat zien wat je kunt.", "You talk about it. Bring something that shows what you can do.")}</li>
          <li>{tr("Daarna blijft het niveau zo, of het wordt veranderd. Je ziet het hier.", "Then the level stays, or it is changed. You see it here.")}</li>
        </ol>
        <P quiet>{tr("Tot dat moment telt het niveau zoals het er nu staat. Een bedrijf ziet niet dat je dit vraagt.", "Until then the level counts as it stands. A company does not see that you ask this.")}</P>
        <Outcome of={contest} />
        <div class="sm-row">
          <Button kind="primary" busy={contest.busy} onClick={() => void send()}>
            {tr("Vraag mijn school om te kijken", "Ask my school to look")}
          </Button>
          <Button onClick={() => ask("")}>{tr("Annuleren", "Cancel")}</Button>
        </div>
      </Dialog>
    </>
  );
}

function State({ stagevraag }: { stagevraag: Stagevraag }) {
  if (stagevraag.state !== StagevraagState.FREE && stagevraag.state !== StagevraagState.PROPOSED) return null;
  return stagevraag.roundId ? (
    <Alert>{tr("Je doet mee in een ronde. Is die al verzegeld, dan telt een verandering pas in de volgende ronde.", "You take part in a round. If it is sealed already, a change counts from the next round.")}</Alert>
  ) : (
    <Alert tone="ok">{tr("Er is nog geen ronde begonnen. Kijk nu of alles klopt: wat je nu laat verbeteren, telt meteen mee.", "No round has begun. See now whether all is right: what is corrected now counts at once.")}</Alert>
  );
}

function NeverShown() {
  return (
    <Section title={tr("Wat een bedrijf hiervan ziet", "What a company sees of this")}>
      <P>{tr("Tot jij ja zegt en je school je gegevens doorgeeft, ziet een bedrijf alleen: je opleiding, of periode, uren en dagen passen, of je aan de harde eisen voldoet, en of je onder, op of boven het gevraagde niveau zit.", "Until you say yes and your school passes on your details, a company sees only: your study programme, whether period, hours and days fit, whether you meet the hard criteria, and whether you are below, at or above the level asked.")}</P>
      <Details summary={tr("Dit ziet een bedrijf dan nooit", "A company then never sees this")}>
        <ul class="sm-list">
          <li>{tr("je naam, foto, leeftijd, geslacht, e-mail en telefoon", "your name, photo, age, sex, e-mail and telephone")}</li>
          <li>{tr("waar je geboren bent, je nationaliteit of je geloof: dat vragen we niet eens", "where you were born, your nationality or belief: we do not even ask")}</li>
          <li>{tr("je school, je leerjaar, je postcode en hoe ver je weg woont", "your school, year, postcode and how far away you live")}</li>
          <li>{tr("je interesses, en of je extra begeleiding nodig hebt", "your interests, and whether you need support")}</li>
          <li>{tr("je precieze niveaus, je lijst met plekken en wie er nog meer zoekt", "your exact levels, your list of places, and who else is looking")}</li>
        </ul>
        <P quiet>{tr("Zouden te weinig studenten hetzelfde beeld geven, dan laten we nog meer weg.", "Where too few students would give the same picture, we leave out even more.")}</P>
      </Details>
    </Section>
  );
}

export function ProfilePage() {
  const catalog = useCatalog();
  return (
    <Page title={tr("Klopt je profiel?", "Is your profile right?")} lead={tr("Hiermee wordt je plek gezocht. Je school vult dit in. Staat er iets fout? Zeg het je stagecoördinator.", "Your place is looked for with this. Your school enters it. Something wrong? Tell your coördinator.")}>
      <ForMine>
        {(mine) => (
          <>
            <State stagevraag={mine.stagevraag} />
            <Section title={tr("Wat je zoekt", "What you look for")}>
              {mine.stagevraag.profile && <DataList items={fields(mine.stagevraag.profile, mine.stagevraag.school, catalog.data)} />}
              <P>
                <Link href="/hulp">{tr("Er klopt iets niet: wie kan ik bellen?", "Something is not right: who can I call?")}</Link>
              </P>
            </Section>
            <Section title={tr("Wat je kunt", "What you can do")}>
              <P quiet>{tr(`${count(mine.stagevraag.profile?.skills.length ?? 0, "vaardigheid", "vaardigheden")}, zoals je school ze heeft vastgesteld.`, `${count(mine.stagevraag.profile?.skills.length ?? 0, "skill", "skills")}, as your school attested them.`)}</P>
              <Levels mine={mine} catalog={catalog.data} />
            </Section>
            <NeverShown />
          </>
        )}
      </ForMine>
    </Page>
  );
}
