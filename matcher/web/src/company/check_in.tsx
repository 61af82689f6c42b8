// Three questions on how it goes, each with three colours that are words as well.
import { useState } from "preact/hooks";
import { CheckInAnswer } from "~gen/stagematch/v1/proposal_pb.ts";
import { api } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { go, Link, type Params, useUnsaved } from "~/base/router.tsx";
import { Form } from "~/ui/fields.tsx";
import { Alert, Button, Outcome, P, Page } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { type Moment, momentOf, questions } from "~/market/check_in_text.ts";
import { ColourChoice } from "~/market/colour_choice.tsx";

const none = questions.map(() => CheckInAnswer.UNSPECIFIED);

function CheckInForm({ candidate, moment }: { candidate: string; moment: Moment }) {
  const [answers, setAnswers] = useState<readonly CheckInAnswer[]>(none);
  const [tried, setTried] = useState(false);
  const complete = answers.every((answer) => answer !== CheckInAnswer.UNSPECIFIED);
  const send = useAction(async (requestId, given: readonly CheckInAnswer[]) => {
    await api.candidate.answerCompanyCheckIn({ requestId, candidate, moment: moment.moment, answers: [...given] });
    setAnswers(none);
  });
  useUnsaved(answers.some((answer) => answer !== CheckInAnswer.UNSPECIFIED) && !send.done, tr("Je antwoorden zijn nog niet verstuurd. Toch weg?", "Your answers are not sent yet. Leave all the same?"));
  if (send.done)
    return (
      <>
        <Alert tone="ok" live>
          {tr("Dank je wel. De school leest je antwoorden.", "Thank you. The school reads your answers.")}
        </Alert>
        <P>
          <Link href="/bedrijf">{tr("Naar je taken", "To your tasks")}</Link>
        </P>
      </>
    );
  return (
    <Form
      onSubmit={() => {
        setTried(true);
        if (complete) void send.run(answers).then((done) => done && say(tr("Verstuurd.", "Sent.")));
      }}
    >
      {questions.map((question, at) => (
        <ColourChoice
          key={question.text()}
          question={question}
          value={answers[at] ?? CheckInAnswer.UNSPECIFIED}
          onValue={(answer) => setAnswers(answers.map((old, i) => (i === at ? answer : old)))}
          error={tried && answers[at] === CheckInAnswer.UNSPECIFIED ? tr("Kies een antwoord.", "Choose an answer.") : undefined}
        />
      ))}
      {answers.includes(CheckInAnswer.RED) && <Alert>{tr("Bij rood belt de school binnen twee werkdagen.", "With red the school calls within two working days.")}</Alert>}
      <Outcome of={send} />
      <div class="sm-row">
        <Button kind="primary" type="submit" busy={send.busy}>
          {tr("Versturen", "Send")}
        </Button>
        <Button onClick={() => go(`/bedrijf/kandidaten/${candidate}`)}>{tr("Later", "Later")}</Button>
      </div>
    </Form>
  );
}

export function CheckInPage({ params }: { params: Params }) {
  const candidate = params.candidate ?? "";
  const moment = momentOf(params.moment ?? "");
  return (
    <Page
      title={moment ? tr(`Hoe gaat het, ${moment.text()}?`, `How is it going, ${moment.text()}?`) : tr("Hoe gaat het?", "How is it going?")}
      lead={tr("Drie vragen, een halve minuut. De school leest je antwoorden.", "Three questions, half a minute. The school reads your answers.")}
      back={<Link href={`/bedrijf/kandidaten/${candidate}`}>{tr("‹ De student", "‹ The student")}</Link>}
    >
      {moment ? <CheckInForm candidate={candidate} moment={moment} /> : <Alert tone="warning">{tr("Deze vragen kennen we niet. Open ze vanuit je taken.", "We do not know these questions. Open them from your tasks.")}</Alert>}
    </Page>
  );
}
