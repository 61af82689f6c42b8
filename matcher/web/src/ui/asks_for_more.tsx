// Telling that a company asked for a name or for anything outside its criteria. Used by students and by schools.
import { Observation } from "~gen/stagematch/v1/signal_pb.ts";
import { api } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { Alert, Button, Details, Outcome, P } from "./parts.tsx";
import { say } from "./toast.tsx";

export function AsksForMore({ proposalId }: { proposalId: string }) {
  const tell = useAction(async (requestId: string) => {
    await api.signal.recordObservation({ requestId, proposalId, observation: Observation.ASKS_FOR_MORE });
    say(tr("Opgeschreven. De school praat erover met het bedrijf.", "Noted. The school talks about it with the company."));
  });
  return (
    <Details summary={tr("Vroeg het bedrijf meer dan mag?", "Did the company ask for more than is allowed?")}>
      <P>
        {tr(
          "Een bedrijf mag vooraf niet vragen naar een naam, een foto, afkomst, geloof of iets anders dat geen eis is. Deed het dat wel? De school praat er dan met het bedrijf over. Het bedrijf ziet niet wie dit zei.",
          "In advance a company may not ask for a name, a photograph, descent, religion or anything that is no criterion. Did it? Then the school talks about it with the company. The company does not see who said so.",
        )}
      </P>
      <Outcome of={tell} />
      {tell.done ? (
        <Alert tone="ok">{tr("Dit is opgeschreven.", "This is noted.")}</Alert>
      ) : (
        <div>
          <Button busy={tell.busy} onClick={() => void tell.run()}>
            {tr("Ja, het bedrijf vroeg meer", "Yes, the company asked for more")}
          </Button>
        </div>
      )}
    </Details>
  );
}
