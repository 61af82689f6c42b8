// After release: who the student is, how they are introduced, and what the company does then.
import { useState } from "preact/hooks";
import type { Identity } from "~gen/stagematch/v1/student_pb.ts";
import { type CandidateView, type CheckIn, ProposalState } from "~gen/stagematch/v1/proposal_pb.ts";
import type { Placement } from "~gen/stagematch/v1/placement_pb.ts";
import { type Task, TaskKind } from "~gen/stagematch/v1/task_pb.ts";
import { api } from "~/base/api.ts";
import { save } from "~/base/csv.ts";
import { day, due, moment, period } from "~/base/format.ts";
import { toIcs } from "~/base/ics.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { go, Link } from "~/base/router.tsx";
import { proposalWord } from "~/base/words.ts";
import { AskFirst } from "~/ui/ask.tsx";
import { Arrive } from "~/ui/arrive.tsx";
import { orShowNow } from "~/ui/overtaken.ts";
import { Badge, Button, DataList, P, Section, Shown } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { agenda } from "./agenda.ts";
import type { Change, Known } from "./candidate.tsx";
import { momentOf, moments } from "~/market/check_in_text.ts";
import { Refuse } from "~/market/refuse.tsx";

const fullName = ({ firstName, infix, lastName }: Identity): string => [firstName, infix, lastName].filter(Boolean).join(" ");

function Person({ view }: { view: CandidateView }) {
  const identity = useLoad((signal) => api.identity.getCandidateIdentity({ candidate: view.candidate }, { signal }), [view.candidate]);
  return (
    <Section title={tr("De student", "The student")}>
      <Shown of={identity}>
        {({ identity: who, introduction }) => (
          <>
            {who && (
              <DataList
                items={[
                  [tr("Naam", "Name"), fullName(who)],
                  [tr("E-mail", "E-mail"), who.email && <a class="nl-link" href={`mailto:${who.email}`}>{who.email}</a>],
                  [tr("Telefoon", "Phone"), who.phone && <a class="nl-link" href={`tel:${who.phone}`}>{who.phone}</a>],
                ]}
              />
            )}
            <P quiet>{tr("Gebruik dit alleen voor deze stage. Elke keer dat je dit leest, wordt vastgelegd.", "Use this for this internship alone. Each time you read it is recorded.")}</P>
            {view.introduction?.date && (
              <P>
                {tr("Kennismaking op", "Introduction on")} <strong>{day(view.introduction.date)}</strong>
              </P>
            )}
            {introduction ? (
              <blockquote class="sm-card sm-card--calm sm-quote">{introduction}</blockquote>
            ) : (
              <P>{tr("De school plant de kennismaking met de student. Daarna lees je hier hoe de student zich voorstelt.", "The school plans the introduction with the student. You then read here how the student is introduced.")}</P>
            )}
          </>
        )}
      </Shown>
    </Section>
  );
}

function PlaceOrDrop({ view, place, change }: { view: CandidateView; place: Placement; change: Change }) {
  const [asking, ask] = useState(false);
  const [dropping, drop] = useState(false);
  const placed = useAction(async (requestId) => {
    const answer = await orShowNow(api.candidate.placeCandidate({ requestId, candidate: view.candidate, version: view.version }), change.reload);
    say(tr("De student is geplaatst.", "The student is placed."));
    if (answer.view) change.set(answer.view);
    ask(false);
  });
  if (dropping)
    return (
      <Arrive>
        <Section title={tr("De student komt niet", "The student does not come")}>
          <Refuse kind="drop" view={view} {...change} close={() => drop(false)} />
        </Section>
      </Arrive>
    );
  return (
    <Section title={tr("Na de kennismaking", "After the introduction")}>
      <P>{tr("Kennen jullie elkaar? Laat dan weten dat de student komt.", "Have you met? Then say that the student comes.")}</P>
      <div class="sm-row">
        <Button kind="primary" onClick={() => ask(true)}>
          {tr("Ja, de student komt", "Yes, the student comes")}
        </Button>
        <Button onClick={() => drop(true)}>{tr("De student komt niet", "The student does not come")}</Button>
      </div>
      <AskFirst open={asking} title={tr("De student komt?", "The student comes?")} close={() => ask(false)} action={placed} yes={tr("Ja, geplaatst", "Yes, placed")} no={tr("Terug", "Back")}>
        <P>{tr(`Je belooft deze plaats: ${period(place.startDate, place.endDate)}. De student en de school horen het meteen.`, `You promise this seat: ${period(place.startDate, place.endDate)}. The student and the school hear it at once.`)}</P>
      </AskFirst>
    </Section>
  );
}

