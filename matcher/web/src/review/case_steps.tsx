// The time line of a case. Texts are opened one by one: each reading is written down.
import { useState } from "preact/hooks";
import { type Case, CaseEvent, type CaseStep } from "~gen/stagematch/v1/case_pb.ts";
import type { ListMeasuresResponse } from "~gen/stagematch/v1/measure_pb.ts";
import { api } from "~/base/api.ts";
import { moment } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Button, P, Shown } from "~/ui/parts.tsx";
import { aboutText, eventText, groundText, roleText, useCaseLists } from "./case_words.ts";

const ofCompany = [CaseEvent.ASKED, CaseEvent.ANSWERED];
const decisions = [CaseEvent.UPHELD, CaseEvent.NOT_UPHELD, CaseEvent.SECOND_AGREED];

function toneOf(step: CaseStep): string {
  if (ofCompany.includes(step.event)) return " sm-chain__step--company";
  return decisions.includes(step.event) ? " sm-chain__step--decision" : "";
}

/** The text of one step, as who may read it sees it. */
export function StepText({ caseId, step }: { caseId: string; step: number }) {
  const lists = useCaseLists().data;
  const loaded = useLoad((signal) => api.case.getCaseText({ caseId, step }, { signal }), [caseId, step]);
  return (
    <Shown of={loaded}>
      {({ text, grounds }) => (
        <>
          {grounds.length > 0 && (
            <P>
              <strong>{tr("Grond:", "Ground:")}</strong> {grounds.map((code) => groundText(lists, code)).join("; ")}
            </P>
          )}
          <blockquote class="sm-quote">{text}</blockquote>
        </>
      )}
    </Shown>
  );
}

function Step({ caseId, step, lists, reads, open }: { caseId: string; step: CaseStep; lists: ListMeasuresResponse | undefined; reads: boolean; open: boolean }) {
  const [asked, setAsked] = useState(false);
  const about = aboutText(lists, step.event, step.about);
  return (
    <li class={`sm-chain__step sm-stack${toneOf(step)}`}>
      <div>
        <strong>{eventText(step.event)}</strong>
        {about && `: ${about}`}
        <div class="sm-quiet">
          {moment(step.time)} · {roleText(step.role, step.byMe)}
        </div>
      </div>
      {step.hasText && !reads && <P quiet>{tr("Er hoort een tekst bij, die alleen behandelaren lezen.", "A text goes with it, which behandelaren alone read.")}</P>}
      {step.hasText && reads && (open || asked ? <StepText caseId={caseId} step={step.step} /> : (
        <div class="sm-noprint">
          <Button kind="subtle" onClick={() => setAsked(true)}>
            {tr("Lees de tekst", "Read the text")} <span class="sm-hidden">{tr(`bij stap ${step.step}`, `of step ${step.step}`)}</span>
          </Button>
        </div>
      ))}
    </li>
  );
}

export function CaseSteps({ of, reads }: { of: Case; reads: boolean }) {
  const lists = useCaseLists().data;
  const [all, setAll] = useState(false);
  const texts = of.steps.filter((step) => step.hasText).length;
  return (
    <>
      {reads && texts > 1 && !all && (
        <div class="sm-noprint">
          <Button onClick={() => setAll(true)}>{tr("Lees alle teksten", "Read all texts")}</Button>
        </div>
      )}
      <ol class="sm-chain">
        {of.steps.map((step) => (
          <Step key={step.step} caseId={of.caseId} step={step} lists={lists} reads={reads} open={all} />
        ))}
      </ol>
    </>
  );
}
