// A card to prepare the first meeting with, on paper or on the phone. What is written on it stays on paper.
import { day } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { Link } from "~/base/router.tsx";
import { Alert, Button, Card, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { useIntroductionText } from "./introduction.tsx";
import { type Place, usePlace } from "./proposal.tsx";

const mine = (): string[] => [
  tr("Wat wil ik op deze plek leren?", "What do I want to learn at this place?"),
  tr("Wat kan ik al, en waar ben ik trots op?", "What can I do already, and what am I proud of?"),
  tr("Wat helpt mij om goed te werken?", "What helps me to work well?"),
];

const toAsk = (): string[] => [
  tr("Hoe ziet een gewone dag eruit?", "What does an ordinary day look like?"),
  tr("Wie begeleidt mij, en wanneer praten we samen?", "Who guides me, and when do we talk?"),
  tr("Hoe laat begin ik, wat trek ik aan, wat neem ik mee?", "When do I begin, what do I wear, what do I bring?"),
  tr("Bij wie kan ik terecht als er iets is?", "Whom can I go to when something is wrong?"),
];

const notAsked = (): string[] => [
  tr("waar je of je ouders geboren zijn, je geloof of je afkomst", "where you or your parents were born, your belief or descent"),
  tr("of je een relatie, kinderen of een kinderwens hebt", "whether you have a relationship, children or a wish for them"),
  tr("je gezondheid, behalve wat je zelf wilt vertellen omdat het helpt", "your health, except what you want to tell because it helps"),
];

function Lines({ questions }: { questions: readonly string[] }) {
  return (
    <ul class="sm-lines">
      {questions.map((question) => (
        <li key={question}>{question}</li>
      ))}
    </ul>
  );
}

function Words({ place }: { place: Place }) {
  const text = useIntroductionText(place.proposal);
  return text.data ? (
    <>
      <P>{tr("Zo heeft je school je voorgesteld:", "This is how your school introduced you:")}</P>
      <blockquote class="sm-quote">{text.data}</blockquote>
    </>
  ) : null;
}

function Filled({ place }: { place: Place }) {
  const { proposal } = place;
  return (
    <>
      <Card>
        <P>
          <strong>{proposal.companyName}</strong>
          {place.title && <span class="sm-block">{place.title}</span>}
        </P>
        <P>{proposal.introduction?.date ? tr(`Kennismaking op ${day(proposal.introduction.date)}`, `Meeting on ${day(proposal.introduction.date)}`) : tr("De dag is nog niet bekend.", "The day is not known yet.")}</P>
        <Words place={place} />
      </Card>
      <Section title={tr("Over mij", "About me")}>
        <Lines questions={mine()} />
      </Section>
      <Section title={tr("Wat ik wil vragen", "What I want to ask")}>
        <Lines questions={toAsk()} />
      </Section>
      <Section title={tr("Goed om te weten", "Good to know")}>
        <P>{tr("Dit is geen sollicitatie. Je hoeft de plek niet meer te verdienen. Jullie leren elkaar kennen en maken afspraken.", "This is no job interview. You need not earn the place any more. You get to know each other and make arrangements.")}</P>
        <P>{tr("Hier hoef je niet op te antwoorden:", "You need not answer about:")}</P>
        <ul class="sm-list">
          {notAsked().map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
        <P>{tr("Gebeurt het toch, of voelt iets niet goed? Bel je stagecoördinator of vertrouwenspersoon.", "It happens anyway, or something feels wrong? Call your coördinator or confidential adviser.")}</P>
      </Section>
    </>
  );
}

export function CardPage({ params }: { params: Record<string, string> }) {
  const place = usePlace(params.id ?? "");
  return (
    <Page
      title={tr("Voorbereiden op je kennismaking", "Prepare to meet")}
      back={<Link href={`/student/voorstellen/${params.id}`}>{tr("← Terug naar het voorstel", "← Back to the proposal")}</Link>}
    >
      <div class="sm-noprint">
        <Alert>{tr("Print deze kaart en schrijf erop, of houd hem bij je op je telefoon. Wat je opschrijft is van jou.", "Print this card and write on it, or keep it on your telephone. What you write is yours.")}</Alert>
      </div>
      <div>
        <Button onClick={() => print()}>{tr("Print deze kaart", "Print this card")}</Button>
      </div>
      <Shown of={place}>{(found) => <Filled place={found} />}</Shown>
    </Page>
  );
}
