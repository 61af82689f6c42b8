// The last page before sending: all that was entered, each with a way back to it.
import { useCallback } from "preact/hooks";
import type { GetReportFormResponse } from "~gen/stagematch/v1/report_pb.ts";
import { api } from "~/base/api.ts";
import { schoolText, useCatalog } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { go, Link } from "~/base/router.tsx";
import { Form } from "~/ui/fields.tsx";
import { Alert, Button, DataList, Outcome } from "~/ui/parts.tsx";
import { type Draft, type Reporter, sent, useDraft } from "./draft.ts";
import { type StepName, stepsFor } from "./steps.ts";
import { deskText, namesOf, natureText, phaseText, wishText } from "./words.ts";

function reportOf(draft: Draft) {
  return {
    phase: draft.phase,
    grounds: draft.grounds,
    nature: draft.nature,
    text: draft.text,
    wish: draft.wish,
    routes: draft.routes,
    leerbedrijf: draft.leerbedrijf,
    companyName: draft.companyName,
    proposalId: draft.proposalId,
    desk: draft.desk,
    consent: { handOver: draft.handOver || draft.openCase, openCase: draft.openCase, nameToCompany: draft.giveName && draft.nameToCompany },
    giveName: draft.giveName,
    reporterName: draft.reporterName,
    reporterContact: draft.reporterContact,
  };
}

const none = () => tr("Niet ingevuld", "Not filled in");

export function CheckStep({ form, reporter }: { form: GetReportFormResponse; reporter: Reporter }) {
  const draft = useDraft();
  const catalog = useCatalog();
  const steps = stepsFor(reporter);
  const send = useAction(
    useCallback(
      async (requestId: string, report: ReturnType<typeof reportOf>, school: string, schoolCode: string) => {
        const answer = reporter.signedIn ? await api.report.fileReport({ requestId, school, report }) : await api.report.sendReport({ requestId, school, schoolCode, report });
        sent(answer.comeBackCode);
      },
      [reporter.signedIn],
    ),
  );
  const go_on = async () => {
    const coded = draft.hasCode && !reporter.signedIn;
    if (await send.run(reportOf(draft), coded ? "" : draft.school, coded ? draft.schoolCode : "")) go("/melden/klaar", true);
  };
  const change = (name: StepName) => {
    const at = steps.findIndex((step) => step.name === name);
    return (
      <Link href={`/melden/stap/${at + 1}`}>
        {tr("Wijzig", "Change")}
        <span class="sm-hidden">: {steps[at]?.title()}</span>
      </Link>
    );
  };
  const row = (name: StepName, label: string, value: string) =>
    [
      label,
      <span class="sm-report__row">
        <span class="sm-report__text">{value || none()}</span>
        {change(name)}
      </span>,
    ] as const;
  const rows = [
    ...(steps.some((step) => step.name === "school") ? [row("school", tr("School", "School"), draft.hasCode ? tr("Met een code van school", "With a code of the school") : schoolText(catalog.data, draft.school))] : []),
    row("phase", tr("Wanneer", "When"), phaseText(draft.phase)),
    row("nature", tr("Wat voor iets", "What kind"), natureText(draft.nature)),
    row("grounds", tr("Waarmee te maken", "To do with"), namesOf(draft.grounds, form.grounds)),
    row("text", tr("Je verhaal", "Your story"), draft.text),
    row("company", tr("Bedrijf", "Company"), draft.companyName || (draft.proposalId ? tr("Van een van je voorstellen", "Of one of your proposals") : draft.leerbedrijf)),
    row("wish", tr("Wat je wilt", "What you want"), wishText(draft.wish)),
    row("desk", tr("Wie het leest", "Who reads it"), deskText(draft.desk)),
    row("routes", tr("Ook naar", "Also to"), namesOf(draft.routes, form.routes)),
    row("name", tr("Je naam", "Your name"), draft.giveName ? (reporter.signedIn ? tr("De lezer ziet je naam", "The reader sees your name") : draft.reporterName) : tr("Je blijft onbekend", "You stay unknown")),
  ];
  return (
    <Form onSubmit={() => void go_on()} label={tr("Versturen", "Send")}>
      <DataList items={rows} />
      <Alert>{tr("Na het versturen krijg je een code. Bewaar die goed: zonder code kun je niet terug naar je melding.", "After sending you get a code. Keep it well: without it you cannot return to your report.")}</Alert>
      <Outcome of={send} />
      <div class="sm-row">
        <Button type="submit" kind="primary" busy={send.busy}>
          {tr("Verstuur mijn melding", "Send my report")}
        </Button>
        <Button onClick={() => history.back()}>{tr("Terug", "Back")}</Button>
      </div>
    </Form>
  );
}
