// One report, whole: what was said, what the reporter agreed to, and what this reviewer can do with it.
import "~/styles/report.css";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import { type Report, ReportDesk, ReportState } from "~gen/stagematch/v1/report_pb.ts";
import { api } from "~/base/api.ts";
import { schoolText, useCatalog } from "~/base/catalog.ts";
import { due, moment } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Link, type Params } from "~/base/router.tsx";
import { useSession } from "~/base/session.ts";
import { useForm } from "~/report/draft.ts";
import { Messages } from "~/report/messages.tsx";
import { deskText, namesOf, natureText, outcomeText, phaseText, sourceText, stateWord, wishText } from "~/report/words.ts";
import { Alert, Badge, DataList, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { AnswerForm, CloseForm, CompanyForm, HandOver } from "./report_actions.tsx";
import { ReportFiles } from "./report_files.tsx";

const yes = (given: boolean) => (given ? <Badge tone="positive">{tr("ja", "yes")}</Badge> : <Badge>{tr("nee", "no")}</Badge>);

function Facts({ report }: { report: Report }) {
  const form = useForm();
  const catalog = useCatalog();
  const row = report.row;
  if (!row) return null;
  const word = stateWord(row.state);
  return (
    <Section title={tr("De melding", "The report")}>
      <DataList
        items={[
          [tr("Stand", "State"), <Badge tone={word.tone}>{word.text}</Badge>],
          ...(row.state === ReportState.CLOSED ? [[tr("Hoe het afliep", "How it ended"), outcomeText(row.outcome)] as const] : []),
          ...(row.state === ReportState.RECEIVED ? [[tr("Antwoord uiterlijk", "Answer by"), due(row.answerBy)] as const] : []),
          [tr("Binnengekomen", "Came in"), `${moment(row.createTime)} · ${sourceText(row.source)}`],
          [tr("School", "School"), schoolText(catalog.data, row.school)],
          [tr("Wie leest het", "Who reads it"), deskText(row.desk)],
          [tr("Wanneer het gebeurde", "When it happened"), phaseText(row.phase)],
          [tr("Wat voor iets", "What kind"), natureText(row.nature)],
          [tr("Gronden", "Grounds"), namesOf(report.grounds, form.data?.grounds)],
          [tr("Bedrijf", "Company"), [report.companyName, row.leerbedrijf].filter(Boolean).join(" · ") || tr("Niet genoemd", "Not named")],
          [tr("Wat de melder wil", "What the reporter wants"), wishText(report.wish)],
          [tr("Wil ook naar", "Wants to go to"), namesOf(report.routes, form.data?.routes) || tr("Nergens anders", "Nowhere else")],
          [tr("Wie het meldt", "Who reports"), [report.reporterName, report.reporterContact].filter(Boolean).join(" · ") || tr("Wil onbekend blijven", "Wants to stay unknown")],
        ]}
      />
    </Section>
  );
}

function Consents({ report }: { report: Report }) {
  const consent = report.row?.consent;
  return (
    <Section title={tr("Waar de melder mee instemt", "What the reporter agrees to")}>
      <DataList
        items={[
          [tr("Doorgeven aan de behandelaar", "Hand over to the case handler"), yes(consent?.handOver ?? false)],
          [tr("Een zaak openen", "Open a case"), yes(consent?.openCase ?? false)],
          [tr("Naam bekend bij het bedrijf", "Name known to the company"), yes(consent?.nameToCompany ?? false)],
        ]}
      />
      <P quiet>{tr("De melder kan dit veranderen, tot er een zaak op rust. Vraag erom in je antwoord.", "The reporter can change this until a case rests on it. Ask for it in your answer.")}</P>
    </Section>
  );
}

function OpenCase({ report }: { report: Report }) {
  const row = report.row;
  if (!row || row.state === ReportState.CLOSED || row.desk !== ReportDesk.BEHANDELAAR) return null;
  if (!row.consent?.openCase) return <Alert>{tr("Voor een zaak is toestemming van de melder nodig.", "A case needs the reporter's consent.")}</Alert>;
  if (!row.leerbedrijf) return <Alert>{tr("Vul eerst in om welk leerbedrijf het gaat. Daarna kun je een zaak openen.", "First say which company it is about. Then you can open a case.")}</Alert>;
  return (
    <P>
      <Link href={`/signalering/zaken/nieuw?school=${row.school}&bedrijf=${row.leerbedrijf}&melding=${row.reportId}`}>{tr("Open een zaak van deze melding", "Open a case of this report")}</Link>
    </P>
  );
}

function Whole({ report, reload }: { report: Report; reload: () => void }) {
  const session = useSession();
  const row = report.row;
  if (!row) return null;
  const open = row.state !== ReportState.CLOSED;
  const listens = session.kind === "signed-in" && session.session.role === Role.VERTROUWENSPERSOON;
  return (
    <>
      <Facts report={report} />
      <Section title={tr("Berichten", "Messages")}>
        <Messages text={report.text} messages={report.messages} />
        {open && <AnswerForm reportId={row.reportId} done={reload} />}
      </Section>
      <ReportFiles reportId={row.reportId} files={report.files} />
      <Consents report={report} />
      {open && (
        <Section title={tr("Wat kun je doen?", "What can you do?")}>
          {listens && row.desk === ReportDesk.VERTROUWENSPERSOON && <HandOver row={row} done={reload} />}
          <CompanyForm row={row} done={reload} />
          {session.kind === "signed-in" && session.session.role === Role.BEHANDELAAR && <OpenCase report={report} />}
          <CloseForm row={row} done={reload} />
        </Section>
      )}
    </>
  );
}

export function ReportPage({ params }: { params: Params }) {
  const report = useLoad(async () => (await api.report.getReport({ reportId: params.id ?? "" })).report, [params.id]);
  return (
    <Page title={tr("Een melding", "A report")} back={<Link href="/signalering/meldingen">{tr("Meldingen", "Reports")}</Link>}>
      <Shown of={report}>{(loaded) => loaded && <Whole report={loaded} reload={report.reload} />}</Shown>
    </Page>
  );
}
