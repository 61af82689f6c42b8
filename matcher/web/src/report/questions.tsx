// The questions themselves. Each shows what was entered before, and keeps what is entered now.
import type { ComponentType } from "preact";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import { ReportDesk, type GetReportFormResponse } from "~gen/stagematch/v1/report_pb.ts";
import { schoolText, useCatalog } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { useSession } from "~/base/session.ts";
import { CheckBox, RadioGroup, SelectField, TextArea, TextField } from "~/ui/fields.tsx";
import { Alert, P } from "~/ui/parts.tsx";
import { CompanyQuestion } from "./company.tsx";
import { change, type Reporter, useDraft } from "./draft.ts";
import { allNatures, allPhases, allWishes, choiceName, choiceText, natureText, phaseText, wishText } from "./words.ts";
import type { StepName } from "./steps.ts";

export type Asked = { form: GetReportFormResponse; reporter: Reporter; error: string };

function SchoolQuestion({ form, reporter }: Asked) {
  const draft = useDraft();
  const catalog = useCatalog();
  const session = useSession();
  const own = session.kind === "signed-in" && reporter.role !== Role.COMPANY ? session.session.scope : null;
  const schools = form.schools.filter(({ school }) => !own || own.includes(school));
  const list = [{ value: "", label: tr("Kies een school", "Choose a school") }, ...schools.map(({ school }) => ({ value: school, label: schoolText(catalog.data, school) }))];
  if (form.schools.length === 0)
    return <Alert tone="warning">{tr("Nog geen school leest hier meldingen. Ga naar een van de andere plekken.", "No school reads reports here yet. Go to one of the other places.")}</Alert>;
  return (
    <>
      {!reporter.signedIn && (
        <RadioGroup
          label={tr("Heb je een code van je school?", "Do you have a code of your school?")}
          help={tr("Zo'n code hoeft niet. School geeft hem als je geen account hebt.", "You do not need one. Schools give it to students without an account.")}
          value={draft.hasCode ? "yes" : "no"}
          onValue={(value) => change({ hasCode: value === "yes" })}
          choices={[
            { value: "no", label: tr("Nee, ik kies mijn school", "No, I choose my school") },
            { value: "yes", label: tr("Ja", "Yes") },
          ]}
        />
      )}
      {draft.hasCode && !reporter.signedIn ? (
        <TextField label={tr("Code van je school", "Code of your school")} value={draft.schoolCode} onValue={(schoolCode) => change({ schoolCode })} autocomplete="off" spellcheck={false} />
      ) : (
        <SelectField label={tr("School", "School")} value={draft.school} onValue={(school) => change({ school, desk: ReportDesk.UNSPECIFIED })} choices={list} />
      )}
    </>
  );
}

function PhaseQuestion({ error }: Asked) {
  const draft = useDraft();
  return (
    <RadioGroup
      label={tr("Kies het moment dat het beste past", "Choose the moment that fits best")}
      error={error}
      value={String(draft.phase)}
      onValue={(value) => change({ phase: Number(value) })}
      choices={allPhases.map((phase) => ({ value: String(phase), label: phaseText(phase) }))}
    />
  );
}

function NatureQuestion({ error }: Asked) {
  const draft = useDraft();
  return (
    <RadioGroup
      label={tr("Kies wat het beste past", "Choose what fits best")}
      error={error}
      value={String(draft.nature)}
      onValue={(value) => change({ nature: Number(value) })}
      choices={allNatures.map((nature) => ({ value: String(nature), label: natureText(nature) }))}
    />
  );
}

const toggled = (list: readonly string[], code: string, on: boolean) => [...list.filter((known) => known !== code), ...(on ? [code] : [])];

function GroundsQuestion({ form }: Asked) {
  const draft = useDraft();
  return (
    <fieldset class="sm-fieldset">
      <legend class="utrecht-form-label">{tr("Je mag er meer kiezen", "You can choose more than one")}</legend>
      {form.grounds.map((ground) => (
        <CheckBox key={ground.code} label={choiceName(ground)} checked={draft.grounds.includes(ground.code)} onChecked={(on) => change({ grounds: toggled(draft.grounds, ground.code, on) })} />
      ))}
    </fieldset>
  );
}

function TextQuestion({ error }: Asked) {
  const draft = useDraft();
  return (
    <TextArea
      label={tr("Je verhaal", "Your story")}
      help={tr("Wat zag of hoorde je? Wie waren erbij? Wanneer was het? Schrijf het zoals je het zou vertellen. Bestanden kun je na het versturen toevoegen.", "What did you see or hear? Who was there? When was it? Write it as you would tell it. You can add files after sending.")}
      error={error}
      rows={10}
      value={draft.text}
      onValue={(text) => change({ text })}
    />
  );
}

function WishQuestion({ error }: Asked) {
  const draft = useDraft();
  return (
    <RadioGroup
      label={tr("Wat wil je nu?", "What do you want now?")}
      help={tr("Je kunt dit later veranderen.", "You can change this later.")}
      error={error}
      value={String(draft.wish)}
      onValue={(value) => change({ wish: Number(value) })}
      choices={allWishes.map((wish) => ({ value: String(wish), label: wishText(wish) }))}
    />
  );
}

