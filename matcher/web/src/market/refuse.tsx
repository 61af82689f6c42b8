// Saying no: before release an objection, after it that the student does not come. Each with a reason of the list, and with a moment of
// rest before it is final.
import { useState } from "preact/hooks";
import type { Remark } from "~gen/stagematch/v1/common_pb.ts";
import type { Reason } from "~gen/stagematch/v1/operation_pb.ts";
import type { CandidateView } from "~gen/stagematch/v1/proposal_pb.ts";
import { api } from "~/base/api.ts";
import { reasonText, skillText, useCatalog, useReasons } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { useUnsaved } from "~/base/router.tsx";
import { bandText } from "~/ui/candidate.tsx";
import { CriteriaList } from "~/ui/criteria.tsx";
import { Form } from "~/ui/fields.tsx";
import { orShowNow } from "~/ui/overtaken.ts";
import { Alert, Button, Dialog, Heading, Outcome, P, Shown } from "~/ui/parts.tsx";
import { Remarks } from "~/ui/remarks.tsx";
import { say } from "~/ui/toast.tsx";
import { criteriaFor, dropMeans, fitting, type Given, isOther, missing, type Missing, noReason, objectionMeans, sentOf } from "./reason.ts";
import { ReasonFields } from "./reason_fields.tsx";
import { quoted, replaced } from "./remarks.ts";

type Kind = "object" | "drop";

const words = (kind: Kind) =>
  kind === "object"
    ? {
        why: tr("Waarom maak je bezwaar?", "Why do you object?"),
        ask: tr("Dit bezwaar versturen?", "Send this objection?"),
        send: tr("Bezwaar versturen", "Send the objection"),
        done: tr("Je bezwaar is vastgelegd.", "Your objection was recorded."),
      }
    : {
        why: tr("Waarom komt de student niet?", "Why does the student not come?"),
        ask: tr("De student komt niet?", "The student does not come?"),
        send: tr("Ja, de student komt niet", "Yes, the student does not come"),
        done: tr("Je hebt laten weten dat de student niet komt.", "You said that the student does not come."),
      };

/* How the candidate stands on each criterion that was declared, in words. */
function Stand({ view }: { view: CandidateView }) {
  const catalog = useCatalog();
  const bands = view.bands.filter(({ band }) => band !== "");
  return (
    <ul class="sm-list">
      {view.hardCriteria.length > 0 && <li>{tr("Alle eisen: voldoet", "All requirements: meets them")}</li>}
      {bands.map(({ skill, band }) => (
        <li key={skill}>
          {skillText(catalog.data, skill)}: {bandText(band, view.weightedCriteria.find((weighted) => weighted.skill === skill)?.minimumLevel ?? 0).text.toLowerCase()}
        </li>
      ))}
      {bands.length < view.bands.length && <li>{tr("Wat meetelt: laten we niet zien, omdat de student anders te herkennen is", "What counts: not shown, because the student could be recognised otherwise")}</li>}
    </ul>
  );
}

