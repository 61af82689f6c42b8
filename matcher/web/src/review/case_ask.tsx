// A question to the company. It reads this in its own portal, so the page says first what must not be in it.
import { useState } from "preact/hooks";
import type { Case } from "~gen/stagematch/v1/case_pb.ts";
import { api } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { CheckBox } from "~/ui/fields.tsx";
import { Alert, P } from "~/ui/parts.tsx";
import { StepForm } from "./case_step_form.tsx";

export function CaseAsk({ of, set, kind }: { of: Case; set: (next: Case) => void; kind?: "primary" | "secondary" }) {
  const [checked, setChecked] = useState(false);
  const [names, setNames] = useState(false);
  return (
    <StepForm
      label={tr("Je vraag aan het bedrijf", "Your question to the company")}
      help={tr("Vraag naar wat er gebeurde en waarom. Het bedrijf krijgt tien werkdagen.", "Ask what happened and why. The company has ten working days.")}
      button={tr("Stuur de vraag", "Send the question")}
      said={tr("De vraag staat bij het bedrijf.", "The question is with the company.")}
      needed
      kind={kind}
      lacking={!checked && !names && tr("Vink eerst aan dat je hebt gekeken of te zien is wie het meldde.", "First tick that you checked whether it shows who reported.")}
      send={async (requestId, text) => (await api.case.askCompany({ requestId, caseId: of.caseId, version: of.version, text, namesStudent: names })).case}
      set={set}
    >
      <Alert tone="warning">
        <P>
          {tr(
            "Het bedrijf leest deze tekst. Schrijf geen naam, en niets waaraan te zien is wie het meldde: geen datum van een gesprek, geen afdeling waar maar één student was, geen eigen woorden van de melder.",
            "The company reads this text. Write no name, and nothing that shows who reported: no date of a talk, no department with one student, no words of the reporter's own.",
          )}
        </P>
      </Alert>
      <CheckBox label={tr("Ik heb gekeken: hieruit blijkt niet wie het meldde", "I checked: this does not show who reported")} checked={checked} onChecked={setChecked} />
      {of.identityConsent && (
        <CheckBox
          label={tr("De tekst noemt de student", "The text names the student")}
          help={tr("Dit mag: de student vindt het goed dat het bedrijf weet wie het is.", "This is possible: the student agrees that the company knows who it is.")}
          checked={names}
          onChecked={setNames}
        />
      )}
    </StepForm>
  );
}
