// A place, filled in step by step. What was entered stays until it is saved, also where the service refuses it.
import { useEffect, useRef, useState } from "preact/hooks";
import { type Placement, PlacementState } from "~gen/stagematch/v1/placement_pb.ts";
import { api } from "~/base/api.ts";
import { criteriaOf, sameCriteria } from "~/base/criteria.ts";
import { language, tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { refusalOf } from "~/base/request.ts";
import { go, useUnsaved } from "~/base/router.tsx";
import { Form } from "~/ui/fields.tsx";
import { Button, Heading, Outcome, P, Steps } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { type Draft, placementOf, problemsOf, type Problems, whereToMend } from "./place_draft.ts";
import { CheckStep, CriteriaStep, TimeStep, WorkStep } from "./place_steps.tsx";
import { PublishDialog } from "./publish.tsx";

const stepNames = () => [tr("Het werk", "The work"), tr("Wanneer", "When"), tr("Criteria", "Criteria"), tr("Nakijken", "Check")];
const lastStep = 3;

/** `home`: where its places are listed; a school enters places on behalf of companies. */
/* Once it is drawn: the first field that is wrong. */
const focusWrong = () => void setTimeout(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(), 50);

type FormProps = { start: Draft; scope: readonly string[]; changes?: Placement; knowsCompany: boolean; home?: string };

/** Asked for criteria other than those that were declared: the version that they replace. */
function declaredBefore(changes: Placement | undefined, draft: Draft): bigint | undefined {
  if (!changes || changes.state === PlacementState.DRAFT || sameCriteria(criteriaOf(changes), draft.criteria)) return undefined;
  return changes.criteriaVersion;
}

/* What the service does not take is shown at its field, in its step. */
function refusedField(error: unknown): { problems: Problems; step: number } | undefined {
  const refusal = refusalOf(error);
  const where = refusal && whereToMend(refusal.field);
  return refusal && where && { problems: { [where.field]: language() === "nl" ? refusal.messageNl : refusal.messageEn }, step: where.step };
}

/** Saves; where somebody else changed the place meanwhile, the next try replaces what is there now. */
function useSave(changes: Placement | undefined, refused: (at: { problems: Problems; step: number }) => void) {
  const version = useRef(changes?.version ?? 0n);
  return useAction(async (requestId, publish: boolean, sent: Draft) => {
    try {
      const saved = (await api.placement.submitPlacement({ requestId, placement: placementOf(sent), version: version.current })).placement;
      if (!saved) throw new Error("no placement in the answer");
      // Each call has its own kind of change, so the same request id serves both: both happen once.
      if (publish && saved.state === PlacementState.DRAFT) await api.placement.publishPlacement({ requestId, placementId: saved.placementId, version: saved.version });
      say(publish ? tr("Je plek is bekendgemaakt.", "Your place was published.") : tr("Je plek is opgeslagen.", "Your place was saved."));
      return saved.placementId;
    } catch (error) {
      const now = refusalOf(error)?.currentVersion;
      if (now) version.current = now;
      const at = refusedField(error);
      if (at) refused(at);
      throw error;
    }
  });
}

export function PlaceForm({ start, scope, changes, knowsCompany, home = "/bedrijf/plekken" }: FormProps) {
  const [begun] = useState(start);
  const [draft, setDraft] = useState(begun);
  const [step, setStep] = useState(0);
  const [tried, setTried] = useState(false);
  const [refused, setRefused] = useState<Problems>({});
  const [asking, setAsking] = useState(false);
  const [saved, setSaved] = useState(false);
  const head = useRef<HTMLDivElement>(null);
  const first = useRef(true);
  const problems = { ...(tried ? problemsOf[step]?.(draft) : {}), ...refused };
  const changedFrom = declaredBefore(changes, draft);
  const published = changes !== undefined && changes.state !== PlacementState.DRAFT && changes.state !== PlacementState.WITHDRAWN;
  useUnsaved(!saved && draft !== begun, tr("Wat je hebt ingevuld is nog niet opgeslagen. Toch weg?", "What you entered is not saved yet. Leave all the same?"));
  const save = useSave(changes, ({ problems: found, step: at }) => {
    setRefused(found);
    setAsking(false);
    setStep(at);
    focusWrong();
  });
  // Only when the step is another: the page's own heading has the focus first.
  useEffect(() => {
    if (!first.current) head.current?.querySelector("h2")?.focus();
    first.current = false;
  }, [step]);
  // Left only once nothing is unsaved any more.
  useEffect(() => {
    if (saved) go(changes ? `${home}/${changes.placementId}` : home, true);
  }, [saved]);
  const set = (change: Partial<Draft>) => {
    setRefused({});
    setDraft((now) => ({ ...now, ...change }));
  };
  const move = (to: number) => {
    setTried(false);
    setStep(to);
    scrollTo(0, 0);
  };
  const next = () => {
    const wrong = Object.keys(problemsOf[step]?.(draft) ?? {}).length > 0;
    setTried(wrong);
    if (!wrong) move(step + 1);
    else focusWrong();
  };
  const send = async (publish: boolean) => {
    if (await save.run(publish, draft)) setSaved(true);
  };
  const props = { draft, set, problems };
  return (
    <div class="sm-stack sm-stack--wide">
      <Steps steps={stepNames()} now={step} />
      <Form onSubmit={() => (step < lastStep ? next() : published ? void send(false) : setAsking(true))}>
        <div ref={head}>
          <Heading level={2} focusable>
            {stepNames()[step]}
          </Heading>
        </div>
        {step === 0 && <WorkStep {...props} scope={scope} knowsCompany={knowsCompany} />}
        {step === 1 && <TimeStep {...props} />}
        {step === 2 && <CriteriaStep {...props} changedFrom={changedFrom} />}
        {step === lastStep && <CheckStep {...props} changedFrom={changedFrom} />}
        {!asking && !refusedField(save.error) && <Outcome of={save} />}
        {refusalOf(save.error)?.code === "stale_version" && (
          <P>{tr("Iemand anders veranderde deze plek. Sla je nu nog eens op, dan geldt wat jij hier invulde.", "Somebody else changed this place. If you save once more, what you entered here holds.")}</P>
        )}
        <div class="sm-row">
          {step > 0 && <Button onClick={() => move(step - 1)}>{tr("Vorige", "Back")}</Button>}
          {step < lastStep ? (
            <Button kind="primary" type="submit">
              {tr("Verder", "Next")}
            </Button>
          ) : published ? (
            <Button kind="primary" type="submit" busy={save.busy}>
              {tr("Wijziging opslaan", "Save the change")}
            </Button>
          ) : (
            <>
              <Button kind="primary" type="submit">
                {tr("Bekendmaken", "Publish")}
              </Button>
              <Button busy={save.busy && !asking} onClick={() => void send(false)}>
                {tr("Bewaar als concept", "Keep as a draft")}
              </Button>
            </>
          )}
        </div>
      </Form>
      <PublishDialog open={asking} criteria={draft.criteria} close={() => setAsking(false)} publish={() => void send(true)} action={save} />
    </div>
  );
}
