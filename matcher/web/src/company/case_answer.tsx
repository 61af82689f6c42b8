// One case, as the company sees it: questions and answers in order, and a field to answer in.
import "~/styles/cases.css";
import { useState } from "preact/hooks";
import type { CompanyCase } from "~gen/stagematch/v1/case_pb.ts";
import { api } from "~/base/api.ts";
import { schoolText, useCatalog } from "~/base/catalog.ts";
import { moment } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { Link, type Params, useUnsaved } from "~/base/router.tsx";
import { Form, TextArea } from "~/ui/fields.tsx";
import { Alert, Button, Outcome, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { allCompanyCases, CaseTerm, waits } from "./cases.tsx";

function Text({ caseId, step }: { caseId: string; step: number }) {
  const loaded = useLoad((signal) => api.case.getCaseText({ caseId, step }, { signal }).then((answer) => answer.text), [caseId, step]);
  return <Shown of={loaded}>{(text) => <blockquote class="sm-quote">{text}</blockquote>}</Shown>;
}

function Answer({ of, set }: { of: CompanyCase; set: (next: CompanyCase) => void }) {
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const send = useAction(async (requestId, version: bigint, given: string) => {
    const { case: next } = await api.case.answerCase({ requestId, caseId: of.caseId, version, text: given });
    setText("");
    setTried(false);
    if (next) set(next);
  });
  useUnsaved(text.trim() !== "" && !send.busy, tr("Je antwoord is nog niet verstuurd. Toch weg?", "Your answer is not sent yet. Leave all the same?"));
  return (
    <Form
      label={tr("Je antwoord", "Your answer")}
      onSubmit={() => {
        setTried(true);
        if (text.trim()) void send.run(of.version, text.trim()).then((done) => done && say(tr("Verstuurd. De school leest je antwoord.", "Sent. The school reads your answer.")));
      }}
    >
      <TextArea
        label={tr("Je antwoord", "Your answer")}
        help={tr("Vertel wat er gebeurde en waarom je zo besloot. Alleen de behandelaren van de school en jullie eigen contactpersonen lezen dit.", "Tell what happened and why you decided so. Only the school’s behandelaren and your own contacts read this.")}
        error={tried && !text.trim() ? tr("Schrijf een antwoord.", "Write an answer.") : undefined}
        value={text}
        onValue={setText}
        rows={8}
        maxLength={4000}
      />
      <Outcome of={send} />
      <div class="sm-row">
        <Button kind="primary" type="submit" busy={send.busy}>
          {tr("Verstuur je antwoord", "Send your answer")}
        </Button>
      </div>
    </Form>
  );
}

function One({ of, set }: { of: CompanyCase; set: (next: CompanyCase) => void }) {
  return (
    <>
      <div class="sm-row">
        <CaseTerm of={of} />
      </div>
      <ol class="sm-chain">
        {of.steps.map((step) => (
          <li key={step.step} class={`sm-chain__step sm-stack${step.isAnswer ? " sm-chain__step--company" : ""}`}>
            <div>
              <strong>{step.isAnswer ? tr("Jullie antwoord", "Your answer") : tr("Vraag van de school", "Question of the school")}</strong>
              <div class="sm-quiet">{moment(step.time)}</div>
            </div>
            <Text caseId={of.caseId} step={step.step} />
          </li>
        ))}
      </ol>
      {of.open && (
        <div class="sm-noprint">
          <Section title={waits(of) ? tr("Antwoord", "Answer") : tr("Wil je nog iets toevoegen?", "Do you want to add something?")}>
            <Answer of={of} set={set} />
          </Section>
        </div>
      )}
      {of.closed && <Alert>{tr("De school heeft dit afgesloten. Je hoeft niets meer te doen.", "The school has closed this. There is nothing left to do.")}</Alert>}
    </>
  );
}

export function CaseAnswerPage({ params }: { params: Params }) {
  const catalog = useCatalog().data;
  const loaded = useLoad((signal) => allCompanyCases(signal).then((cases) => cases.find((one) => one.caseId === params.case) ?? null), [params.case]);
  return (
    <Page
      title={loaded.data ? tr(`Vraag van ${schoolText(catalog, loaded.data.school)}`, `Question of ${schoolText(catalog, loaded.data.school)}`) : tr("Vraag van een school", "Question of a school")}
      lead={tr("De school hoort beide kanten voordat ze iets besluit. Een vraag is geen oordeel.", "The school hears both sides before it decides anything. A question is no verdict.")}
      back={<Link href="/bedrijf/vragen">{tr("‹ Vragen", "‹ Questions")}</Link>}
    >
      <Shown of={loaded}>{(one) => (one ? <One of={one} set={(next) => loaded.set(next)} /> : <P>{tr("Deze vraag is er niet (meer).", "This question is not there (any more).")}</P>)}</Shown>
    </Page>
  );
}
