// Four eyes: whoever closes a case is another than who handled it, of the own school or of one that was asked.
import { useState } from "preact/hooks";
import type { Case } from "~gen/stagematch/v1/case_pb.ts";
import { api } from "~/base/api.ts";
import { schoolText, useCatalog } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { Form, SelectField } from "~/ui/fields.tsx";
import { Button, Details, Outcome, P } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { StepForm } from "./case_step_form.tsx";

export function CaseReview({ of, set }: { of: Case; set: (next: Case) => void }) {
  const review = (agree: boolean) => async (requestId: string, text: string) => (await api.case.reviewClosing({ requestId, caseId: of.caseId, version: of.version, agree, text })).case;
  return (
    <>
      <P>{tr("Lees de stappen en teksten hieronder. Klopt het, dan sluit jij de zaak. Mist er iets, stuur hem dan terug.", "Read the steps and texts below. If it is right you close the case. If something lacks, send it back.")}</P>
      <StepForm
        label={tr("Opmerking bij het sluiten", "Remark on closing")}
        button={tr("Akkoord: sluit de zaak", "Agreed: close the case")}
        said={tr("De zaak is gesloten.", "The case is closed.")}
        send={review(true)}
        set={set}
      />
      <Details summary={tr("Niet akkoord? Stuur de zaak terug", "Not agreed? Send the case back")}>
        <StepForm
          label={tr("Wat moet er nog gebeuren?", "What must still happen?")}
          button={tr("Stuur terug", "Send back")}
          said={tr("De zaak gaat terug naar de behandelaar.", "The case goes back to the handler.")}
          needed
          kind="secondary"
          send={review(false)}
          set={set}
        />
      </Details>
    </>
  );
}

export function CaseSecond({ of, set }: { of: Case; set: (next: Case) => void }) {
  const catalog = useCatalog().data;
  const [school, setSchool] = useState(of.secondSchool);
  const ask = useAction(async (requestId, version: bigint, chosen: string) => {
    const { case: next } = await api.case.askSecond({ requestId, caseId: of.caseId, version, school: chosen });
    if (next) set(next);
  });
  return (
    <Details summary={tr("Vraag een behandelaar van een andere school", "Ask a behandelaar of another school")}>
      <Form label={tr("Tweede persoon", "Second person")} onSubmit={() => void ask.run(of.version, school).then((done) => done && say(tr("Gevraagd.", "Asked.")))}>
        <SelectField
          label={tr("School van de tweede persoon", "School of the second person")}
          help={tr("Wie je vraagt, ziet deze zaak zolang hij sluit, en geen andere.", "Whoever you ask sees this case while it closes, and no other.")}
          value={school}
          onValue={setSchool}
          choices={[{ value: "", label: tr("De eigen school", "The own school") }, ...(catalog?.schools ?? []).filter((one) => one.code !== of.school).map((one) => ({ value: one.code, label: schoolText(catalog, one.code) }))]}
        />
        <Outcome of={ask} />
        <div class="sm-row">
          <Button type="submit" busy={ask.busy}>
            {tr("Vraag", "Ask")}
          </Button>
        </div>
      </Form>
    </Details>
  );
}
