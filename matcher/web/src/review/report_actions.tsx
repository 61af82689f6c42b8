// What a reviewer does with a report: answer, hand over, say which company, close.
import { useCallback, useState } from "preact/hooks";
import { ReportOutcome, type ReportSummary } from "~gen/stagematch/v1/report_pb.ts";
import { api } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { allOutcomes, outcomeText } from "~/report/words.ts";
import { Form, RadioGroup, TextArea, TextField } from "~/ui/fields.tsx";
import { Alert, Button, Details, Outcome, P } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";

export function AnswerForm({ reportId, done }: { reportId: string; done: () => void }) {
  const [text, set] = useState("");
  const send = useAction(useCallback((requestId: string, answer: string) => api.report.answerReport({ requestId, reportId, text: answer }), [reportId]));
  const submit = async () => {
    if (text.trim() === "" || !(await send.run(text))) return;
    set("");
    say(tr("Je antwoord is verstuurd.", "Your answer was sent."));
    done();
  };
  return (
    <Form onSubmit={() => void submit()} label={tr("Antwoord", "Answer")}>
      <TextArea label={tr("Je antwoord aan de melder", "Your answer to the reporter")} help={tr("De melder leest dit met de code. Schrijf kort en rustig.", "The reporter reads this with the code. Write short and calm.")} rows={5} value={text} onValue={set} />
      <Outcome of={send} />
      <Button type="submit" kind="primary" busy={send.busy}>
        {tr("Verstuur je antwoord", "Send your answer")}
      </Button>
    </Form>
  );
}

export function HandOver({ row, done }: { row: ReportSummary; done: () => void }) {
  const hand = useAction(useCallback((requestId: string) => api.report.handOverReport({ requestId, reportId: row.reportId }), [row.reportId]));
  if (!row.consent?.handOver) return <Alert>{tr("Je kunt dit doorgeven aan de behandelaar zodra de melder dat goed vindt.", "You can hand this over to the case handler once the reporter agrees.")}</Alert>;
  return (
    <div class="sm-stack">
      <P>{tr("De melder vindt het goed dat de behandelaar dit leest. Dat kun je niet terugdraaien.", "The reporter agrees that the case handler reads this. You cannot take that back.")}</P>
      <Outcome of={hand} />
      <div class="sm-row">
        <Button busy={hand.busy} onClick={() => void hand.run().then((went) => went && (say(tr("Doorgegeven aan de behandelaar.", "Handed over to the case handler.")), done()))}>
          {tr("Geef door aan de behandelaar", "Hand over to the case handler")}
        </Button>
      </div>
    </div>
  );
}

export function CompanyForm({ row, done }: { row: ReportSummary; done: () => void }) {
  const [leerbedrijf, set] = useState(row.leerbedrijf);
  const save = useAction(useCallback((requestId: string, id: string) => api.report.setReportCompany({ requestId, reportId: row.reportId, leerbedrijf: id }), [row.reportId]));
  const submit = async () => {
    if (!(await save.run(leerbedrijf.trim()))) return;
    say(tr("Het leerbedrijf is bewaard.", "The company was saved."));
    done();
  };
  return (
    <Form onSubmit={() => void submit()} label={tr("Leerbedrijf", "Company")}>
      <TextField
        label={tr("Leerbedrijf-id van SBB", "SBB's id of the company")}
        help={tr("Nodig voor een zaak, en om te zien of er meer over dit bedrijf gemeld is.", "Needed for a case, and to see whether more was reported about this company.")}
        value={leerbedrijf}
        onValue={set}
        autocomplete="off"
        maxLength={20}
      />
      <Outcome of={save} />
      <Button type="submit" busy={save.busy}>
        {tr("Bewaar het leerbedrijf", "Save the company")}
      </Button>
    </Form>
  );
}

export function CloseForm({ row, done }: { row: ReportSummary; done: () => void }) {
  const [outcome, choose] = useState(ReportOutcome.UNSPECIFIED);
  const [text, set] = useState("");
  const [asked, ask] = useState(false);
  const close = useAction(useCallback((requestId: string, how: ReportOutcome, word: string) => api.report.closeReport({ requestId, reportId: row.reportId, outcome: how, text: word }), [row.reportId]));
  const missing = outcome === ReportOutcome.UNSPECIFIED ? tr("Kies hoe het afliep.", "Choose how it ended.") : undefined;
  const submit = async () => {
    ask(true);
    if (missing || !(await close.run(outcome, text))) return;
    say(tr("De melding is gesloten.", "The report was closed."));
    done();
  };
  return (
    <Details summary={tr("Sluit deze melding", "Close this report")}>
      <Form onSubmit={() => void submit()} label={tr("Sluiten", "Close")}>
        <RadioGroup label={tr("Hoe liep het af?", "How did it end?")} error={asked ? missing : undefined} value={String(outcome)} onValue={(value) => choose(Number(value))} choices={allOutcomes.map((known) => ({ value: String(known), label: outcomeText(known) }))} />
        <TextArea label={tr("Laatste woord aan de melder (hoeft niet)", "Last word to the reporter (optional)")} rows={3} value={text} onValue={set} />
        <P quiet>{tr("Een gesloten melding wordt na de bewaartermijn gewist.", "A closed report is erased after its term.")}</P>
        <Outcome of={close} />
        <Button type="submit" danger busy={close.busy}>
          {tr("Sluit de melding", "Close the report")}
        </Button>
      </Form>
    </Details>
  );
}
