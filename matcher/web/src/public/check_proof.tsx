// Whoever kept a proof of the own entry checks it here against what is public of the round, without signing in. The file stays here.
import { useId, useState } from "preact/hooks";
import { number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { Link } from "~/base/router.tsx";
import { Alert, Details, ErrorNote, P } from "~/ui/parts.tsx";
import { canHash } from "./bytes.ts";
import { checkEntry } from "./proof.ts";
import { type KeptProof, readProofFile } from "./proof_file.ts";

type Checked = { kept: KeptProof; valid: boolean };

export function CheckProof({ roundId, root }: { roundId: string; root: string }) {
  const id = useId();
  const [checked, setChecked] = useState<Checked | null>(null);
  const [error, setError] = useState<unknown>();
  const check = async (file: File) => {
    setError(undefined);
    setChecked(null);
    try {
      const kept = await readProofFile(file);
      setChecked({ kept, valid: kept.roundId === roundId && (await checkEntry(kept.proof, root)).valid });
    } catch (failed) {
      setError(failed);
    }
  };
  if (!root || !canHash()) return null;
  return (
    <div class="sm-stack">
      <label class="utrecht-form-label" for={id}>
        {tr("Bewijs dat je bewaarde", "Proof that you kept")}
      </label>
      <div class="sm-quiet" id={`${id}-help`}>
        {tr("Je browser rekent het na. Het bestand gaat nergens heen.", "Your browser computes it. The file goes nowhere.")}
      </div>
      <input
        id={id}
        class="sm-file"
        type="file"
        accept=".json,application/json"
        aria-describedby={`${id}-help`}
        onChange={(event) => {
          const input = event.currentTarget;
          const file = input.files?.[0];
          input.value = ""; // the same file can be chosen again
          if (file) void check(file);
        }}
      />
      {error !== undefined && <ErrorNote error={error} />}
      {checked && <Verdict {...checked} here={roundId} />}
    </div>
  );
}

function Verdict({ kept, valid, here }: Checked & { here: string }) {
  if (kept.roundId !== here)
    return (
      <Alert tone="warning">
        {tr("Dit bewijs hoort bij een andere ronde. ", "This proof belongs to another round. ")}
        <Link href={`/rondes/${encodeURIComponent(kept.roundId)}`}>{tr("Ga naar die ronde", "Go to that round")}</Link>
      </Alert>
    );
  return (
    <>
      <Alert tone={valid ? "ok" : "error"} live>
        {valid
          ? tr(`Het klopt. Deze regel stond precies zo in de ronde, als regel ${number(kept.proof.index + 1)} van ${number(kept.proof.count)}.`, `It is right. This row stood in the round exactly so, as row ${number(kept.proof.index + 1)} of ${number(kept.proof.count)}.`)
          : tr("Het klopt niet. Deze regel stond niet zo in de ronde. Is het bestand veranderd? Bewaar dan het bewijs opnieuw.", "It is not right. This row did not stand so in the round. Was the file changed? Then save the proof again.")}
      </Alert>
      <Details summary={tr("De regel, letter voor letter", "The row, to the letter")}>
        <P>
          <code class="sm-mono">{kept.row}</code>
        </P>
      </Details>
    </>
  );
}
