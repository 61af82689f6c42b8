// How it works, in plain words: the way of a place, the rules of the match, the lottery, and what a company sees.
import { useCatalog } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { Link } from "~/base/router.tsx";
import { Details, P, Page, Section } from "~/ui/parts.tsx";
import { LotteryExample } from "./example.tsx";

const way = (): string[] => [
  tr("De school levert in wat haar studenten zoeken. De student kijkt of het klopt, zet plekken op volgorde en slaat plekken over.", "The school hands in what its students look for. The student checks it, ranks places and leaves places out."),
  tr("Leerbedrijven melden plekken, met eisen die vaststaan voordat ze iemand zien.", "Companies publish places, with criteria that are fixed before they see anybody."),
  tr("De ronde wordt verzegeld: niemand verandert er nog iets aan. Daarna volgt de loting en rekent het programma de match uit.", "The round is sealed: nobody changes anything any more. Then the lottery follows and the program computes the match."),
  tr("De school bekijkt elk voorstel. Zij kan het tegenhouden, met een reden.", "The school looks at every proposal. It can stop one, with a reason."),
  tr("Het bedrijf ziet één kandidaat zonder naam. Het zegt akkoord, of maakt bezwaar met een reden van een vaste lijst.", "The company sees one candidate without a name. It agrees, or objects with a reason from a fixed list."),
  tr("De student zegt ja of nee.", "The student says yes or no."),
  tr("Pas dan geeft de school de naam door. Student en bedrijf maken kennis, met een tekst die de student goed vindt.", "Only then does the school pass on the name. Student and company meet, with a text that the student agrees with."),
  tr("Na 2 en 6 weken en aan het eind vragen we student en bedrijf hoe het gaat.", "After 2 and 6 weeks and at the end we ask student and company how it goes."),
];

function Rules() {
  const catalog = useCatalog();
  const slack = catalog.data?.matching?.slackDays ?? 7;
  return (
    <Section title={tr("Welke plekken passen?", "Which places fit?")}>
      <P>{tr("Een plek past bij een student als alles hieronder klopt:", "A place fits a student when all of this holds:")}</P>
      <ul class="sm-list">
        <li>{tr("Dezelfde opleiding en leerweg (BOL, BBL of hbo).", "The same study programme and route (BOL, BBL or hbo).")}</li>
        <li>{tr(`De periode past, met ${slack} dagen speling.`, `The period fits, with ${slack} days of slack.`)}</li>
        <li>{tr("Er zijn genoeg uren, op dagen dat de student kan.", "There are enough hours, on days when the student can.")}</li>
        <li>{tr("De afstand is niet groter dan de student wil reizen (hemelsbreed, tussen postcodegebieden).", "It is no further than the student wants to travel (in a straight line, between postcode areas).")}</li>
        <li>{tr("De student heeft voor elke harde eis minstens het gevraagde niveau.", "For every hard criterion the student has at least the level asked.")}</li>
        <li>{tr("De student heeft de plek niet overgeslagen.", "The student did not leave the place out.")}</li>
      </ul>
      <P>{tr("De volgorde van de student is die van de eigen lijst. Daarna komen de andere passende plekken: eerst die met gedeelde interesses, dan die dichtbij zijn.", "The student's order is the own list. After it come the other places that fit: first those with shared interests, then those nearby.")}</P>
    </Section>
  );
}

function WhoGoesFirst() {
  const catalog = useCatalog();
  const width = catalog.data?.matching?.bandWidth ?? 10;
  return (
    <Section title={tr("Wie gaat voor?", "Who goes first?")}>
      <P>{tr(`Een bedrijf mag vooraf zeggen welke vaardigheden zwaarder tellen. Daaruit volgt een score van 0 tot 100, in groepen van ${width} punten. Wie in een hogere groep zit, gaat voor. Wie in dezelfde groep zit, is even geschikt: dan beslist alleen de loting.`, `A company may say in advance which skills count for more. That gives a score of 0 to 100, in bands of ${width} points. A higher band goes first. Within a band all are equally suitable: only the lottery decides.`)}</P>
      <P>{tr("Het programma probeert voor iedereen eerst de eerste keus, dan de tweede, en zo verder. Een plek houdt steeds vast wie daar voorgaat, en laat los zodra er iemand komt die meer recht heeft. Dat heet uitgestelde toewijzing (Gale en Shapley, 1962). Aan het eind is er niemand die een plek liever had gehad én daar voorging.", "For everyone the program first tries the first choice, then the second, and so on. A place always holds who goes first there, and lets go when somebody comes who has more right. This is called deferred acceptance (Gale and Shapley, 1962). In the end there is nobody who would rather have had a place and went first there.")}</P>
      <P>{tr("Eerlijk invullen is altijd het beste: met een andere volgorde dan je echte kun je in de eerste match geen betere plek krijgen.", "Being honest is always best: another order than your true one cannot get you a better place in the first match.")}</P>
    </Section>
  );
}

