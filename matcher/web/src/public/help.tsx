// Who helps: the school's own contacts first, then everybody's; and the ways to report discrimination.
import { useState } from "preact/hooks";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import type { GetCatalogResponse } from "~gen/stagematch/v1/operation_pb.ts";
import { useCatalog } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { Link } from "~/base/router.tsx";
import { useSession } from "~/base/session.ts";
import { SelectField } from "~/ui/fields.tsx";
import { Alert, Details, ErrorNote, P, Page, Section } from "~/ui/parts.tsx";
import { Contacts } from "./contacts.tsx";

const steps = (): string[] => [
  tr("Ben je in gevaar? Bel 112.", "Are you in danger? Call 112."),
  tr("Schrijf op wat er gebeurde: wanneer, waar, wie erbij was, wat er gezegd is. Bewaar berichten.", "Write down what happened: when, where, who was there, what was said. Keep messages."),
  tr("Praat met je stagecoördinator of vertrouwenspersoon. De school praat met jou én met het bedrijf, en zegt het de adviseur praktijkleren van SBB. Alleen praten is niet genoeg: de school moet er iets aan doen, en laten zien dat ze dat deed.", "Talk with your coördinator or confidential adviser. The school talks with you and with the company, and tells SBB's adviser. Talking alone is not enough: the school must act, and show that it did."),
  tr("Daarna kunnen jij of je school melden bij het meldpunt stagediscriminatie van SBB (mbo). Je krijgt binnen 3 werkdagen antwoord. SBB hoort beide kanten en kan een bedrijf de erkenning afnemen.", "Then you or your school can report to SBB's contact point for internship discrimination (mbo). You get an answer within 3 working days. SBB hears both sides and can take away a company's recognition."),
];

const elsewhere = (): [string, string][] => [
  [tr("Discriminatie.nl", "Discriminatie.nl"), tr("De antidiscriminatievoorziening van je gemeente: luistert, geeft advies en helpt met melden. Gratis, en je hoeft niet eerst naar je school.", "Your municipality's anti-discrimination service: listens, advises and helps to report. Free, and you need not go to your school first.")],
  [tr("College voor de Rechten van de Mens", "College voor de Rechten van de Mens"), tr("Geeft een oordeel of iets verboden discriminatie was.", "Gives a judgment whether something was forbidden discrimination.")],
  [tr("Vertrouwensinspecteur", "Inspectorate's confidential inspector"), tr("Van de Inspectie van het Onderwijs, bij discriminatie, geweld of ander ongewenst gedrag.", "Of the Inspectie van het Onderwijs, for discrimination, violence or other unacceptable behaviour.")],
  [tr("Klachtenregeling van je school", "Your school's complaints procedure"), tr("Als je vindt dat je school niet goed hielp.", "If you find that your school did not help well.")],
];

