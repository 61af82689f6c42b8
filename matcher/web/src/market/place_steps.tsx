// The steps of the form of a place.
import { Day, Leerweg } from "~gen/stagematch/v1/common_pb.ts";
import { qualificationText, useCatalog } from "~/base/catalog.ts";
import { count, euros, period } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { dayText, daysText, leerwegText } from "~/base/words.ts";
import { CriteriaChanged, CriteriaEditor, CriteriaList, WhyCriteriaFirst } from "~/ui/criteria.tsx";
import { RadioGroup, SelectField, TextArea, TextField } from "~/ui/fields.tsx";
import { Button, DataList, Details, P } from "~/ui/parts.tsx";
import { Pick } from "~/ui/pick.tsx";
import { cents, type Draft, type Problems } from "./place_draft.ts";
import { PlaceRemarks } from "./place_remarks.tsx";

export type StepProps = { draft: Draft; set: (change: Partial<Draft>) => void; problems: Problems };

const isCode = (typed: string) => /^\d{5}$/.test(typed);

function Qualifications({ draft, set, problems }: StepProps) {
  const catalog = useCatalog();
  const known = catalog.data?.qualifications ?? [];
  return (
    <fieldset class="sm-fieldset sm-stack">
      <legend class="utrecht-form-label">{tr("Voor welke opleiding?", "For which programme?")}</legend>
      {problems.qualifications && <div class="sm-error">{problems.qualifications}</div>}
      {draft.qualifications.length > 0 && (
        <ul class="sm-cards">
          {draft.qualifications.map((code) => (
            <li key={code} class="sm-card sm-card--calm sm-chosen">
              <span>{qualificationText(catalog.data, code)}</span>
              <Button
                kind="subtle"
                aria-label={tr(`${qualificationText(catalog.data, code)} weghalen`, `Remove ${qualificationText(catalog.data, code)}`)}
                onClick={() => set({ qualifications: draft.qualifications.filter((other) => other !== code) })}
              >
                {tr("Weghalen", "Remove")}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Pick
        label={tr("Zoek een opleiding", "Find a programme")}
        help={tr("Een woord uit de naam, of het nummer (crebo of isat).", "A word of the name, or the number (crebo or isat).")}
        items={known.map((qualification) => ({ value: qualification.code, label: `${qualification.name} (${qualification.code})` }))}
        taken={draft.qualifications}
        free={isCode}
        onPick={(code) => set({ qualifications: [...draft.qualifications, code] })}
      />
    </fieldset>
  );
}

function Company({ draft, set, problems, scope }: StepProps & { scope: readonly string[] }) {
  return (
    <>
      {scope.length > 1 && (
        <SelectField
          label={tr("Welk leerbedrijf?", "Which company?")}
          value={draft.leerbedrijf}
          choices={scope.map((id) => ({ value: id, label: id }))}
          onValue={(leerbedrijf) => set({ leerbedrijf })}
        />
      )}
      <TextField label={tr("Naam van je bedrijf", "Name of your company")} autocomplete="organization" maxLength={200} error={problems.companyName} value={draft.companyName} onValue={(companyName) => set({ companyName })} />
      <TextField label={tr("KvK-nummer", "Chamber of Commerce number")} inputMode="numeric" maxLength={8} error={problems.kvk} value={draft.kvk} onValue={(kvk) => set({ kvk })} />
      <TextField label={tr("Postcode van de werkplek", "Postcode of the workplace")} autocomplete="postal-code" maxLength={7} error={problems.postcode} value={draft.postcode} onValue={(postcode) => set({ postcode })} />
    </>
  );
}

export function WorkStep(props: StepProps & { scope: readonly string[]; knowsCompany: boolean }) {
  const { draft, set, problems, scope, knowsCompany } = props;
  const wrong = problems.companyName || problems.kvk || problems.postcode;
  return (
    <>
      <TextField label={tr("Wat gaat een student doen?", "What will a student do?")} help={tr("Een korte naam, zoals: meewerken in de keuken.", "A short name, such as: working in the kitchen.")} maxLength={120} error={problems.title} value={draft.title} onValue={(title) => set({ title })} />
      <Qualifications {...props} />
      <RadioGroup
        label={tr("Hoe leert de student?", "How does the student learn?")}
        value={String(draft.leerweg)}
        choices={[Leerweg.BOL, Leerweg.BBL, Leerweg.HBO].map((leerweg) => ({ value: String(leerweg), label: leerwegText(leerweg) }))}
        onValue={(value) => set({ leerweg: Number(value) as Leerweg })}
      />
      <TextField label={tr("Voor hoeveel studenten is er plek?", "For how many students is there room?")} type="number" inputMode="numeric" min={1} max={10000} error={problems.capacity} value={draft.capacity} onValue={(capacity) => set({ capacity })} />
      {knowsCompany ? (
        <Details summary={tr(`Bedrijf: ${draft.companyName}`, `Company: ${draft.companyName}`)} open={Boolean(wrong)}>
          <Company {...props} scope={scope} />
        </Details>
      ) : (
        <Company {...props} scope={scope} />
      )}
      <Details summary={tr("Meer vertellen (hoeft niet)", "Tell more (optional)")}>
        <TextArea
          label={tr("Omschrijving", "Description")}
          help={tr("Wat leert een student, hoe is een dag, wie begeleidt? Studenten lezen dit.", "What does a student learn, how is a day, who guides? Students read this.")}
          maxLength={2000}
          value={draft.description}
          onValue={(description) => set({ description })}
        />
      </Details>
    </>
  );
}

export function TimeStep({ draft, set, problems }: StepProps) {
  const days = [Day.MONDAY, Day.TUESDAY, Day.WEDNESDAY, Day.THURSDAY, Day.FRIDAY, Day.SATURDAY, Day.SUNDAY];
  return (
    <>
      <TextField label={tr("Eerste dag", "First day")} type="date" error={problems.startDate} value={draft.startDate} onValue={(startDate) => set({ startDate })} />
      <TextField label={tr("Laatste dag", "Last day")} help={tr("Een week speling is geen probleem.", "A week more or less is no problem.")} type="date" min={draft.startDate} error={problems.endDate} value={draft.endDate} onValue={(endDate) => set({ endDate })} />
      <TextField label={tr("Uren per week, ten hoogste", "Hours a week, at most")} type="number" inputMode="numeric" min={1} max={40} error={problems.hoursPerWeek} value={draft.hoursPerWeek} onValue={(hoursPerWeek) => set({ hoursPerWeek })} />
      <fieldset class="sm-fieldset">
        <legend class="utrecht-form-label">{tr("Op welke dagen moet de student er zijn?", "On which days must the student be there?")}</legend>
        <div class="sm-quiet">{tr("Kies niets als dat in overleg kan.", "Choose none if that can be agreed on.")}</div>
        <div class="sm-days">
          {days.map((day) => (
            <label class="sm-choice" key={day}>
              <input
                type="checkbox"
                class="utrecht-checkbox utrecht-checkbox--html-input"
                checked={draft.days.includes(day)}
                onChange={(event) => set({ days: event.currentTarget.checked ? [...draft.days, day].sort((a, b) => a - b) : draft.days.filter((other) => other !== day) })}
              />
              <span>{dayText(day)}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <TextField label={tr("Vergoeding in euro per maand (hoeft niet)", "Allowance in euros a month (optional)")} inputMode="decimal" maxLength={9} error={problems.allowance} value={draft.allowance} onValue={(allowance) => set({ allowance })} />
    </>
  );
}

/** `changedFrom`: the version of the criteria that is changed, where they were declared already and are others now. */
export function CriteriaStep({ draft, set, changedFrom }: StepProps & { changedFrom: bigint | undefined }) {
  return (
    <>
      <WhyCriteriaFirst />
      {changedFrom !== undefined && <CriteriaChanged version={changedFrom} />}
      <CriteriaEditor criteria={draft.criteria} onCriteria={(criteria) => set({ criteria })} />
    </>
  );
}

export function CheckStep({ draft, set, changedFrom }: StepProps & { changedFrom: bigint | undefined }) {
  const catalog = useCatalog();
  const allowance = cents(draft.allowance);
  return (
    <>
      <DataList
        items={[
          [tr("Plek", "Place"), draft.title],
          [tr("Opleiding", "Programme"), draft.qualifications.map((code) => qualificationText(catalog.data, code)).join(", ")],
          [tr("Leerweg", "Way of learning"), leerwegText(draft.leerweg)],
          [tr("Aantal", "Number"), count(Number(draft.capacity), tr("student", "student"), tr("studenten", "students"))],
          [tr("Periode", "Period"), period(draft.startDate, draft.endDate)],
          [tr("Uren en dagen", "Hours and days"), `${draft.hoursPerWeek} ${tr("uur per week", "hours a week")}, ${daysText(draft.days, tr("dagen in overleg", "days to be agreed"))}`],
          ...(allowance ? [[tr("Vergoeding", "Allowance"), `${euros(allowance)} ${tr("per maand", "a month")}`] as const] : []),
          [tr("Bedrijf", "Company"), `${draft.companyName}, ${draft.postcode}`],
        ]}
      />
      <P>
        <strong>{tr("Criteria", "Criteria")}</strong>
      </P>
      <CriteriaList criteria={draft.criteria} />
      {changedFrom !== undefined && <CriteriaChanged version={changedFrom} />}
      <PlaceRemarks draft={draft} set={set} />
    </>
  );
}