const answeredText = (checkIn: CheckIn) => tr(`Beantwoord op ${moment(checkIn.answerTime)}`, `Answered on ${moment(checkIn.answerTime)}`);

function CheckIns({ view: { candidate, checkIns }, tasks }: { view: CandidateView; tasks: readonly Task[] }) {
  const open = tasks.filter((task) => task.kind === TaskKind.CHECK_IN);
  return (
    <Section title={tr("Hoe gaat het?", "How is it going?")}>
      <P>{tr("Drie keer stellen we je drie korte vragen: na twee weken, na zes weken en aan het einde.", "Three times we ask three short questions: after two weeks, after six weeks and at the end.")}</P>
      {open.length === 0 ? (
        <P>{tr("Er zijn nu geen vragen. Je krijgt een bericht als het zover is.", "There are no questions now. You get a message when it is time.")}</P>
      ) : (
        <ul class="sm-list">
          {open.map((task) => (
            <li key={task.taskId}>
              <Link href={`/bedrijf/kandidaten/${candidate}/vragen/${task.detail}`}>{tr(`Vragen ${momentOf(task.detail)?.text() ?? ""}`, `Questions ${momentOf(task.detail)?.text() ?? ""}`)}</Link> {tr(`voor ${due(task.dueTime)}`, `by ${due(task.dueTime)}`)}
            </li>
          ))}
        </ul>
      )}
      {checkIns.length > 0 && (
        <DataList
          items={moments.flatMap((one) => {
            const given = checkIns.find((checkIn) => checkIn.moment === one.moment);
            return given ? [[tr(`Vragen ${one.text()}`, `Questions ${one.text()}`), answeredText(given)] as const] : [];
          })}
        />
      )}
    </Section>
  );
}

export function Met({ known, change }: { known: Known; change: Change }) {
  const { view, place, tasks } = known;
  const word = proposalWord(view.state);
  const dates = agenda(view, place, tasks);
  return (
    <>
      <div class="sm-row">
        <Badge tone={word.tone}>{word.text}</Badge>
      </div>
      <Person view={view} />
      {view.state === ProposalState.RELEASED && <PlaceOrDrop view={view} place={place} change={change} />}
      {view.state === ProposalState.PLACED && (
        <Section title={tr("Hoe het verder gaat", "What comes next")}>
          <P>{tr(`De stage is ${period(place.startDate, place.endDate)}. De school bevestigt als het begonnen is.`, `The internship is ${period(place.startDate, place.endDate)}. The school confirms once it has begun.`)}</P>
        </Section>
      )}
      {(view.state === ProposalState.STARTED || view.checkIns.length > 0) && <CheckIns view={view} tasks={tasks} />}
      <Section title={tr("Hulp bij een goed begin", "Help for a good start")}>
        <div class="sm-row">
          <Button onClick={() => go(`/bedrijf/kandidaten/${view.candidate}/kennismaking`)}>{tr("Vragen voor de kennismaking", "Questions for the introduction")}</Button>
          {dates.length > 0 && <Button onClick={() => save("stage.ics", "text/calendar;charset=utf-8", toIcs(dates))}>{tr("Zet de data in je agenda", "Put the dates in your calendar")}</Button>}
        </div>
      </Section>
    </>
  );
}