/* Which closed reasons could be given instead of "anders"; each can be taken over. */
function Instead({ reasons, choose }: { reasons: readonly Reason[]; choose: (reason: Reason) => void }) {
  if (reasons.length === 0) return null;
  return (
    <>
      <Heading level={3}>{tr("Past een van deze redenen beter?", "Does one of these reasons fit better?")}</Heading>
      <ul class="sm-list">
        {reasons.map((reason) => (
          <li key={reason.code}>
            <Button kind="subtle" onClick={() => choose(reason)}>
              {reasonText(reason)}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

type RefuseProps = { kind: Kind; view: CandidateView; set: (view: CandidateView) => void; reload?: () => void; close: () => void };

type AskProps = Omit<RefuseProps, "set" | "reload"> & { reason: Reason; given: Given; open: boolean; instead: preact.ComponentChildren; send: { run: () => void; busy: boolean; outcome: preact.ComponentChildren } };

function Ask({ kind, view, reason, given, open, close, instead, send }: AskProps) {
  const catalog = useCatalog();
  return (
    <Dialog open={open} title={words(kind).ask} close={close}>
      <P>{tr("Neem even de tijd. Dit kun je niet terugdraaien.", "Take a moment. This cannot be undone.")}</P>
      <Heading level={3}>{tr("Dit vroeg je vooraf", "This you asked in advance")}</Heading>
      <CriteriaList criteria={view} />
      <Heading level={3}>{tr("Zo staat de kandidaat ervoor", "So the candidate stands")}</Heading>
      <Stand view={view} />
      <Heading level={3}>{tr("Je reden", "Your reason")}</Heading>
      <P>
        {reasonText(reason)}
        {given.criterion && ` (${skillText(catalog.data, given.criterion)})`}
      </P>
      <P>{kind === "object" ? objectionMeans(reason) : dropMeans()}</P>
      {instead}
      {send.outcome}
      <div class="sm-row">
        <Button onClick={close}>{tr("Terug", "Back")}</Button>
        <Button kind="primary" danger busy={send.busy} onClick={send.run}>
          {words(kind).send}
        </Button>
      </div>
    </Dialog>
  );
}

export function Refuse({ kind, view, set, reload, close }: RefuseProps) {
  const reasons = useReasons(kind === "object" ? "company_objects" : "company_drops_after_release");
  const [given, setGiven] = useState<Given>(noReason);
  const [problem, setProblem] = useState<Missing>();
  const [asking, ask] = useState(false);
  useUnsaved(given.text.trim() !== "", tr("Je uitleg is nog niet verstuurd. Toch weg?", "Your explanation is not sent yet. Leave all the same?"));
  const [questioned, setQuestioned] = useState<{ text: string; remarks: readonly Remark[] }>({ text: "", remarks: [] });
  /* A text is questioned once; where it cannot be checked it is not held up. */
  const check = useAction(async (_requestId, text: string) => {
    const { remarks } = await api.wording.checkReasonText({ text }).catch(() => ({ remarks: [] }));
    setQuestioned({ text, remarks });
    if (remarks.length === 0) ask(true);
  });
  const go = (reason: Reason) => {
    const { text } = sentOf(given, reason);
    if (text !== "" && text !== questioned.text) void check.run(text);
    else ask(true);
  };
  const refuse = useAction(async (requestId, sent: Given) => {
    const request = { requestId, candidate: view.candidate, version: view.version, ...sent };
    const call: Promise<{ view?: CandidateView }> = kind === "object" ? api.candidate.objectToCandidate(request) : api.candidate.dropCandidate(request);
    const answer = await orShowNow(call, reload);
    say(words(kind).done);
    if (answer.view) set(answer.view);
  });
  return (
    <Shown of={reasons}>
      {(all) => {
        const fits = fitting(all, view);
        const reason = fits.find((known) => known.code === given.reason);
        return (
          <>
            {kind === "object" && view.objectionableCriteria.length === 0 && (
              <Alert>
                {tr(
                  "De kandidaat zit op geen criterium onder je minimum, of we laten dat niet zien. Een criterium is dan geen reden. Wel de plek zelf.",
                  "The candidate is below your minimum on no criterion, or we do not show it. Then a criterion is no reason. The place itself may be.",
                )}
              </Alert>
            )}
            <Form
              onSubmit={() => {
                setProblem(missing(given, reason));
                if (reason && !missing(given, reason)) go(reason);
              }}
            >
              <ReasonFields label={words(kind).why} reasons={fits} given={given} onGiven={setGiven} criteriaFor={(known) => criteriaFor(known, view)} problem={problem} />
              {reason && isOther(reason) && questioned.text === given.text.trim() && (
                <Remarks
                  remarks={questioned.remarks}
                  quote={(remark) => quoted(questioned.text, remark)}
                  takeOver={(remark) => setGiven({ ...given, text: replaced(questioned.text, remark) })}
                  lead={tr(
                    "Hier staat iets wat geen criterium is dat je vooraf noemde. Wil je het anders zeggen? Klopt het zo, kies dan nog eens ‘Verder’.",
                    "Something here is no criterion that you declared in advance. Do you want to say it differently? If it is right like this, choose “Next” once more.",
                  )}
                />
              )}
              <div class="sm-row">
                <Button kind="primary" type="submit" busy={check.busy}>
                  {tr("Verder", "Next")}
                </Button>
                <Button onClick={close}>{tr("Toch niet", "Never mind")}</Button>
              </div>
            </Form>
            {reason && (
              <Ask
                kind={kind}
                view={view}
                reason={reason}
                given={given}
                open={asking}
                close={() => ask(false)}
                instead={
                  isOther(reason) && (
                    <Instead
                      reasons={fits.filter((known) => !isOther(known))}
                      choose={(chosen) => {
                        setGiven({ ...given, reason: chosen.code, criterion: "" });
                        ask(false);
                      }}
                    />
                  )
                }
                send={{ run: () => void refuse.run(sentOf(given, reason)), busy: refuse.busy, outcome: <Outcome of={refuse} /> }}
              />
            )}
          </>
        );
      }}
    </Shown>
  );
}
