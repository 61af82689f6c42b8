// A company's first page: what waits for it, live; and, the first time, the way in three steps.
import { useState } from "preact/hooks";
import { ProposalState } from "~gen/stagematch/v1/proposal_pb.ts";
import { type Placement, PlacementState } from "~gen/stagematch/v1/placement_pb.ts";
import type { CandidateSummary } from "~gen/stagematch/v1/candidate_pb.ts";
import { type Task, TaskKind, type WatchTasksResponse } from "~gen/stagematch/v1/task_pb.ts";
import { api } from "~/base/api.ts";
import { count, due } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad, useWatch } from "~/base/load.ts";
import { go, Link } from "~/base/router.tsx";
import { taskText } from "~/base/words.ts";
import { Alert, Badge, Button, Card, Empty, Loading, P, Page, Section, Shown, Steps } from "~/ui/parts.tsx";
import { momentOf } from "~/market/check_in_text.ts";
import { ownCandidates, ownPlacements, placeName } from "~/market/own.ts";
import { taskHref, type TaskLine, taskLines } from "./tasks.ts";

type Own = { placements: Placement[]; candidates: CandidateSummary[] };

const loadOwn = async (signal: AbortSignal): Promise<Own> => {
  const [placements, candidates] = await Promise.all([ownPlacements(signal), ownCandidates(signal)]);
  return { placements, candidates };
};

/** Which of the three first steps comes now; 3: all were done once. */
export function firstStep({ placements, candidates }: Own): number {
  if (candidates.some((candidate) => candidate.state !== ProposalState.APPROVED)) return 3;
  if (candidates.length > 0) return 2;
  if (placements.some((placement) => placement.state === PlacementState.PUBLISHED)) return 2;
  return placements.some((placement) => placement.state === PlacementState.DRAFT) ? 1 : 0;
}

function StepNow({ now, own }: { now: number; own: Own }) {
  const draft = own.placements.find((placement) => placement.state === PlacementState.DRAFT);
  if (now === 0)
    return (
      <>
        <P>{tr("Vul in wat een student bij je gaat doen. Dat kost ongeveer vijf minuten.", "Say what a student will do with you. It takes about five minutes.")}</P>
        <div>
          <Button kind="primary" onClick={() => go("/bedrijf/plekken/nieuw")}>
            {tr("Vul je eerste plek in", "Enter your first place")}
          </Button>
        </div>
      </>
    );
  if (now === 1 && draft)
    return (
      <>
        <P>{tr("Je plek staat klaar. Kijk hem na en maak hem bekend.", "Your place is ready. Check it and publish it.")}</P>
        <div>
          <Button kind="primary" onClick={() => go(`/bedrijf/plekken/${draft.placementId}`)}>
            {tr("Bekijk je plek", "Look at your place")}
          </Button>
        </div>
      </>
    );
  return own.candidates.length > 0 ? (
    <P>{tr("Er is een kandidaat. Open de taak hieronder.", "There is a candidate. Open the task below.")}</P>
  ) : (
    <P>
      {tr(
        "Je bent klaar voor nu. Zodra de school een kandidaat voor je heeft, krijg je een bericht en staat het hier.",
        "You are done for now. As soon as the school has a candidate for you, you get a message and it stands here.",
      )}
    </P>
  );
}

function Welcome({ own }: { own: Own }) {
  const now = firstStep(own);
  if (now > 2) return null;
  return (
    <Section title={tr("Zo werkt het, in drie stappen", "How it works, in three steps")}>
      <Card>
        <Steps now={now} steps={[tr("Plek invullen", "Enter a place"), tr("Bekendmaken", "Publish"), tr("Kandidaat", "Candidate")]} />
        <StepNow now={now} own={own} />
      </Card>
    </Section>
  );
}

function titleOf({ task }: TaskLine): string {
  const moment = task.kind === TaskKind.CHECK_IN ? momentOf(task.detail) : undefined;
  return moment ? `${taskText(task.kind)}: ${moment.text()}` : taskText(task.kind);
}

function TaskCard({ line, place }: { line: TaskLine; place: Placement | undefined }) {
  const { task, more } = line;
  const title = titleOf(line);
  return (
    <li>
      <Card>
        <div class="sm-card__head">
          <Link href={taskHref(task)} class="nl-link sm-card__link">
            {title}
          </Link>
          {task.overdue ? <Badge tone="warning">{tr("Te laat", "Overdue")}</Badge> : task.dueTime && <Badge tone="info">{tr(`voor ${due(task.dueTime)}`, `by ${due(task.dueTime)}`)}</Badge>}
        </div>
        <P quiet>
          {placeName(place)}
          {more > 0 && ` · ${tr(`daarna nog ${count(more, "kandidaat", "kandidaten")}`, `${count(more, "candidate", "candidates")} after this one`)}`}
        </P>
      </Card>
    </li>
  );
}

function TaskCards({ tasks, places }: { tasks: readonly Task[]; places: readonly Placement[] }) {
  return (
    <ul class="sm-cards">
      {taskLines(tasks).map((line) => (
        <TaskCard key={line.task.taskId} line={line} place={places.find((place) => place.placementId === line.task.placementId)} />
      ))}
    </ul>
  );
}

function Tasks({ event, own }: { event: WatchTasksResponse; own: Own | undefined }) {
  const places = own?.placements ?? [];
  return (
    <>
      {event.tasks.length > 0 ? (
        <TaskCards tasks={event.tasks} places={places} />
      ) : (
        <Empty>
          <P>{tr("Je hoeft nu niets te doen. Komt er iets, dan krijg je een bericht.", "There is nothing to do now. If something comes up, you get a message.")}</P>
          <P>
            <Link href="/bedrijf/plekken">{tr("Bekijk je plekken", "Look at your places")}</Link>
          </P>
        </Empty>
      )}
      {event.more && <P quiet>{tr("Er zijn er meer. Ze komen in beeld als je deze doet.", "There are more. They appear as you do these.")}</P>}
    </>
  );
}

export function HomePage() {
  const [event, setEvent] = useState<WatchTasksResponse>();
  const own = useLoad(loadOwn, [event?.seq]);
  const { live } = useWatch<WatchTasksResponse>((afterSeq, signal) => api.task.watchTasks({ afterSeq }, { signal, timeoutMs: 0 }), setEvent, []);
  return (
    <Page title={tr("Taken", "Tasks")}>
      <Shown of={own}>{(known) => <Welcome own={known} />}</Shown>
      <Section title={tr("Wat je nu kunt doen", "What you can do now")}>
        {event ? <Tasks event={event} own={own.data} /> : <Loading />}
        {event && !live && <Alert live>{tr("De lijst wordt nu niet bijgewerkt. We proberen het opnieuw.", "The list is not updated now. We try again.")}</Alert>}
      </Section>
    </Page>
  );
}
