// The first page: what this is, for whom, and where to go.
import { tr } from "~/base/language.ts";
import { Link } from "~/base/router.tsx";
import { useSession } from "~/base/session.ts";
import { P, Page, Section } from "~/ui/parts.tsx";

type Tile = { title: string; text: string };

const steps = (): Tile[] => [
  {
    title: tr("De school kent je, het programma niet", "The school knows you, the program does not"),
    text: tr("De school vertelt wat een student zoekt en kan. Naam, adres en leeftijd gaan in een aparte kluis. Het deel dat koppelt kan daar niet bij.", "The school says what a student looks for and can do. Name, address and age go into a separate vault. The part that matches cannot reach it."),
  },
  {
    title: tr("Het bedrijf zegt vooraf wat telt", "The company says in advance what counts"),
    text: tr("Een leerbedrijf noemt zijn eisen voordat het iemand ziet. Het krijgt één kandidaat per plek, zonder naam, en zegt akkoord of geeft een reden waarom niet.", "A company names its criteria before it sees anybody. It gets one candidate a place, without a name, and agrees or gives a reason why not."),
  },
  {
    title: tr("Mensen beslissen, iedereen kan het nagaan", "People decide, everyone can check"),
    text: tr("De school kijkt naar elk voorstel en de student zegt zelf ja of nee. Wie even goed past, loot. Die loting kan iedereen narekenen.", "The school looks at every proposal and the student says yes or no. Who fits equally well draws lots. Anyone can check that lottery."),
  },
];

const audiences = (): Tile[] => [
  {
    title: tr("Voor studenten", "For students"),
    text: tr("Je zet plekken op volgorde, je ziet waarom je een plek krijgt en wat een bedrijf van je zag. En je weet wie je kunt bellen.", "You put places in order, you see why you get a place and what a company saw of you. And you know who to call."),
  },
  {
    title: tr("Voor leerbedrijven", "For companies"),
    text: tr("Je meldt een plek in een paar minuten, ook op je telefoon. Je krijgt een kandidaat die past bij wat je vroeg.", "You publish a place in a few minutes, on your telephone too. You get a candidate who fits what you asked."),
  },
  {
    title: tr("Voor scholen", "For schools"),
    text: tr("De puzzel wordt gelegd, jij houdt de regie. Elke afwijzing heeft een reden die vaststaat op het moment zelf.", "The puzzle is solved, you stay in charge. Every refusal has a reason that is recorded when it is given."),
  },
];

export function HomePage() {
  const session = useSession();
  return (
    <Page
      title={tr("Een stage om wat je kunt, niet om wie je bent", "An internship for what you can do, not for who you are")}
      lead={tr("Stagematch koppelt mbo- en hbo-studenten aan stages en leerbanen. Niemand kiest op een naam. Pas na jouw ja hoort het bedrijf wie je bent.", "Stagematch matches mbo and hbo students to internships and apprenticeships. Nobody chooses by name. Only after your yes does the company hear who you are.")}
    >
      <div class="sm-row">
        {session.kind !== "signed-in" && (
          <Link class="nl-button nl-button--primary" href="/inloggen">
            {tr("Inloggen", "Sign in")}
          </Link>
        )}
        <Link class="nl-button nl-button--secondary" href="/uitleg">
          {tr("Hoe werkt het?", "How does it work?")}
        </Link>
      </div>
      <Section title={tr("Zo gaat het", "How it goes")}>
        <ol class="sm-trio">
          {steps().map((step, i) => (
            <li key={step.title} class="sm-trio__item">
              <span class="sm-trio__number" aria-hidden="true">
                {i + 1}
              </span>
              <h3 class="nl-heading nl-heading--level-4">{step.title}</h3>
              <p class="nl-paragraph">{step.text}</p>
            </li>
          ))}
        </ol>
      </Section>
      <Section title={tr("Voor wie?", "For whom?")}>
        <ul class="sm-trio sm-trio--plain">
          {audiences().map((one) => (
            <li key={one.title} class="sm-trio__item">
              <h3 class="nl-heading nl-heading--level-4">{one.title}</h3>
              <p class="nl-paragraph">{one.text}</p>
            </li>
          ))}
        </ul>
        <P quiet>{tr("Meedoen gaat via je school: die nodigt studenten en bedrijven uit.", "You take part through a school: it invites students and companies.")}</P>
      </Section>
      <Section title={tr("Vertrouwen is goed, nagaan is beter", "Trust is good, checking is better")}>
        <ul class="sm-list">
          <li>
            <Link href="/rondes">{tr("Bekijk wat openbaar is van een ronde, en reken de loting na", "See what is public of a round, and check its lottery")}</Link>
          </li>
          <li>
            <Link href="/monitor">{tr("Bekijk de cijfers per half jaar", "See the figures of each half year")}</Link>
          </li>
          <li>
            <Link href="/algoritme">{tr("Lees hoe het algoritme werkt en wie beslist", "Read how the algorithm works and who decides")}</Link>
          </li>
          <li>
            <Link href="/privacy">{tr("Lees wie wat van je ziet, en wanneer", "Read who sees what of you, and when")}</Link>
          </li>
          <li>
            <Link href="/hulp">{tr("Er ging iets mis, of je werd oneerlijk behandeld? Hier is hulp", "Something went wrong, or you were treated unfairly? Here is help")}</Link>
          </li>
        </ul>
      </Section>
    </Page>
  );
}
