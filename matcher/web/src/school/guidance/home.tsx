// The school's home: what waits for whom, live. Reviewers see their own list, without what only a coördinator may ask.
import { useState } from "preact/hooks";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import { ProposalState } from "~gen/stagematch/v1/proposal_pb.ts";
import { StagevraagState } from "~gen/stagematch/v1/student_pb.ts";
import { TaskKind, type Task } from "~gen/stagematch/v1/task_pb.ts";
import { api } from "~/base/api.ts";
import { number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad, useWatch } from "~/base/load.ts";
import { Link } from "~/base/router.tsx";
import { useSession } from "~/base/session.ts";
import { taskText } from "~/base/words.ts";
import { Alert, Card, Details, Empty, ErrorNote, Loading, P, Page, Section } from "~/ui/parts.tsx";
import { allProposals, allStagevragen } from "./all.ts";
import { undoable } from "./undoable.ts";
import { TaskRow } from "./task_row.tsx";
import { alike, dueText, grouped, merged } from "./tasks.ts";

const shownOfKind = 8;

export function HomePage() {
  const session = useSession();
  const coordinator = (session.kind === "signed-in" || session.kind === "over") && session.session.role === Role.COORDINATOR;
  const [tasks, setTasks] = useState<{ list: Task[]; more: boolean } | null>(null);
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const [error, setError] = useState<unknown>();
  const { live } = useWatch(
    (afterSeq, signal) => api.task.watchTasks({ afterSeq, pageSize: 1000 }, { signal, timeoutMs: 0 }),
    (event) => setTasks({ list: event.tasks, more: event.more }),
    [],
  );
  const mark = (ids: readonly string[], hidden: boolean) =>
    setGone((before) => {
      const next = new Set(before);
      for (const id of ids) {
        if (hidden) next.add(id);
        else next.delete(id);
      }
      return next;
    });
  const complete = (task: Task) => {
    const ids = alike(tasks?.list ?? [], task).map((one) => one.taskId);
    setError(undefined);
    mark(ids, true);
    undoable(
      tr("Taak afgerond.", "Task completed."),
      ids.map((taskId) => (requestId) => api.task.completeTask({ requestId, taskId })),
      (failed) => {
        mark(ids, false);
        setError(failed);
      },
    );
  };
  const open = tasks && merged(tasks.list.filter((task) => !gone.has(task.taskId)));
  return (
    <Page title={tr("Taken", "Tasks")} lead={coordinator ? tr("Dit wacht op jou en je collega's. Wat eerst moet, staat bovenaan.", "This waits for you and your colleagues. What comes first stands on top.") : tr("Dit wacht op jou.", "This waits for you.")}>
      {coordinator && <Counts />}
      {error !== undefined && <ErrorNote error={error} />}
      {!open ? <Loading what={tr("Taken laden…", "Loading tasks…")} /> : <Groups tasks={open} coordinator={coordinator} complete={complete} />}
      {tasks?.more && <P quiet>{tr("Dit zijn de eerste 1.000 taken. De rest verschijnt als je hiermee verder komt.", "These are the first 1,000 tasks. The others appear as you get on.")}</P>}
      {open && !live && <P quiet>{tr("De lijst werkt zichzelf nu niet bij. We verbinden opnieuw.", "The list does not update itself now. We are connecting again.")}</P>}
    </Page>
  );
}

function Groups({ tasks, coordinator, complete }: { tasks: readonly Task[]; coordinator: boolean; complete: (task: Task) => void }) {
  const groups = grouped(tasks);
  if (groups.length === 0)
    return (
      <Empty>
        <P>{tr("Er wacht niets op je.", "Nothing waits for you.")}</P>
        {coordinator && (
          <P>
            <Link href="/school/studenten/importeren">{tr("Lees studenten in", "Import students")}</Link> {tr("of", "or")} <Link href="/school/rondes">{tr("bekijk de rondes", "look at the rounds")}</Link>.
          </P>
        )}
      </Empty>
    );
  return (
    <>
      {groups.map(({ due, kinds }) => (
        <Section key={due} title={`${dueText(due)} (${number(kinds.reduce((sum, one) => sum + one.tasks.length, 0))})`}>
          {kinds.map(({ kind, tasks: list }) => (
            <Kind key={kind} kind={kind} tasks={list} late={due === "late"} coordinator={coordinator} complete={complete} />
          ))}
        </Section>
      ))}
    </>
  );
}

function Kind({ kind, tasks, late, coordinator, complete }: { kind: TaskKind; tasks: readonly Task[]; late: boolean; coordinator: boolean; complete: (task: Task) => void }) {
  const [most, setMost] = useState(100);
  const rows = (list: readonly Task[]) => (
    <ul class="sm-cards">
      {list.map((task) => (
        <TaskRow key={task.taskId} task={task} late={late} coordinator={coordinator} complete={() => complete(task)} />
      ))}
    </ul>
  );
  if (tasks.length <= shownOfKind) return rows(tasks);
  return (
    <Card>
      <div class="sm-card__head">
        <strong>
          {taskText(kind)} ({number(tasks.length)})
        </strong>
        {coordinator && kind === TaskKind.APPROVE && <Link href="/school/voorstellen">{tr("Beoordeel ze samen", "Review them together")}</Link>}
      </div>
      <Details summary={tr("Toon ze een voor een", "Show them one by one")}>
        <LazyRows tasks={tasks.slice(0, most)} rows={rows} />
        {tasks.length > most && (
          <button type="button" class="nl-button nl-button--secondary" onClick={() => setMost(most + 100)}>
            {tr("Toon er meer", "Show more")}
          </button>
        )}
      </Details>
    </Card>
  );
}

/* Names are read, and written down as read, only once somebody opens the list. */
function LazyRows({ tasks, rows }: { tasks: readonly Task[]; rows: (tasks: readonly Task[]) => preact.JSX.Element }) {
  const [seen, setSeen] = useState(false);
  const watch = (element: HTMLDivElement | null) => {
    const details = element?.closest("details");
    if (details && !seen) details.addEventListener("toggle", () => setSeen(true), { once: true });
  };
  return <div ref={watch}>{seen && rows(tasks)}</div>;
}

function Counts() {
  const counts = useLoad(
    async (signal) => {
      const [free, waiting] = await Promise.all([allStagevragen(signal, StagevraagState.FREE), allProposals(signal, ProposalState.PROPOSED)]);
      return { free: free.length, waiting: waiting.length };
    },
    [],
  );
  if (counts.error !== undefined) return <Alert tone="warning">{tr("De aantallen zijn nu niet te tellen.", "The counts cannot be had now.")}</Alert>;
  return (
    <ul class="sm-cards sm-cards--grid" aria-busy={counts.data === undefined}>
      <Count value={counts.data?.free} text={tr("studenten zonder plek", "students without a place")} href="/school/studenten" />
      <Count value={counts.data?.waiting} text={tr("voorstellen die op de school wachten", "proposals that wait for the school")} href="/school/voorstellen" />
    </ul>
  );
}

function Count({ value, text, href }: { value: number | undefined; text: string; href: string }) {
  return (
    <li class="sm-card">
      <div class="sm-figure">{value === undefined ? "…" : number(value)}</div>
      <Link href={href}>{text}</Link>
    </li>
  );
}
