// Entering the answer that a student gave the school: asked first, with when this is right and when it is not.
import { useState } from "preact/hooks";
import type { Proposal } from "~gen/stagematch/v1/proposal_pb.ts";
import { api } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { CheckBox, Form } from "~/ui/fields.tsx";
import { Button, Dialog, Outcome, P } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { type GivenReason, ReasonDialog } from "./reason_dialog.tsx";

type Props = { proposal: Proposal; criteria: readonly string[]; changed: (proposal: Proposal) => void };

export function ForStudent({ proposal, criteria, changed }: Props) {
  const [asked, ask] = useState<"" | "yes" | "no">("");
  const done = (answer: Proposal | undefined) => {
    ask("");
    say(tr("Opgeslagen als antwoord van de student. De student krijgt bericht.", "Saved as the student's answer. The student is told."));
    if (answer) changed(answer);
  };
  return (
    <div class="sm-row">
      <Button onClick={() => ask("yes")}>{tr("Bevestig namens de student", "Confirm for the student")}</Button>
      <Button onClick={() => ask("no")}>{tr("Zeg nee namens de student", "Decline for the student")}</Button>
      <Confirm proposal={proposal} open={asked === "yes"} close={() => ask("")} done={done} />
      <Decline proposal={proposal} criteria={criteria} open={asked === "no"} close={() => ask("")} done={done} />
    </div>
  );
}

type Asked = { proposal: Proposal; open: boolean; close: () => void; done: (answer: Proposal | undefined) => void };

function WhenRight({ told, onTold, error }: { told: boolean; onTold: (told: boolean) => void; error: boolean }) {
  return (
    <>
      <P>{tr("Doe dit alleen als de student het je zelf heeft verteld en niet zelf kan antwoorden, bijvoorbeeld zonder telefoon of computer.", "Do this only where the student told you and cannot answer here, for example without a telephone or computer.")}</P>
      <P>{tr("Doe dit niet als de student twijfelt of niet reageert. Bel dan nog een keer, of wacht.", "Do not do this where the student is in doubt or does not react. Call again then, or wait.")}</P>
      <P>{tr("Er blijft staan dat jij dit invoerde. De student krijgt er bericht van.", "It stays on record that you entered this. The student is told.")}</P>
      <CheckBox label={tr("De student heeft mij dit zelf verteld", "The student told me this")} checked={told} onChecked={onTold} />
      {error && (
        <p class="nl-paragraph sm-error" role="alert">
          {tr("Vink dit aan als het zo is. Anders moet de student zelf antwoorden.", "Tick this where it is so. Otherwise the student must answer.")}
        </p>
      )}
    </>
  );
}

function Confirm(asked: Asked) {
  return (
    <Dialog open={asked.open} close={asked.close} title={tr("Bevestig namens de student", "Confirm for the student")}>
      <ConfirmForm {...asked} />
    </Dialog>
  );
}

function ConfirmForm({ proposal, close, done }: Asked) {
  const [told, setTold] = useState(false);
  const [tried, setTried] = useState(false);
  const confirm = useAction(async (requestId) => {
    const answer = await api.proposal.confirmProposal({ requestId, proposalId: proposal.proposalId, version: proposal.version });
    done(answer.proposal);
  });
  const send = () => {
    setTried(true);
    if (told) void confirm.run();
  };
  return (
    <Form onSubmit={send}>
      <WhenRight told={told} onTold={setTold} error={tried && !told} />
      <Outcome of={confirm} />
      <div class="sm-row">
        <Button kind="primary" type="submit" busy={confirm.busy}>
          {tr("De student zegt ja", "The student says yes")}
        </Button>
        <Button onClick={close}>{tr("Annuleren", "Cancel")}</Button>
      </div>
    </Form>
  );
}

function Decline({ proposal, criteria, open, close, done }: Asked & { criteria: readonly string[] }) {
  const [told, setTold] = useState(false);
  const decline = useAction(async (requestId, given: GivenReason) => {
    const answer = await api.proposal.declineProposal({ requestId, proposalId: proposal.proposalId, version: proposal.version, ...given });
    done(answer.proposal);
  });
  return (
    <ReasonDialog
      open={open}
      close={() => (setTold(false), close())}
      title={tr("Zeg nee namens de student", "Decline for the student")}
      event="student_declines"
      criteria={criteria}
      button={tr("De student zegt nee", "The student says no")}
      action={decline}
      missing={told ? undefined : tr("Vink aan dat de student je dit zelf vertelde. Anders moet de student zelf antwoorden.", "Tick that the student told you. Otherwise the student must answer.")}
    >
      <WhenRight told={told} onTold={setTold} error={false} />
    </ReasonDialog>
  );
}
