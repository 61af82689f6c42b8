// The reports that this reviewer may read: those that wait first.
import { useState } from "preact/hooks";
import { ReportDesk, ReportState, type ReportSummary } from "~gen/stagematch/v1/report_pb.ts";
import { api, everyPage } from "~/base/api.ts";
import { dateOf, due, moment } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Link } from "~/base/router.tsx";
import { deskText, natureText, phaseText, sourceText, stateWord } from "~/report/words.ts";
import { CheckBox } from "~/ui/fields.tsx";
import { Badge, Card, Empty, P, Page, Shown } from "~/ui/parts.tsx";

const everyReport = (openOnly: boolean): Promise<ReportSummary[]> =>
  everyPage(async (pageToken) => {
    const answer = await api.report.listReports({ pageToken, pageSize: 100, openOnly });
    return { items: answer.reports, next: answer.nextPageToken };
  });

const isLate = (report: ReportSummary) => report.state === ReportState.RECEIVED && (dateOf(report.answerBy)?.getTime() ?? Infinity) < Date.now();

/* What waits for the school comes first; within that the newest. */
const inOrder = (reports: readonly ReportSummary[]) => [...reports].sort((a, b) => Number(b.waitsForSchool) - Number(a.waitsForSchool));

function ReportCard({ report }: { report: ReportSummary }) {
  const word = stateWord(report.state);
  return (
    <Card>
      <div class="sm-card__head">
        <Link href={`/signalering/meldingen/${report.reportId}`}>
          <strong>
            {tr("Melding van", "Report of")} {moment(report.createTime)}
          </strong>
        </Link>
        {report.waitsForSchool ? <Badge tone={isLate(report) ? "negative" : "warning"}>{isLate(report) ? tr("te laat, antwoord nu", "overdue, answer now") : tr("wacht op antwoord", "waits for an answer")}</Badge> : <Badge tone={word.tone}>{word.text}</Badge>}
      </div>
      <P>
        {phaseText(report.phase)}. {natureText(report.nature)}.
      </P>
      <P quiet>
        {sourceText(report.source)} · {report.desk === ReportDesk.VERTROUWENSPERSOON ? tr("alleen de vertrouwenspersoon", "the confidential adviser alone") : deskText(report.desk)}
        {report.state === ReportState.RECEIVED && report.answerBy ? ` · ${tr("antwoord uiterlijk", "answer by")} ${due(report.answerBy)}` : ""}
      </P>
    </Card>
  );
}

export function ReportsPage() {
  const [all, showAll] = useState(false);
  const reports = useLoad(() => everyReport(!all), [all]);
  return (
    <Page title={tr("Meldingen", "Reports")} lead={tr("Alleen wie hier leest, ziet dat er een melding is. Elke keer dat je er een opent, wordt dat vastgelegd.", "Only who reads here sees that there is a report. Each time you open one, that is recorded.")}>
      <div class="sm-row sm-row--between">
        <CheckBox label={tr("Ook gesloten meldingen", "Closed reports, too")} checked={all} onChecked={showAll} />
        <Link href="/signalering/meldingen/codes">{tr("Codes voor studenten zonder account", "Codes for students without an account")}</Link>
      </div>
      <Shown of={reports}>
        {(list) =>
          list.length === 0 ? (
            <Empty>
              <P>{tr("Er zijn nu geen meldingen voor jou. Komt er een, dan krijg je een bericht.", "There are no reports for you now. When one comes, you get a message.")}</P>
            </Empty>
          ) : (
            <ul class="sm-cards">
              {inOrder(list).map((report) => (
                <li key={report.reportId}>
                  <ReportCard report={report} />
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </Page>
  );
}
