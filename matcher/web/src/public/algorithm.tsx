// The text for an algorithm register: purpose, data, method, who decides, risks, contact.
import { useCatalog } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { Link } from "~/base/router.tsx";
import { DataList, P, Page, Section, Table } from "~/ui/parts.tsx";
import { Contacts } from "./contacts.tsx";

type Risk = { risk: string; measure: string };

const risks = (): Risk[] => [
  {
    risk: tr("Criteria van een bedrijf sluiten een groep onbedoeld uit.", "A company's criteria shut out a group without intending to."),
    measure: tr("Criteria liggen vooraf vast en gaan over vaardigheden. Veranderen nadat er een kandidaat was, wordt vastgelegd. De school ziet welke eis hoeveel studenten kost.", "Criteria are fixed in advance and are about skills. Changing them after a candidate was shown is recorded. The school sees which criterion costs how many students."),
  },
  {
    risk: tr("Niveaus zijn door mensen bepaald en kunnen scheef zijn.", "Levels were judged by people and can be skewed."),
    measure: tr("De student ziet elk niveau en kan het betwisten. Verschillen binnen een groep tellen niet: dan loot men.", "The student sees every level and can contest it. Differences within a band do not count: then lots are drawn."),
  },
  {
    risk: tr("Afstand, periode of dagen hangen samen met waar en hoe iemand leeft.", "Distance, period or days go together with where and how somebody lives."),
    measure: tr("Ze bepalen alleen of een plek past, nooit wie voorgaat. De student stelt zelf in hoe ver en wanneer.", "They decide only whether a place fits, never who goes first. The student sets how far and when."),
  },
  {
    risk: tr("Na het ja, als de naam bekend is, kan een bedrijf alsnog afhaken.", "After the yes, when the name is known, a company can still drop out."),
    measure: tr("Dat kan alleen met een feit als reden. Een mens kijkt er altijd naar, en de plek blijft zo lang vast.", "It can only with a fact as the reason. A person always looks at it, and the place is held meanwhile."),
  },
  {
    risk: tr("Iemand probeert de loting te sturen.", "Somebody tries to steer the lottery."),
    measure: tr("De loting volgt uit getallen die vastlagen voordat de invoer bekend was. Iedereen kan haar narekenen.", "The lottery follows from numbers that were fixed before the input was known. Anyone can check it."),
  },
];

function Facts() {
  const catalog = useCatalog();
  const settings = catalog.data?.matching;
  return (
    <DataList
      items={[
        [tr("Naam", "Name"), tr("Stagematch, koppelen van studenten aan stageplaatsen", "Stagematch, matching students to internship places")],
        [tr("Verantwoordelijk", "Responsible"), tr("de scholen die meedoen", "the schools that take part")],
        [tr("Soort", "Kind"), tr("vaste regels, geen zelflerend systeem", "fixed rules, no learning system")],
        [tr("Methode", "Method"), tr("student-optimale uitgestelde toewijzing (Gale en Shapley, 1962) met één loting", "student-optimal deferred acceptance (Gale and Shapley, 1962) with a single lottery")],
        ...(settings
          ? ([
              [tr("Breedte van een groep", "Width of a band"), tr(`${settings.bandWidth} punten van 100`, `${settings.bandWidth} points of 100`)],
              [tr("Speling in de periode", "Slack in the period"), tr(`${settings.slackDays} dagen`, `${settings.slackDays} days`)],
              [tr("Langste lijst van een student", "Longest list of a student"), settings.listMax ? String(settings.listMax) : tr("geen grens", "no limit")],
              [tr("Kleinste groep die zichtbaar mag zijn", "Smallest group that may show"), String(settings.anonymity)],
            ] as [string, string][])
          : []),
        [tr("Broncode", "Source code"), tr("openbaar, EUPL-1.2", "public, EUPL-1.2")],
      ]}
    />
  );
}

