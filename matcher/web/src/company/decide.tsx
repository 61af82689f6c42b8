// The decision on a blinded candidate: agree, or object with a reason that fits.
import { useState } from "preact/hooks";
import type { CandidateView } from "~gen/stagematch/v1/proposal_pb.ts";
import { api } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { Arrive } from "~/ui/arrive.tsx";
import { orShowNow } from "~/ui/overtaken.ts";
import { Button, Outcome, P, Section } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import type { Change } from "./candidate.tsx";
import { Refuse } from "~/market/refuse.tsx";

export function Decide({ view, change }: { view: CandidateView; change: Change }) {
  const [objecting, object] = useState(false);
  const agree = useAction(async (requestId) => {
    const answer = await orShowNow(api.candidate.agreeToCandidate({ requestId, candidate: view.candidate, version: view.version }), change.reload);
    say(tr("Je hebt ja gezegd. De student hoort het nu.", "You said yes. The student hears it now."));
    if (answer.view) change.set(answer.view);
  });
  if (objecting)
    return (
      <Arrive>
        <Section title={tr("Bezwaar maken", "Object")}>
          <Refuse kind="object" view={view} {...change} close={() => object(false)} />
        </Section>
      </Arrive>
    );
  return (
    <Section title={tr("Past deze student op je plek?", "Does this student fit your place?")}>
      <P>
        {tr(
          "Je hoeft niet te kiezen tussen studenten. Zeg ja als de plek er is. Is er iets mis met de plek of met een criterium, maak dan bezwaar.",
          "You need not choose between students. Say yes if the place is there. If something is wrong with the place or a criterion, object.",
        )}
      </P>
      <Outcome of={agree} />
      <div class="sm-row">
        <Button kind="primary" busy={agree.busy} onClick={() => void agree.run()}>
          {tr("Ja, welkom", "Yes, welcome")}
        </Button>
        <Button onClick={() => object(true)}>{tr("Ik heb bezwaar", "I object")}</Button>
      </div>
    </Section>
  );
}
