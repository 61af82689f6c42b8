// The kennismaking: the same questions for every student, to print or to have at hand, and what helps a good start.
import { tr } from "~/base/language.ts";
import { Link, type Params } from "~/base/router.tsx";
import { Alert, Button, P, Page, Section } from "~/ui/parts.tsx";

const questions = (): readonly string[] => [
  tr("Wat wil je hier graag leren?", "What would you like to learn here?"),
  tr("Wat kun je al goed, en waar heb je dat geleerd?", "What can you do well already, and where did you learn it?"),
  tr("Hoe leer je het liefst: zien, doen, of eerst lezen?", "How do you learn best: seeing, doing, or reading first?"),
  tr("Wat heb je van ons nodig om goed te beginnen?", "What do you need from us to begin well?"),
  tr("Welke dagen en tijden passen bij je rooster?", "Which days and times fit your timetable?"),
  tr("Wat wil je van ons weten?", "What do you want to know of us?"),
];

const tips = (): readonly string[] => [
  tr("Vertel je collega’s dat er een student komt, en wie begeleidt.", "Tell your colleagues that a student comes, and who guides."),
  tr("Zet een vaste begeleider klaar voor de eerste dag, met een uur tijd.", "Have a fixed supervisor ready for the first day, with an hour of time."),
  tr("Laat eerst zien hoe jullie werken. Geef daarna een kleine, echte taak.", "Show first how you work. Then give a small, real task."),
  tr("Spreek af hoe en bij wie de student vragen stelt, ook over hoe het voelt.", "Agree how and whom the student asks, also about how it feels."),
  tr("Plan na een week tien minuten: wat gaat goed, wat kan beter?", "Plan ten minutes after a week: what goes well, what could be better?"),
];

const notAsked = () =>
  tr(
    "Vraag niet naar afkomst, geloof, gezondheid, zwangerschap of gezin. Dat telt niet mee, en je mag er niet op kiezen.",
    "Do not ask about origin, belief, health, pregnancy or family. It does not count, and you may not choose by it.",
  );

export function MeetingPage({ params }: { params: Params }) {
  return (
    <Page
      title={tr("Vragen voor de kennismaking", "Questions for the introduction")}
      lead={tr("Stel elke student dezelfde vragen. Zo is het eerlijk, en hoor je wat telt.", "Ask every student the same questions. So it is fair, and you hear what counts.")}
      back={<Link href={`/bedrijf/kandidaten/${params.candidate ?? ""}`}>{tr("‹ De student", "‹ The student")}</Link>}
    >
      <Alert>{tr("Wat je opschrijft is van jou. Wij bewaren de antwoorden niet.", "What you write down is yours. We do not keep the answers.")}</Alert>
      <Section title={tr("De vragen", "The questions")}>
        <ol class="sm-list">
          {questions().map((question) => (
            <li key={question}>
              {question}
              <span class="sm-blank sm-blank--line" />
            </li>
          ))}
        </ol>
        <P>{notAsked()}</P>
      </Section>
      <Section title={tr("Wat helpt voor een goed begin", "What helps a good start")}>
        <ul class="sm-list">
          {tips().map((tip) => (
            <li key={tip}>{tip}</li>
          ))}
        </ul>
      </Section>
      <div class="sm-noprint">
        <Button onClick={() => print()}>{tr("Print deze pagina", "Print this page")}</Button>
      </div>
    </Page>
  );
}
