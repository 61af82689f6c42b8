// The task list: when each is due, where it is done, and who may close it.
import { TaskKind, type Task } from "~gen/stagematch/v1/task_pb.ts";
import { dateOf, today } from "~/base/format.ts";
import { tr } from "~/base/language.ts";

export type Due = "late" | "today" | "week" | "later";
export const dues: readonly Due[] = ["late", "today", "week", "later"];

export function dueText(due: Due): string {
  switch (due) {
    case "late":
      return tr("Te laat", "Overdue");
    case "today":
      return tr("Vandaag", "Today");
    case "week":
      return tr("Deze week", "This week");
    case "later":
      return tr("Later", "Later");
  }
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

/** A term is over at the first instant of the day behind its last day. "This week": until and with Sunday. */
export function dueOf(task: Pick<Task, "dueTime" | "overdue">, now = new Date()): Due {
  const end = dateOf(task.dueTime);
  if (task.overdue || (end && end <= now)) return "late";
  if (!end) return "later";
  const here = today(now);
  const left = daysBetween(here, today(new Date(end.getTime() - 1)));
  if (left <= 0) return "today";
  const weekday = (new Date(`${here}T00:00:00Z`).getUTCDay() + 6) % 7;
  return left <= 6 - weekday ? "week" : "later";
}

/** In each group tasks of one kind stand together, the first due first. */
export function grouped(tasks: readonly Task[], now = new Date()): { due: Due; kinds: { kind: TaskKind; tasks: Task[] }[] }[] {
  const groups = new Map<Due, Map<TaskKind, Task[]>>();
  for (const task of tasks) {
    const due = dueOf(task, now);
    const kinds = groups.get(due) ?? new Map<TaskKind, Task[]>();
    groups.set(due, kinds);
    const list = kinds.get(task.kind);
    if (list) list.push(task);
    else kinds.set(task.kind, [task]);
  }
  return dues.flatMap((due) => {
    const kinds = groups.get(due);
    return kinds ? [{ due, kinds: [...kinds].map(([kind, list]) => ({ kind, tasks: list })) }] : [];
  });
}

const byPerson: readonly TaskKind[] = [TaskKind.ESCALATION, TaskKind.RED_ANSWER, TaskKind.CALL_COMPANY, TaskKind.REVIEW_REASON, TaskKind.ROUND_FAILED, TaskKind.TALK_TO_STUDENT, TaskKind.ERKENNING_LOST];

/** Whether only a person can say that it is done. */
export const completable = (kind: TaskKind): boolean => byPerson.includes(kind);

const atRound: readonly TaskKind[] = [
  TaskKind.NONCE,
  TaskKind.OPEN_ROUND,
  TaskKind.SEAL_ROUND,
  TaskKind.SOLVE_ROUND,
  TaskKind.PUBLISH_ROUND,
  TaskKind.CLOSE_ROUND,
  TaskKind.ROUND_FAILED,
  TaskKind.REMATCH_FAILED,
];
/* A company's, which come to the school where it has no contact that was checked: done on its behalf. */
const ofCompany: readonly TaskKind[] = [TaskKind.DECIDE, TaskKind.PLACE, TaskKind.CHECK_IN];
const atPlacement: readonly TaskKind[] = [TaskKind.CALL_COMPANY, TaskKind.REOPEN, TaskKind.PUBLISH_PLACEMENT];

const ofCase: readonly TaskKind[] = [
  TaskKind.CASE_TAKE,
  TaskKind.CASE_VERIFY,
  TaskKind.CASE_HEAR,
  TaskKind.CASE_ASSESS,
  TaskKind.CASE_MEASURE,
  TaskKind.CASE_SBB,
  TaskKind.CASE_FEEDBACK,
  TaskKind.CASE_AFTERCARE,
  TaskKind.CASE_CLOSE,
];

/** Where a reviewer does it; "" for what is done in the list itself. */
export function reviewPath(task: Pick<Task, "kind" | "subjectId">): string {
  if (ofCase.includes(task.kind)) return `/signalering/zaken/${task.subjectId}`;
  if (task.kind === TaskKind.SIGNAL) return `/signalering/signalen/${task.subjectId}`;
  return task.kind === TaskKind.MEASURE_FOLLOW_UP ? "/signalering/maatregelen" : "";
}

/** The page on which it is done. */
export function taskPath(task: Pick<Task, "kind" | "candidate" | "proposalId" | "placementId" | "stagevraagId" | "roundId">): string {
  if (task.kind === TaskKind.MEASURE_FOLLOW_UP) return "/school/maatregelen";
  if (task.kind === TaskKind.POINT) return "/school/aandachtspunten";
  if (atRound.includes(task.kind) && task.roundId) return `/school/rondes/${task.roundId}`;
  if (atPlacement.includes(task.kind) && task.placementId) return `/school/plekken/${task.placementId}`;
  if (ofCompany.includes(task.kind) && task.candidate) return `/school/bedrijven/kandidaten/${task.candidate}`;
  if (task.kind === TaskKind.CONTESTED_LEVEL && task.stagevraagId) return `/school/studenten/${task.stagevraagId}`;
  if (task.proposalId) return `/school/voorstellen/${task.proposalId}`;
  if (task.stagevraagId) return `/school/studenten/${task.stagevraagId}`;
  if (task.placementId) return `/school/plekken/${task.placementId}`;
  return task.roundId ? `/school/rondes/${task.roundId}` : "/school";
}

/** Where a coördinator has several schools, a round asks the same of each: one line in the list, that stands for all of them. */
export function merged(tasks: readonly Task[]): Task[] {
  const seen = new Set<string>();
  return tasks.filter((task) => {
    if (!atRound.includes(task.kind)) return true;
    const key = `${task.kind}|${task.roundId}|${task.detail}|${task.dueTime?.seconds}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** The tasks that a line of the merged list stands for. */
export const alike = (tasks: readonly Task[], one: Task): Task[] =>
  atRound.includes(one.kind) ? tasks.filter((task) => task.kind === one.kind && task.roundId === one.roundId && task.detail === one.detail) : [one];
