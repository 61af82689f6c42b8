// The dossier: which texts go along is the handler's choice; JSON and PDF say the same. Making it is a step of the case.
import { useState } from "preact/hooks";
import type { Case } from "~gen/stagematch/v1/case_pb.ts";
import { api } from "~/base/api.ts";
import { save } from "~/base/csv.ts";
import { moment } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { CheckBox } from "~/ui/fields.tsx";
import { Button, Details, Outcome, P, Section } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { eventText } from "./case_words.ts";

export function CaseDossier({ of, done }: { of: Case; done: (next: Case) => void }) {
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const make = useAction(async (_requestId, kind: "pdf" | "json", steps: readonly number[]) => {
    const dossier = await api.case.exportCase({ caseId: of.caseId, steps: [...steps] });
    if (kind === "pdf") save("zaak.pdf", "application/pdf", dossier.pdf);
    else save("zaak.json", "application/json", dossier.json);
    const { case: next } = await api.case.getCase({ caseId: of.caseId });
    if (next) done(next);
  });
  const run = (kind: "pdf" | "json") => void make.run(kind, chosen).then((ok) => ok && say(tr("Het dossier is gemaakt.", "The dossier is made.")));
  return (
    <div class="sm-noprint">
      <Section title={tr("Dossier", "Dossier")}>
        <P>{tr("Voor SBB, of om te bewaren. Er staat geen student in. Jij kiest welke teksten meegaan.", "For SBB, or to keep. No student is in it. You choose which texts go along.")}</P>
        <Details summary={tr("Kies de teksten", "Choose the texts")}>
          {of.steps
            .filter((step) => step.hasText)
            .map((step) => (
              <CheckBox
                key={step.step}
                label={`${eventText(step.event)} (${moment(step.time)})`}
                checked={chosen.includes(step.step)}
                onChecked={(on) => setChosen(on ? [...chosen, step.step] : chosen.filter((one) => one !== step.step))}
              />
            ))}
        </Details>
        <Outcome of={make} />
        <div class="sm-row">
          <Button busy={make.busy} onClick={() => run("pdf")}>
            {tr("Maak een PDF", "Make a PDF")}
          </Button>
          <Button busy={make.busy} onClick={() => run("json")}>
            {tr("Maak een bestand (JSON)", "Make a file (JSON)")}
          </Button>
        </div>
      </Section>
    </div>
  );
}
