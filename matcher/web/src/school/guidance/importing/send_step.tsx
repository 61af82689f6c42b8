// Step 5: the file is sent once, its import is followed live, and what the service finds wrong goes back to its rows.
import { useEffect, useRef, useState } from "preact/hooks";
import type { FileProblem } from "~gen/stagematch/v1/common_pb.ts";
import { type Import, ImportState } from "~gen/stagematch/v1/student_pb.ts";
import { api } from "~/base/api.ts";
import { problemText } from "~/base/columns.ts";
import { count, number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction, useWatch } from "~/base/load.ts";
import { refusalOf } from "~/base/request.ts";
import { Link } from "~/base/router.tsx";
import { Alert, Button, Details, Outcome, P, Progress, Section } from "~/ui/parts.tsx";
import { forgetNames } from "../names.ts";
import { fileOf, type Issue, problemsOf } from "./issues.ts";
import type { Row } from "./validate.ts";

const uploadMs = 180_000;

type Props = { rows: readonly Row[]; back: () => void; done: () => void; wrong: (issues: Issue[]) => void; again: () => void };

export function SendStep({ rows, back, done, wrong, again }: Props) {
  const [at, setAt] = useState<Import | null>(null);
  const [notices, setNotices] = useState<FileProblem[]>([]);
  const begun = useRef(false);
  const action = useAction(async (requestId) => {
    const answer = await api.student.importStudents({ requestId, csv: fileOf(rows) }, { timeoutMs: uploadMs });
    setNotices(answer.notices);
    if (answer.import) setAt(answer.import);
  });
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    void action.run();
  }, []);
  const refusal = refusalOf(action.error);
  const problems = refusal && refusal.problems.length > 0 ? problemsOf(refusal.problems, rows) : null;
  return (
    <Section title={tr("Inlezen", "Import")}>
      {action.busy && <Progress label={tr(`${count(rows.length, "rij", "rijen")} versturen…`, `Sending ${count(rows.length, "row", "rows")}…`)} />}
      {problems ? (
        <Alert tone="error">
          <div class="sm-stack">
            <p class="nl-paragraph">{tr(`De dienst vond ${count(refusal?.problemCount ?? 0, "fout", "fouten")}. Er is niets opgeslagen.`, `The service found ${count(refusal?.problemCount ?? 0, "mistake", "mistakes")}. Nothing was stored.`)}</p>
            {problems.other.length > 0 && (
              <ul class="sm-list">
                {problems.other.slice(0, 20).map((problem, i) => (
                  <li key={i}>
                    {problem.column && `${problem.column}: `}
                    {problemText(problem)}
                  </li>
                ))}
              </ul>
            )}
            {problems.issues.length > 0 && <Button onClick={() => wrong(problems.issues)}>{tr("Verbeter ze in de rijen", "Put them right in the rows")}</Button>}
          </div>
        </Alert>
      ) : (
        <Outcome of={action} />
      )}
      {action.error !== undefined && (
        <div class="sm-row">
          {!problems && (
            <Button kind="primary" onClick={() => void action.run()}>
              {tr("Probeer opnieuw", "Try again")}
            </Button>
          )}
          <Button onClick={back}>{tr("Terug", "Back")}</Button>
        </div>
      )}
      {at && <Follow first={at} done={done} again={again} />}
      {notices.length > 0 && (
        <Details summary={tr(`Goed om te weten (${number(notices.length)})`, `Good to know (${number(notices.length)})`)}>
          <ul class="sm-list">
            {notices.slice(0, 100).map((problem, i) => (
              <li key={i}>
                {problem.line > 0n && `${tr("rij", "row")} ${rows[Number(problem.line) - 2]?.line ?? problem.line}: `}
                {problem.column && `${problem.column}: `}
                {problemText(problem)}
              </li>
            ))}
          </ul>
        </Details>
      )}
    </Section>
  );
}

function Follow({ first, done, again }: { first: Import; done: () => void; again: () => void }) {
  const [now, setNow] = useState(first);
  useWatch(
    (afterSeq, signal) => api.student.watchImport({ importId: first.importId, afterSeq }, { signal, timeoutMs: 0 }),
    (event) => event.import && setNow(event.import),
    [first.importId],
  );
  const over = now.state === ImportState.DONE;
  useEffect(() => {
    if (!over) return;
    forgetNames();
    done();
  }, [over]);
  if (now.state === ImportState.ABANDONED) return <Alert tone="error">{tr("Het inlezen is gestopt. Er is niets opgeslagen. Probeer het opnieuw.", "The import was given up. Nothing was stored. Try again.")}</Alert>;
  if (!over) return <Progress label={tr(`Opslaan: ${number(now.doneCount)} van ${number(now.rowCount)}`, `Storing: ${number(now.doneCount)} of ${number(now.rowCount)}`)} value={Number(now.doneCount)} max={Number(now.rowCount)} />;
  return (
    <>
      <Alert tone="ok" live>
        {tr(
          `Klaar: ${number(now.newCount)} nieuw, ${number(now.changedCount)} gewijzigd, ${number(now.sameCount)} hetzelfde.`,
          `Done: ${number(now.newCount)} new, ${number(now.changedCount)} changed, ${number(now.sameCount)} the same.`,
        )}
      </Alert>
      <P quiet>{tr("Wie een andere naam of ander contactgegeven kreeg, telt mee als hetzelfde: dat staat apart van het profiel.", "Who got another name or contact detail counts as the same: those are kept apart from the profile.")}</P>
      <P>{tr("Nodig de studenten nu uit. Dan controleren ze hun profiel en geven ze wensen door.", "Now invite the students, who then check their profile and give preferences.")}</P>
      <div class="sm-row">
        <Link class="nl-button nl-button--primary" href="/school/studenten">
          {tr("Naar de studenten", "To the students")}
        </Link>
        <Button onClick={again}>{tr("Nog een bestand", "Another file")}</Button>
      </div>
    </>
  );
}
