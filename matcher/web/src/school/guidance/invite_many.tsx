// Invites many students by e-mail, one after another; who cannot be invited is named, and the others go on.
import { useRef, useState } from "preact/hooks";
import { api } from "~/base/api.ts";
import { count, number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { insist, isLoggedOut, mayPass, newRequestId, sayError } from "~/base/request.ts";
import { useUnsaved } from "~/base/router.tsx";
import { Alert, Button, Dialog, P, Progress } from "~/ui/parts.tsx";
import type { StudentRow } from "./student_rows.ts";

type Result = { done: number; failed: { name: string; why: string }[]; all: number; running: boolean };

/** One invitation for each student, however many stagevragen; students without an address are counted apart. */
export function invitable(rows: readonly StudentRow[]): { list: StudentRow[]; without: StudentRow[] } {
  const seen = new Map(rows.map((row) => [row.stagevraag.studentRef, row] as const));
  const all = [...seen.values()];
  return { list: all.filter((row) => row.student?.identity?.email), without: all.filter((row) => !row.student?.identity?.email) };
}

export function InviteMany({ rows }: { rows: readonly StudentRow[] }) {
  const [asking, setAsking] = useState(false);
  const [result, setResult] = useState<Result | null>(null);
  const stop = useRef(false);
  const ids = useRef(new Map<string, string>());
  const { list, without } = invitable(rows);
  useUnsaved(result?.running ?? false, tr("Er worden nog studenten uitgenodigd. Toch weg?", "Students are still being invited. Leave all the same?"));

  const run = async () => {
    setAsking(false);
    stop.current = false;
    const now: Result = { done: 0, failed: [], all: list.length, running: true };
    setResult({ ...now });
    for (const row of list) {
      if (stop.current) break;
      // The same id when somebody is invited again after a failure: nobody gets two messages.
      const id = ids.current.get(row.stagevraag.studentRef) ?? newRequestId();
      ids.current.set(row.stagevraag.studentRef, id);
      try {
        await insist(id, (requestId) => api.account.inviteStudent({ requestId, stagevraagId: row.id }));
        now.done++;
      } catch (error) {
        now.failed.push({ name: row.name, why: sayError(error) });
        if (isLoggedOut(error)) break;
        if (!mayPass(error)) ids.current.delete(row.stagevraag.studentRef);
      }
      setResult({ ...now });
    }
    setResult({ ...now, running: false });
  };

  return (
    <div class="sm-stack">
      {result?.running ? (
        <>
          <Progress label={tr(`Uitnodigen: ${number(result.done + result.failed.length)} van ${number(result.all)}`, `Inviting: ${number(result.done + result.failed.length)} of ${number(result.all)}`)} value={result.done + result.failed.length} max={result.all} />
          <div>
            <Button onClick={() => (stop.current = true)}>{tr("Stop", "Stop")}</Button>
          </div>
        </>
      ) : (
        <div class="sm-row">
          <Button kind="primary" onClick={() => setAsking(true)}>
            {tr("Nodig de gekozen studenten uit", "Invite the chosen students")}
          </Button>
        </div>
      )}
      {result && !result.running && (
        <Alert tone={result.failed.length > 0 ? "warning" : "ok"} live>
          <p class="nl-paragraph">{tr(`${count(result.done, "student is", "studenten zijn")} uitgenodigd.`, `${count(result.done, "student was", "students were")} invited.`)}</p>
          {result.failed.length > 0 && (
            <ul class="sm-list">
              {result.failed.slice(0, 20).map((one, i) => (
                <li key={i}>
                  {one.name}: {one.why}
                </li>
              ))}
              {result.failed.length > 20 && <li>{tr(`en nog ${result.failed.length - 20}`, `and ${result.failed.length - 20} more`)}</li>}
            </ul>
          )}
        </Alert>
      )}
      <Dialog open={asking} title={tr("Studenten uitnodigen", "Invite students")} close={() => setAsking(false)}>
        <P>
          {tr(
            `${count(list.length, "student krijgt", "studenten krijgen")} een e-mail met een persoonlijke link. Daarmee maken ze een account.`,
            `${count(list.length, "student gets", "students get")} an e-mail with a personal link, to make an account with.`,
          )}
        </P>
        {without.length > 0 && <Alert tone="warning">{tr(`${count(without.length, "student heeft", "studenten hebben")} geen e-mailadres. Lees dat eerst in.`, `${count(without.length, "student has", "students have")} no e-mail address. Import that first.`)}</Alert>}
        <div class="sm-row">
          <Button kind="primary" onClick={() => void run()} disabled={list.length === 0}>
            {tr("Verstuur de uitnodigingen", "Send the invitations")}
          </Button>
          <Button onClick={() => setAsking(false)}>{tr("Annuleren", "Cancel")}</Button>
        </div>
      </Dialog>
    </div>
  );
}