function Lottery() {
  return (
    <Section title={tr("De loting", "The lottery")}>
      <P>{tr("Elke student krijgt één lotnummer voor de hele ronde. Niemand kan het vooraf weten of kiezen:", "Every student gets one lottery number for the whole round. Nobody can know or choose it in advance:")}</P>
      <ol class="sm-list">
        <li>{tr("Zolang de ronde open is, legt elke school een geheim getal vast en maakt de vingerafdruk daarvan openbaar.", "While the round is open every school fixes a secret number and publishes its fingerprint.")}</li>
        <li>{tr("Bij het verzegelen staat de invoer vast. Ook daarvan wordt een vingerafdruk openbaar.", "When it is sealed the input is fixed. A fingerprint of that is published too.")}</li>
        <li>{tr("Daarna laten de scholen hun getallen zien. Uit alles samen volgt de loting.", "Then the schools show their numbers. The lottery follows from all of it together.")}</li>
        <li>{tr("Soms komt er nog een getal van buiten bij, dat van tevoren was aangekondigd.", "Sometimes a number from outside is added, which had been announced.")}</li>
      </ol>
      <P>
        {tr("Zonder getal van buiten moet je erop vertrouwen dat scholen en beheerder niet samenspannen. Dat staat dan ook bij de ronde.", "Without a number from outside you must trust that schools and operator do not act together. The round then says so.")}{" "}
        <Link href="/rondes">{tr("Reken een ronde na", "Check a round")}</Link>
      </P>
      <LotteryExample />
    </Section>
  );
}

function Seen() {
  const catalog = useCatalog();
  const k = catalog.data?.matching?.anonymity ?? 5;
  return (
    <Section title={tr("Wat ziet een bedrijf?", "What does a company see?")}>
      <P>{tr("Voor het ja van de student: een willekeurig kenmerk, de opleiding, dat periode, uren, dagen en harde eisen passen, en per gewogen eis of iemand eronder, erop of erboven zit. Kandidaten komen een voor een, nooit naast elkaar.", "Before the student's yes: a random label, the study programme, that period, hours, days and hard criteria fit, and for each weighted criterion whether somebody is below, at or above it. Candidates come one by one, never side by side.")}</P>
      <P>{tr(`Zouden minder dan ${k} studenten hetzelfde beeld geven, dan laten we delen weg.`, `Where fewer than ${k} students would give the same picture, we leave parts out.`)}</P>
    </Section>
  );
}

function Refusing() {
  return (
    <Section title={tr("Nee zeggen kan, maar met een reden", "No is possible, but with a reason")}>
      <P>{tr("Een bedrijf kiest niet uit kandidaten. Het kan bezwaar maken om de plek (bijvoorbeeld: geen begeleider) of om een criterium dat vooraf was genoemd. “Geen klik” is geen reden. De reden wordt vastgelegd op het moment zelf en kan daarna niet meer veranderen.", "A company does not choose among candidates. It can object because of the place (for example: no supervisor) or a criterion named in advance. “No click” is no reason. The reason is recorded at that moment and cannot be changed later.")}</P>
      <P>{tr("Kan niemand de reden volgen, dan bekijkt een mens van de school die. Wijst een bedrijf vaker zonder duidelijke reden af, dan gaat de plek op pauze en belt de school.", "Where a reason cannot be followed, a person at the school looks at it. When a company refuses repeatedly without a clear reason the place is paused and the school calls.")}</P>
      <Details summary={tr("En als er geen plek is?", "And if there is no place?")}>
        <P>{tr("Dan zie je waarom: welke regel plekken liet afvallen, of dat anderen voorgingen. Komt er een plek vrij, dan wordt opnieuw gezocht. Wie al een plek heeft, houdt die.", "Then you see why: which rule took places away, or that others went first. When a place becomes free the search goes on. Who has a place keeps it.")}</P>
      </Details>
    </Section>
  );
}

export function ExplanationPage() {
  return (
    <Page title={tr("Hoe het werkt", "How it works")} lead={tr("Van zoeken tot je laatste stagedag. In gewone taal, en zonder geheimen.", "From looking to your last day. In plain words, and without secrets.")}>
      <Section title={tr("De weg naar een plek", "The way to a place")}>
        <ol class="sm-list sm-text">
          {way().map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </Section>
      <Rules />
      <WhoGoesFirst />
      <Lottery />
      <Seen />
      <Refusing />
    </Page>
  );
}
