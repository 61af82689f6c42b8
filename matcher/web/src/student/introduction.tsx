// How the school introduces the student: the company reads it only when the student agrees.
import type { Proposal } from "~gen/stagematch/v1/proposal_pb.ts";
import { api } from "~/base/api.ts";
import { day } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { orShowNow } from "~/ui/overtaken.ts";
import { Alert, Button, Outcome, P, Section, Shown } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { Contacts } from "~/public/contacts.tsx";

export const useIntroductionText = (proposal: Proposal) =>
  useLoad(
    async () => (proposal.introduction?.hasText ? (await api.identity.getText({ proposalId: proposal.proposalId, kind: "introduction" })).text : ""),
    [proposal.proposalId, proposal.version],
  );

export function IntroductionPart({ proposal, changed }: { proposal: Proposal; changed: () => void }) {
  const { introduction } = proposal;
  const text = useIntroductionText(proposal);
  const agree = useAction((requestId: string, proposalId: string, version: bigint) => orShowNow(api.proposal.agreeIntroduction({ requestId, proposalId, version }), changed));
  const send = async () => {
    if (!(await agree.run(proposal.proposalId, proposal.version))) return;
    changed();
    say(tr("Dank je. Het bedrijf kan de tekst nu lezen.", "Thank you. The company can read the text now."));
  };
  if (!introduction?.date)
    return (
      <Section title={tr("Kennismaking", "Meeting")}>
        <Alert>{tr("Je school plant de kennismaking. Je krijgt bericht als de dag bekend is.", "Your school plans the meeting. You get a message when the day is known.")}</Alert>
      </Section>
    );
  return (
    <Section title={tr("Kennismaking", "Meeting")}>
      <P>
        {tr("Je kennismaking is op", "You meet on")} <strong>{day(introduction.date)}</strong>.
      </P>
      <Shown of={text}>
        {(words) =>
          words ? (
            <>
              <P>{tr("Zo stelt je school je voor:", "This is how your school introduces you:")}</P>
              <blockquote class="sm-quote">{words}</blockquote>
            </>
          ) : (
            <P>{tr("Je school heeft er geen tekst bij geschreven.", "Your school wrote no text with it.")}</P>
          )
        }
      </Shown>
      {introduction.studentAgreed ? (
        <Alert tone="ok">{tr("Je bent akkoord. Het bedrijf kan dit lezen.", "You agreed. The company can read this.")}</Alert>
      ) : (
        <>
          <P>{tr("Het bedrijf leest dit pas als jij akkoord bent. Klopt er iets niet, of wil je iets anders vertellen? Zeg het je stagecoördinator, die past het aan.", "The company reads this only once you agree. Something wrong, or would you tell something else? Tell your coördinator, who will change it.")}</P>
          <Outcome of={agree} />
          <div>
            <Button kind="primary" busy={agree.busy} onClick={() => void send()}>
              {tr("Ik ben akkoord", "I agree")}
            </Button>
          </div>
          <Contacts school={proposal.school} kinds={["school"]} />
        </>
      )}
    </Section>
  );
}