function Discrimination() {
  return (
    <Section title={tr("Word je oneerlijk behandeld?", "Are you treated unfairly?")}>
      <P>{tr("Discriminatie hoort niet: niet bij het zoeken, niet bij de kennismaking, niet op de plek. Het ligt niet aan jou. Dit kun je doen:", "Discrimination is wrong: when looking, when meeting, at the place. It is not your fault. This is what you can do:")}</P>
      <ol class="sm-list sm-text">
        {steps().map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <P>{tr("Wil je niet dat het bedrijf je naam hoort? Zeg dat erbij. Zonder jouw akkoord blijft je naam afgeschermd.", "Do you not want the company to hear your name? Say so. Without your agreement your name stays shielded.")}</P>
      <P>
        <Link href="/melden">{tr("Meld het hier aan je school, met of zonder je naam", "Report it to your school here, with or without your name")}</Link>
      </P>
      <Details summary={tr("Andere wegen, ook zonder je school", "Other ways, also without your school")}>
        <ul class="sm-list">
          {elsewhere().map(([name, text]) => (
            <li key={name}>
              <strong>{name}.</strong> {text}
            </li>
          ))}
        </ul>
      </Details>
    </Section>
  );
}

const useRole = (): Role => {
  const session = useSession();
  return session.kind === "signed-in" || session.kind === "over" ? session.session.role : Role.UNSPECIFIED;
};

/* A coördinator's own school comes first; others choose theirs. The student's pages pass it on by themselves. */
function useOwnSchool(): string {
  const session = useSession();
  const of = session.kind === "signed-in" ? session.session : null;
  return of && of.role !== Role.COMPANY && of.role !== Role.STUDENT && of.role !== Role.OPERATOR ? (of.scope[0] ?? "") : "";
}

/* Where the service knows no names of schools, those that have contacts are known by their codes. */
function schoolsOf(catalog: GetCatalogResponse | undefined): { code: string; name: string }[] {
  if (!catalog || catalog.schools.length > 0) return catalog?.schools ?? [];
  return [...new Set(catalog.contacts.map(({ school }) => school).filter(Boolean))].sort().map((code) => ({ code, name: code }));
}

function AtSchool() {
  const own = useOwnSchool();
  const catalog = useCatalog();
  const [chosen, choose] = useState<string | null>(null);
  const schools = schoolsOf(catalog.data);
  const school = chosen ?? (own || (schools.length === 1 ? schools[0]?.code : ""));
  const kinds = ["school", "vertrouwenspersoon"];
  return (
    <>
      {schools.length > 1 && (
        <SelectField
          label={tr("Welke school?", "Which school?")}
          value={school ?? ""}
          onValue={choose}
          choices={[{ value: "", label: tr("Kies een school…", "Choose a school…") }, ...schools.map(({ code, name }) => ({ value: code, label: name }))]}
        />
      )}
      {school && <Contacts school={school} kinds={kinds} />}
      {catalog.data && schools.length === 0 && <Contacts kinds={kinds} />}
      {catalog.error !== undefined && <ErrorNote error={catalog.error} retry={catalog.reload} />}
    </>
  );
}

/* A company asks other things than a student: of the school, of SBB, of those who help to recruit fairly. */
function ForCompany() {
  return (
    <>
      <Section title={tr("Bij de school", "At the school")}>
        <AtSchool />
      </Section>
      <Section title={tr("Voor bedrijven", "For companies")}>
        <Contacts kinds={["sbb", "ser"]} />
      </Section>
      <Section title={tr("Over gelijke behandeling", "About equal treatment")}>
        <Contacts kinds={["adv", "college"]} />
      </Section>
    </>
  );
}

function ForEverybody() {
  return (
    <>
      <Section title={tr("Bij je school", "At your school")}>
        <AtSchool />
      </Section>
      <Discrimination />
      <Section title={tr("Buiten je school", "Outside your school")}>
        <Contacts kinds={["sbb", "adv", "college", "inspectie", "mdt", "ser"]} />
      </Section>
    </>
  );
}

export function HelpPage() {
  const role = useRole();
  return (
    <Page title={tr("Hulp", "Help")} lead={tr("Een vraag, een probleem of iets dat niet goed voelt? Hier vind je een mens.", "A question, a problem, or something that feels wrong? Here you find a person.")}>
      {role === Role.COMPANY ? <ForCompany /> : <ForEverybody />}
      <Section title={tr("Kun je niet inloggen?", "You cannot sign in?")}>
        <Alert>{tr("Vraag op de inlogpagina een nieuw wachtwoord aan. Komt er geen bericht? Bel het stagebureau van je school: die kan je opnieuw uitnodigen.", "Ask for a new password on the sign-in page. No message? Call your school's internship office: it can invite you again.")}</Alert>
      </Section>
      <Section title={tr("Toetsen", "Keys")}>
        <ul class="sm-list">
          <li>
            <kbd class="sm-keys">Ctrl+K</kbd> {tr("gaat naar het zoekveld van de pagina.", "goes to the page's search field.")}
          </li>
          <li>
            <kbd class="sm-keys">Ctrl+Z</kbd> {tr("maakt ongedaan wat onderin het scherm staat.", "undoes what stands at the bottom of the screen.")}
          </li>
          <li>
            <kbd class="sm-keys">↑</kbd> <kbd class="sm-keys">↓</kbd> <kbd class="sm-keys">Home</kbd> <kbd class="sm-keys">End</kbd> {tr("gaan door een lange lijst, Enter opent een rij.", "go through a long list, Enter opens a row.")}
          </li>
        </ul>
      </Section>
    </Page>
  );
}
