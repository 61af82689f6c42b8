// Yes or no to a place. Both are explained before they are sent; neither is done twice.
import { useState } from "preact/hooks";
import type { Proposal } from "~gen/stagematch/v1/proposal_pb.ts";
import { api } from "~/base/api.ts";
import { skillText, useCatalog, useReasons } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { Link, useUnsaved } from "~/base/router.tsx";
import { AskFirst } from "~/ui/ask.tsx";
import { Form, RadioGroup, SelectField, TextArea } from "~/ui/fields.tsx";
import { orShowNow } from "~/ui/overtaken.ts";
import { Alert, Button, Card, Outcome, P, Section, Shown } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { ownReasonText } from "./reasons.ts";

const textMax = 2000;
const unsafe = ["ongewenst-gedrag", "onveilige-plek"];

function Confirm({ proposal, open, close, changed }: { proposal: Proposal; open: boolean; close: () => void; changed: () => void }) {
  const confirm = useAction(async (requestId) => {
    await orShowNow(api.proposal.confirmProposal({ requestId, proposalId: proposal.proposalId, version: proposal.version }), changed);
    changed();
    say(tr("Je hebt ja gezegd. Je school gaat verder.", "You said yes. Your school goes on."));
  });
  return (
    <AskFirst open={open} close={close} title={tr("Ja, ik wil deze plek", "Yes, I want this place")} action={confirm} yes={tr("Ja, ik neem deze plek", "Yes, I take this place")} no={tr("Nog even niet", "Not yet")}>
      <P>{tr(`Je zegt ja tegen ${proposal.companyName}. Daarna geeft je school je naam, e-mail en telefoon aan dit bedrijf. Meer niet.`, `You say yes to ${proposal.companyName}. Your school then gives your name, e-mail and telephone to this company. Nothing more.`)}</P>
      <P>{tr("Je doet niet meer mee voor andere plekken.", "You no longer take part for other places.")}</P>
    </AskFirst>
  );
}

function DeclineForm({ proposal, cancel, changed }: { proposal: Proposal; cancel: () => void; changed: () => void }) {
  const [code, setCode] = useState("");
  const [criterion, setCriterion] = useState("");
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const reasons = useReasons("student_declines");
  const catalog = useCatalog();
  const shown = useLoad(() => api.proposal.getShownView({ proposalId: proposal.proposalId }), [proposal.proposalId]);
  const decline = useAction((requestId: string, proposalId: string, version: bigint, reason: string, on: string, why: string) =>
    orShowNow(api.proposal.declineProposal({ requestId, proposalId, version, reason, criterion: on, text: why }), changed),
  );
  useUnsaved(text.trim() !== "", tr("Je antwoord is nog niet verstuurd. Toch weg?", "Your answer is not sent yet. Leave all the same?"));
  const chosen = reasons.data?.find((reason) => reason.code === code);
  const needsText = code === "anders";
  const skills = [...new Set([...(shown.data?.hardCriteria ?? []), ...(shown.data?.weightedCriteria ?? [])].map(({ skill }) => skill))];
  const complete = chosen && (!chosen.needsCriterion || criterion) && (!needsText || text.trim());
  const send = async () => {
    setTried(true);
    if (!complete) return;
    if (!(await decline.run(proposal.proposalId, proposal.version, code, chosen.needsCriterion ? criterion : "", needsText ? text.trim() : ""))) return;
    changed();
    say(tr("Je hebt nee gezegd. Je doet weer mee voor een andere plek.", "You said no. You take part again for another place."));
  };
  return (
    <Card>
      <Shown of={reasons}>
        {(list) => (
          <Form onSubmit={() => void send()} label={tr("Nee zeggen", "Say no")}>
            <RadioGroup
              label={tr("Waarom past deze plek niet?", "Why does this place not fit?")}
              help={tr("Kies wat het beste past. Je school leest dit. Het bedrijf krijgt alleen te horen dat het niet doorgaat.", "Choose what fits best. Your school reads this. The company is only told that it is off.")}
              error={tried && !chosen ? tr("Kies een reden.", "Choose a reason.") : undefined}
              value={code}
              onValue={setCode}
              choices={list.map((reason) => ({ value: reason.code, label: ownReasonText(reason) }))}
            />
            {unsafe.includes(code) && (
              <Alert tone="warning">
                {tr("Dat hoort niet. Je kunt er met iemand over praten, ook in vertrouwen.", "That is not right. You can talk about it with somebody, also in confidence.")} <Link href="/hulp">{tr("Wie kan ik bellen?", "Who can I call?")}</Link>
              </Alert>
            )}
            {chosen?.needsCriterion && (
              <SelectField
                label={tr("Om welke vaardigheid gaat het?", "Which skill is it about?")}
                error={tried && !criterion ? tr("Kies een vaardigheid.", "Choose a skill.") : undefined}
                value={criterion}
                onValue={setCriterion}
                choices={[{ value: "", label: tr("Kies…", "Choose…") }, ...skills.map((skill) => ({ value: skill, label: skillText(catalog.data, skill) }))]}
              />
            )}
            {needsText && (
              <TextArea
                label={tr("Wat is de reden?", "What is the reason?")}
                help={tr("Kort mag. Alleen de vertrouwenspersoon en je school kunnen dit lezen.", "A few words will do. Only the confidential adviser and your school can read this.")}
                error={tried && !text.trim() ? tr("Schrijf een paar woorden.", "Write a few words.") : undefined}
                value={text}
                onValue={setText}
                maxLength={textMax}
              />
            )}
            <Outcome of={decline} />
            <P quiet>{tr("Als je nee zegt, krijg je deze plek niet opnieuw. Je zoekt gewoon verder. Je krijgt er geen minpunt voor.", "If you say no you are not offered this place again. You go on looking. It does not count against you.")}</P>
            <div class="sm-row">
              <Button kind="primary" danger type="submit" busy={decline.busy}>
                {tr("Nee, deze plek neem ik niet", "No, I do not take this place")}
              </Button>
              <Button onClick={cancel}>{tr("Annuleren", "Cancel")}</Button>
            </div>
          </Form>
        )}
      </Shown>
    </Card>
  );
}

export function Answer({ proposal, changed }: { proposal: Proposal; changed: () => void }) {
  const [asked, ask] = useState<"" | "yes" | "no">("");
  return (
    <Section title={tr("Wil je deze plek?", "Do you want this place?")}>
      <P>{tr("Neem de tijd. Praat er thuis of op school over als je twijfelt. Zeg je niets voor de datum, dan gaat het voorstel niet door.", "Take your time. Talk about it at home or at school when in doubt. If you say nothing before the date, the proposal ends.")}</P>
      {asked !== "no" && (
        <div class="sm-row">
          <Button kind="primary" onClick={() => ask("yes")}>
            {tr("Ja, graag", "Yes, please")}
          </Button>
          <Button onClick={() => ask("no")}>{tr("Nee", "No")}</Button>
        </div>
      )}
      <Confirm proposal={proposal} open={asked === "yes"} close={() => ask("")} changed={changed} />
      {asked === "no" && <DeclineForm proposal={proposal} cancel={() => ask("")} changed={changed} />}
    </Section>
  );
}