function DeskQuestion({ form, reporter, error }: Asked) {
  const draft = useDraft();
  const chosen = form.schools.find(({ school }) => school === draft.school);
  const unknown = draft.hasCode || (reporter.signedIn && reporter.role === Role.STUDENT) || !chosen;
  const choices = [
    {
      value: String(ReportDesk.VERTROUWENSPERSOON),
      label: tr("Alleen de vertrouwenspersoon", "Only the confidential adviser"),
      help: tr("Die luistert en denkt met je mee. Niemand anders leest het, tot jij dat goed vindt.", "They listen and think along. Nobody else reads it until you agree."),
      fits: unknown || chosen.hasVertrouwenspersoon,
    },
    {
      value: String(ReportDesk.BEHANDELAAR),
      label: tr("De behandelaar van meldingen, en de vertrouwenspersoon", "The case handler, and the confidential adviser"),
      help: tr("De behandelaar kan een zaak beginnen, als jij dat goed vindt.", "The case handler can open a case, if you agree."),
      fits: true,
    },
  ];
  return (
    <>
      <RadioGroup label={tr("Kies wie het leest", "Choose who reads it")} error={error} value={String(draft.desk)} onValue={(value) => change({ desk: Number(value) })} choices={choices.filter(({ fits }) => fits)} />
      <fieldset class="sm-fieldset">
        <legend class="utrecht-form-label">{tr("Wat vind je goed? Je kunt dit later geven of intrekken.", "What do you agree to? You can give or withdraw this later.")}</legend>
        <CheckBox
          label={tr("De vertrouwenspersoon mag mijn melding aan de behandelaar geven", "The confidential adviser may hand my report to the case handler")}
          checked={draft.handOver || draft.openCase}
          disabled={draft.openCase}
          onChecked={(handOver) => change({ handOver })}
        />
        <CheckBox
          label={tr("De school mag er een zaak van maken", "The school may make a case of it")}
          help={tr("Dan praat school met het bedrijf. Het bedrijf hoort niet van wie de melding komt.", "Then the school talks to the company. The company does not hear who reported.")}
          checked={draft.openCase}
          onChecked={(openCase) => change({ openCase, handOver: openCase || draft.handOver })}
        />
      </fieldset>
    </>
  );
}

function RoutesQuestion({ form }: Asked) {
  const draft = useDraft();
  return (
    <fieldset class="sm-fieldset">
      <legend class="utrecht-form-label">{tr("Kies waar je ook heen wilt. Je hoeft niets te kiezen.", "Choose where else you want to go. You do not have to choose anything.")}</legend>
      <P quiet>{tr("Wij sturen niets door. Wie je melding leest, weet zo waar je hulp bij wilt.", "We pass nothing on. Whoever reads your report knows what you want help with.")}</P>
      {form.routes.map((route) => (
        <CheckBox key={route.code} label={choiceName(route)} help={choiceText(route)} checked={draft.routes.includes(route.code)} onChecked={(on) => change({ routes: toggled(draft.routes, route.code, on) })} />
      ))}
    </fieldset>
  );
}

function NameQuestion({ reporter }: Asked) {
  const draft = useDraft();
  return (
    <>
      <RadioGroup
        label={tr("Mag de lezer weten wie je bent?", "May the reader know who you are?")}
        help={tr("Het bedrijf krijgt je naam nooit zonder dat jij dat apart goed vindt.", "The company never gets your name unless you agree to that separately.")}
        value={draft.giveName ? "yes" : "no"}
        onValue={(value) => change({ giveName: value === "yes" })}
        choices={[
          { value: "no", label: tr("Nee, ik blijf onbekend", "No, I stay unknown") },
          { value: "yes", label: reporter.signedIn ? tr("Ja, de lezer mag mijn naam zien", "Yes, the reader may see my name") : tr("Ja, ik geef mijn naam", "Yes, I give my name") },
        ]}
      />
      {draft.giveName && !reporter.signedIn && (
        <>
          <TextField label={tr("Je naam", "Your name")} value={draft.reporterName} onValue={(reporterName) => change({ reporterName })} autocomplete="off" maxLength={100} />
          <TextField label={tr("Hoe kan school je bereiken? (hoeft niet)", "How can your school reach you? (optional)")} value={draft.reporterContact} onValue={(reporterContact) => change({ reporterContact })} autocomplete="off" maxLength={100} />
        </>
      )}
      {draft.giveName && (
        <CheckBox
          label={tr("Bij een zaak mag het bedrijf weten dat ik het heb gemeld", "In a case, the company may know that I reported it")}
          help={tr("Dit hoeft niet. Zonder dit blijft je naam bij school.", "This is not needed. Without it your name stays with the school.")}
          checked={draft.nameToCompany}
          onChecked={(nameToCompany) => change({ nameToCompany })}
        />
      )}
    </>
  );
}

export const questions: Record<Exclude<StepName, "check">, ComponentType<Asked>> = {
  school: SchoolQuestion,
  phase: PhaseQuestion,
  nature: NatureQuestion,
  grounds: GroundsQuestion,
  text: TextQuestion,
  company: CompanyQuestion,
  wish: WishQuestion,
  desk: DeskQuestion,
  routes: RoutesQuestion,
  name: NameQuestion,
};