export function AlgorithmPage() {
  return (
    <Page title={tr("Het algoritme", "The algorithm")} lead={tr("Wat je in een algoritmeregister wilt lezen: waarvoor het is, wat erin gaat, hoe het werkt en wie beslist.", "What one wants to read in an algorithm register: what it is for, what goes in, how it works and who decides.")}>
      <Section title={tr("In het kort", "In short")}>
        <Facts />
      </Section>
      <Section title={tr("Doel", "Purpose")}>
        <P>{tr("Studenten eerlijk verdelen over stages en leerbanen, zonder dat iemand op naam, afkomst of een gesprek wordt gekozen. Het vervangt het moment waarop een bedrijf uit een stapel brieven kiest.", "To divide internships and apprenticeships fairly among students, without anybody being chosen by name, descent or a conversation. It takes the place of the moment at which a company chooses from a pile of letters.")}</P>
      </Section>
      <Section title={tr("Gegevens", "Data")}>
        <P>{tr("Erin gaan: opleiding, leerweg, leerjaar, periode, uren, dagen, postcodegebied, afstand, vaardigheden met niveau, interesses, voorkeuren en uitsluitingen van de student; en de plekken met hun vooraf genoemde eisen.", "What goes in: study programme, route, year, period, hours, days, postcode area, distance, skills with level, interests, preferences and exclusions of the student; and the places with the criteria named in advance.")}</P>
        <P>{tr("Er gaat niet in: naam, geslacht, leeftijd, adres, nationaliteit, afkomst, of iemand begeleiding nodig heeft. Dat is ook gecontroleerd: andere namen geven precies dezelfde uitkomst.", "What does not go in: name, sex, age, address, nationality, descent, whether somebody needs support. This is checked too: other names give exactly the same result.")}</P>
      </Section>
      <Section title={tr("Werking", "How it works")}>
        <P>
          {tr("Eerst bepaalt het welke plekken bij wie passen. Dan vraagt het voor elke student de beste plek van de lijst, en verder naar beneden tot er een is. Een hogere groep gaat voor; binnen een groep de loting. Na elke berekening controleert een tweede, los geschreven programma de uitkomst. Klopt die niet, dan wordt de ronde niet bekendgemaakt.", "First it works out which places fit whom. Then it asks for every student the best place of the list, and further down until there is one. A higher band goes first; within a band the lottery. After every solve a second program, written apart, checks the result. A round that fails is not published.")}{" "}
          <Link href="/uitleg">{tr("Uitgebreide uitleg met voorbeeld", "Full explanation with an example")}</Link>
        </P>
        <P>{tr("Grenzen: de uitkomst is de beste voor deze lijsten en deze loting. Dat eerlijk invullen het beste is, geldt voor de eerste match van een ronde. Lange lijsten kunnen worden ingekort; eigen voorkeuren blijven dan altijd staan. Komt er later een plek vrij, dan wordt alleen gezocht voor wie nog niets heeft.", "Limits: the result is the best for these lists and this lottery. That honesty is best holds for the first match of a round. Long lists may be shortened; own preferences always stay. When a place becomes free later, the search is for those alone who have none.")}</P>
      </Section>
      <Section title={tr("Mensen beslissen", "People decide")}>
        <P>{tr("Het programma doet voorstellen. De school keurt elk voorstel goed of houdt het tegen, het bedrijf zegt akkoord of maakt bezwaar, de student zegt ja of nee, en de school geeft de naam vrij. Elke stap heeft een termijn en komt in een logboek dat niet ongemerkt te veranderen is.", "The program makes proposals. The school approves or stops each, the company agrees or objects, the student says yes or no, and the school releases the name. Every step has a term and goes into a ledger that cannot be changed unnoticed.")}</P>
      </Section>
      <Section title={tr("Risico's en wat ertegen gedaan wordt", "Risks, and what is done about them")}>
        <Table
          caption={tr("Risico's en maatregelen", "Risks and measures")}
          columns={[
            { name: tr("Risico", "Risk"), cell: (row) => row.risk },
            { name: tr("Maatregel", "Measure"), cell: (row) => row.measure },
          ]}
          rows={risks()}
          rowKey={(row) => row.risk}
        />
      </Section>
      <Section title={tr("Regels waaraan het moet voldoen", "Rules that it must meet")}>
        <P>{tr("AVG (ook artikel 22), Algemene wet gelijke behandeling, en de AI-verordening: onderwijs en werving zijn daar gebieden met een hoog risico. Een school hoort voor gebruik een DPIA te doen, en dit in het Algoritmeregister te zetten.", "The GDPR (article 22 too), the Dutch equal treatment act, and the AI Act: education and recruitment are high-risk areas there. A school should do a DPIA before use, and enter this in the Algoritmeregister.")}</P>
      </Section>
      <Section title={tr("Contact", "Contact")}>
        <P>{tr("Vragen of bezwaar? Begin bij je school.", "Questions or an objection? Begin with your school.")}</P>
        <Contacts kinds={["school"]} />
      </Section>
    </Page>
  );
}
