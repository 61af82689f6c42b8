// How it goes: three questions with three answers each, in weeks 2 and 6 and at the end.
import { useState } from "preact/hooks";
import { type CheckIn, CheckInAnswer, CheckInMoment, type Proposal, ProposalState, Side } from "~gen/stagematch/v1/proposal_pb.ts";
import { TaskKind } from "~gen/stagematch/v1/task_pb.ts";
import { api } from "~/base/api.ts";
import { moment as at } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { Link } from "~/base/router.tsx";
import { Form, RadioGroup } from "~/ui/fields.tsx";
import { Alert, Badge, type BadgeTone, Button, Card, DataList, Outcome, P, Section, Shown } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";

const moments: Record<string, CheckInMoment> = { week_2: CheckInMoment.WEEK_2, week_6: CheckInMoment.WEEK_6, end: CheckInMoment.END };

function momentText(moment: CheckInMoment): string {
  if (moment === CheckInMoment.WEEK_2) return tr("Na 2 weken", "After 2 weeks");
  if (moment === CheckInMoment.WEEK_6) return tr("Na 6 weken", "After 6 weeks");
  return tr("Aan het eind", "At the end");
}

type Question = { text: string; answers: Record<"green" | "orange" | "red", string> };

const questions = (): Question[] => [
  { text: tr("Hoe gaat het op je stage?", "How is your internship going?"), answers: { green: tr("Goed", "Well"), orange: tr("Het kan beter", "It could be better"), red: tr("Niet goed", "Not well") } },
  {
    text: tr("Krijg je goede begeleiding?", "Are you guided well?"),
    answers: { green: tr("Ja, ik krijg genoeg uitleg en tijd", "Yes, enough explanation and time"), orange: tr("Soms te weinig", "Sometimes too little"), red: tr("Nee, ik krijg geen begeleiding", "No, I get no guidance") },
  },
  {
    text: tr("Word jij goed behandeld, en iedereen om je heen?", "Are you treated well, and everybody around you?"),
    answers: { green: tr("Ja", "Yes"), orange: tr("Niet altijd", "Not always"), red: tr("Nee, er gebeuren dingen die niet horen", "No, things happen that should not") },
  },
];

const answerOf: Record<string, CheckInAnswer> = { green: CheckInAnswer.GREEN, orange: CheckInAnswer.ORANGE, red: CheckInAnswer.RED };
const colours = ["", "green", "orange", "red"] as const;
const tones: readonly BadgeTone[] = ["neutral", "positive", "warning", "negative"];

function Ask({ proposal, moment, changed }: { proposal: Proposal; moment: CheckInMoment; changed: () => void }) {
  const [given, setGiven] = useState<readonly string[]>(["", "", ""]);
  const [tried, setTried] = useState(false);
  const answer = useAction((requestId: string, proposalId: string, on: CheckInMoment, answers: readonly CheckInAnswer[]) =>
    api.proposal.answerCheckIn({ requestId, proposalId, moment: on, answers: [...answers] }),
  );
  const send = async () => {
    setTried(true);
    if (given.some((one) => !one)) return;
    const answers = given.map((one) => answerOf[one] ?? CheckInAnswer.UNSPECIFIED);
    if (!(await answer.run(proposal.proposalId, moment, answers))) return;
    changed();
    say(tr("Dank je voor je antwoorden.", "Thank you for your answers."));
  };
  return (
    <Card>
      <h3 class="nl-heading nl-heading--level-3">{momentText(moment)}</h3>
      <P quiet>{tr("Je school leest je antwoorden. Het bedrijf ziet ze niet. Bij een rood antwoord neemt je school binnen twee werkdagen contact met je op.", "Your school reads your answers. The company does not see them. With a red answer your school contacts you within two working days.")}</P>
      <Form onSubmit={() => void send()} label={momentText(moment)}>
        {questions().map((question, i) => (
          <RadioGroup
            key={question.text}
            label={`${i + 1}. ${question.text}`}
            error={tried && !given[i] ? tr("Kies een antwoord.", "Choose an answer.") : undefined}
            value={given[i] ?? ""}
            onValue={(value) => setGiven(given.map((old, at_) => (at_ === i ? value : old)))}
            choices={[
              { value: "green", label: question.answers.green },
              { value: "orange", label: question.answers.orange },
              { value: "red", label: question.answers.red },
            ]}
          />
        ))}
        {given.includes("red") && (
          <Alert tone="warning">
            {tr("Vervelend dat het zo gaat. Wil je nu iemand spreken?", "We are sorry that it goes this way. Want to talk to somebody now?")} <Link href="/hulp">{tr("Wie kan ik bellen?", "Who can I call?")}</Link>
          </Alert>
        )}
        <Outcome of={answer} />
        <div>
          <Button kind="primary" type="submit" busy={answer.busy}>
            {tr("Verstuur mijn antwoorden", "Send my answers")}
          </Button>
        </div>
      </Form>
    </Card>
  );
}

function Given({ checkIn }: { checkIn: CheckIn }) {
  const items = questions().map((question, i) => {
    const answer = checkIn.answers[i] ?? 0;
    const colour = colours[answer];
    return [question.text, colour ? <Badge tone={tones[answer]}>{question.answers[colour]}</Badge> : "?"] as const;
  });
  return (
    <Card calm>
      <div class="sm-card__head">
        <h3 class="nl-heading nl-heading--level-3">{momentText(checkIn.moment)}</h3>
        <span class="sm-quiet">{at(checkIn.answerTime)}</span>
      </div>
      <DataList items={items} />
    </Card>
  );
}

export function CheckIns({ proposal, changed }: { proposal: Proposal; changed: () => void }) {
  const runs = proposal.state === ProposalState.STARTED || proposal.state === ProposalState.COMPLETED;
  const mine = proposal.checkIns.filter((one) => one.side === Side.STUDENT);
  const tasks = useLoad(
    async () => (runs ? (await api.task.listTasks({})).tasks.filter((task) => task.kind === TaskKind.CHECK_IN && task.proposalId === proposal.proposalId) : []),
    [proposal.proposalId, runs, mine.length],
  );
  if (!runs && mine.length === 0) return null;
  return (
    <Section title={tr("Hoe gaat het?", "How is it going?")}>
      <Shown of={tasks}>
        {(open) => (
          <>
            {open.map((task) => (
              <Ask key={task.taskId} proposal={proposal} moment={moments[task.detail] ?? CheckInMoment.UNSPECIFIED} changed={changed} />
            ))}
            {open.length === 0 && mine.length === 0 && <P>{tr("We vragen na 2 weken, na 6 weken en aan het eind hoe het gaat. Eerder praten mag altijd.", "We ask after 2 weeks, after 6 weeks and at the end how it goes. You can always talk sooner.")}</P>}
          </>
        )}
      </Shown>
      {mine.map((checkIn) => (
        <Given key={checkIn.moment} checkIn={checkIn} />
      ))}
    </Section>
  );
}
