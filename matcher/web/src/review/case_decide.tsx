// The decision, and ending a case without one: from closed lists, with the considerations in words.
import { useState } from "preact/hooks";
import type { Case } from "~gen/stagematch/v1/case_pb.ts";
import type { CaseOutcome } from "~gen/stagematch/v1/measure_pb.ts";
import { api } from "~/base/api.ts";
import { language, tr } from "~/base/language.ts";
import { CheckBox, RadioGroup, SelectField } from "~/ui/fields.tsx";
import { P, Shown } from "~/ui/parts.tsx";
import { groundText, useCaseLists } from "./case_words.ts";
import { StepForm } from "./case_step_form.tsx";

const choiceOf = (one: CaseOutcome) => ({ value: one.code, label: language() === "nl" ? one.textNl : one.textEn });

export function CaseDecide({ of, set }: { of: Case; set: (next: Case) => void }) {
  const lists = useCaseLists();
  const [outcome, setOutcome] = useState("");
  const [grounds, setGrounds] = useState<readonly string[]>([]);
  return (
    <Shown of={lists}>
      {(known) => {
        const upheld = known.outcomes.find((one) => one.code === outcome)?.outcomeClass === "upheld";
        return (
          <StepForm
            label={tr("Je overwegingen", "Your considerations")}
            help={tr("Wat is gebleken, wat zei het bedrijf, en waarom komt dit eruit?", "What was found, what did the company say, and why this outcome?")}
            button={tr("Neem het besluit", "Take the decision")}
            said={tr("Het besluit staat vast.", "The decision stands.")}
            needed
            lacking={outcome === "" ? tr("Kies een uitkomst.", "Choose an outcome.") : upheld && grounds.length === 0 && tr("Kies een grond.", "Choose a ground.")}
            send={async (requestId, text) => (await api.case.decideCase({ requestId, caseId: of.caseId, version: of.version, outcome, grounds: upheld ? [...grounds] : [], text })).case}
            set={set}
          >
            <RadioGroup
              label={tr("Wat is de uitkomst?", "What is the outcome?")}
              value={outcome}
              onValue={setOutcome}
              choices={known.outcomes.filter((one) => one.outcomeClass === "upheld" || one.outcomeClass === "not_upheld").map(choiceOf)}
            />
            {upheld && (
              <fieldset class="sm-fieldset">
                <legend class="utrecht-form-label">{tr("Op welke grond?", "On which ground?")}</legend>
                <P quiet>{tr("Kies er minstens één. Dit staat alleen in de kluis.", "Choose at least one. This is in the vault alone.")}</P>
                {known.grounds.map((ground) => (
                  <CheckBox
                    key={ground.code}
                    label={groundText(known, ground.code)}
                    checked={grounds.includes(ground.code)}
                    onChecked={(on) => setGrounds(on ? [...grounds, ground.code] : grounds.filter((code) => code !== ground.code))}
                  />
                ))}
              </fieldset>
            )}
          </StepForm>
        );
      }}
    </Shown>
  );
}

export function CaseEnd({ of, set }: { of: Case; set: (next: Case) => void }) {
  const lists = useCaseLists();
  const [reason, setReason] = useState("");
  return (
    <Shown of={lists}>
      {(known) => (
        <StepForm
          label={tr("Waarom stopt deze zaak?", "Why does this case end?")}
          button={tr("Stel voor om te stoppen", "Propose to end")}
          said={tr("Een tweede behandelaar kijkt mee.", "A second behandelaar looks.")}
          kind="secondary"
          lacking={reason === "" && tr("Kies een reden.", "Choose a reason.")}
          send={async (requestId, text) => (await api.case.endCase({ requestId, caseId: of.caseId, version: of.version, reason, text })).case}
          set={set}
        >
          <SelectField
            label={tr("Reden", "Reason")}
            value={reason}
            onValue={setReason}
            choices={[{ value: "", label: tr("Kies een reden", "Choose a reason") }, ...known.outcomes.filter((one) => one.outcomeClass === "unfounded" || one.outcomeClass === "withdrawn").map(choiceOf)]}
          />
        </StepForm>
      )}
    </Shown>
  );
}
