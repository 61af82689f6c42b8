// Keeps the proof of an entry in a round as a file, for whoever may ask for it.
import { api } from "~/base/api.ts";
import { save } from "~/base/csv.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { proofFile } from "~/public/proof_file.ts";
import { Button, Outcome } from "./parts.tsx";

export function SaveProof({ roundId, stagevraagId }: { roundId: string; stagevraagId: string }) {
  const keep = useAction(async () => {
    const proof = await api.round.getEntryProof({ roundId, stagevraagId });
    save("bewijs-van-deelname.json", "application/json", proofFile(roundId, proof));
  });
  return (
    <div class="sm-stack">
      <div>
        <Button busy={keep.busy} onClick={() => void keep.run()}>
          {tr("Bewaar het bewijs van deelname", "Save the proof of taking part")}
        </Button>
      </div>
      <Outcome of={keep} />
    </div>
  );
}
