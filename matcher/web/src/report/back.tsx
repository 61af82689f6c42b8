// Coming back with the code: how far it is, what the school wrote, writing more, consents, files.
import { useCallback, useState } from "preact/hooks";
import { type OwnReport, ReportDesk, ReportState } from "~gen/stagematch/v1/report_pb.ts";
import { api } from "~/base/api.ts";
import { due, moment } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { CheckBox, Form, TextArea, TextField } from "~/ui/fields.tsx";
import { Alert, Badge, Button, Card, DataList, Outcome, P, Page, Section } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { sentCode } from "./draft.ts";
import { AddFiles } from "./files.tsx";
import { Messages } from "./messages.tsx";
import { QuickExit } from "./quick_exit.tsx";
import { deskText, outcomeText, stateWord } from "./words.ts";

function State({ report }: { report: OwnReport }) {
  const word = stateWord(report.state);
  const handed = report.desk === ReportDesk.BEHANDELAAR;
  return (
    <Section title={tr("Hoe staat het ervoor?", "How far is it?")}>
      <DataList
        items={[
          [tr("Stand", "State"), <Badge tone={word.tone}>{word.text}</Badge>],
          ...(report.state === ReportState.CLOSED ? [[tr("Hoe het afliep", "How it ended"), outcomeText(report.outcome)] as const] : []),
          ...(report.state === ReportState.RECEIVED && report.answerBy ? [[tr("School antwoordt uiterlijk", "The school answers by"), due(report.answerBy)] as const] : []),
          [tr("Wie leest het", "Who reads it"), handed ? tr("De behandelaar en de vertrouwenspersoon", "The case handler and the confidential adviser") : deskText(report.desk)],
          [tr("Verstuurd op", "Sent on"), moment(report.createTime)],
        ]}
      />
    </Section>
  );
}

function Consents({ code, report, reload }: { code: string; report: OwnReport; reload: () => void }) {
  const [given, set] = useState({ handOver: report.consent?.handOver ?? false, openCase: report.consent?.openCase ?? false, nameToCompany: report.consent?.nameToCompany ?? false });
  const save = useAction(useCallback((requestId: string, consent: typeof given) => api.report.setOwnReportConsent({ requestId, comeBackCode: code, consent }), [code]));
  const submit = async () => {
    if (!(await save.run(given))) return;
    say(tr("Je keuze is bewaard.", "Your choice was saved."));
    reload();
  };
  return (
    <Section title={tr("Wat vind je goed?", "What do you agree to?")}>
      <Form onSubmit={() => void submit()} label={tr("Toestemming", "Consent")}>
        <CheckBox label={tr("De behandelaar mag mijn melding lezen", "The case handler may read my report")} checked={given.handOver || given.openCase} disabled={given.openCase} onChecked={(handOver) => set({ ...given, handOver })} />
        <CheckBox label={tr("De school mag er een zaak van maken", "The school may make a case of it")} checked={given.openCase} onChecked={(openCase) => set({ ...given, openCase, handOver: openCase || given.handOver })} />
        <CheckBox label={tr("Het bedrijf mag weten dat ik het heb gemeld", "The company may know that I reported it")} checked={given.nameToCompany} onChecked={(nameToCompany) => set({ ...given, nameToCompany })} />
        <P quiet>{tr("Loopt er een zaak, dan kun je dit pas weer intrekken als de zaak klaar is.", "While a case is open you can only withdraw this once the case is done.")}</P>
        <Outcome of={save} />
        <Button type="submit" busy={save.busy}>
          {tr("Bewaar", "Save")}
        </Button>
      </Form>
    </Section>
  );
}

function WriteMore({ code, reload }: { code: string; reload: () => void }) {
  const [text, set] = useState("");
  const send = useAction(useCallback((requestId: string, more: string) => api.report.addToOwnReport({ requestId, comeBackCode: code, text: more }), [code]));
  const submit = async () => {
    if (text.trim() === "" || !(await send.run(text))) return;
    set("");
    say(tr("Je bericht is verstuurd.", "Your message was sent."));
    reload();
  };
  return (
    <Form onSubmit={() => void submit()} label={tr("Schrijf meer", "Write more")}>
      <TextArea label={tr("Schrijf een bericht", "Write a message")} rows={5} value={text} onValue={set} />
      <Outcome of={send} />
      <Button type="submit" kind="primary" busy={send.busy}>
        {tr("Verstuur", "Send")}
      </Button>
    </Form>
  );
}

function Own({ code, report, reload, leave }: { code: string; report: OwnReport; reload: () => void; leave: () => void }) {
  const open = report.state !== ReportState.CLOSED;
  return (
    <>
      <State report={report} />
      <Section title={tr("Berichten", "Messages")}>
        <Messages text={report.text} messages={report.messages} reporterReads />
        {open && <WriteMore code={code} reload={reload} />}
      </Section>
      {open && <Consents key={JSON.stringify(report.consent)} code={code} report={report} reload={reload} />}
      <Section title={tr("Bestanden", "Files")}>{open ? <AddFiles code={code} files={report.files} added={reload} /> : <P>{tr("De melding is gesloten.", "The report is closed.")}</P>}</Section>
      <Button onClick={leave}>{tr("Sluit mijn melding op dit scherm", "Close my report on this screen")}</Button>
    </>
  );
}

export function BackPage() {
  const [typed, type] = useState(sentCode());
  const [shown, show] = useState<{ code: string; report: OwnReport } | null>(null);
  const read = useAction(
    useCallback(async (_: string, code: string) => {
      const { report } = await api.report.getOwnReport({ comeBackCode: code });
      if (report) show({ code, report });
    }, []),
  );
  return (
    <Page title={tr("Terug naar je melding", "Back to your report")}>
      <QuickExit />
      {shown ? (
        <>
          {read.error !== undefined && <Outcome of={read} />}
          <Own code={shown.code} report={shown.report} reload={() => void read.run(shown.code)} leave={() => (show(null), type(""))} />
        </>
      ) : (
        <Card>
          <Form onSubmit={() => void (typed.trim() && read.run(typed))} label={tr("Code", "Code")}>
            <TextField
              label={tr("Je code", "Your code")}
              help={tr("Hoofdletters, streepjes en spaties maken niet uit.", "Capitals, hyphens and spaces do not matter.")}
              value={typed}
              onValue={type}
              autocomplete="off"
              autocapitalize="characters"
              spellcheck={false}
            />
            <Outcome of={read} />
            <Button type="submit" kind="primary" busy={read.busy}>
              {tr("Open mijn melding", "Open my report")}
            </Button>
          </Form>
          <Alert>{tr("Code kwijt? Dan kan niemand hem terugvinden. Je kunt een nieuwe melding doen.", "Lost your code? Nobody can find it again. You can make a new report.")}</Alert>
        </Card>
      )}
    </Page>
  );
}
