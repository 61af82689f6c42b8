// A company's tasks: what each is called, where it is done, and which of them are for later.
import { type Task, TaskKind } from "~gen/stagematch/v1/task_pb.ts";

export function taskHref(task: Task): string {
  switch (task.kind) {
    case TaskKind.DECIDE: // of those that wait at this place, only one has its turn
      return `/bedrijf/plekken/${task.placementId}/kandidaat`;
    case TaskKind.PLACE:
      return `/bedrijf/kandidaten/${task.candidate}`;
    case TaskKind.CHECK_IN:
      return `/bedrijf/kandidaten/${task.candidate}/vragen/${task.detail}`;
    case TaskKind.CASE_ANSWER:
      return `/bedrijf/vragen/${task.subjectId}`;
    case TaskKind.REOPEN:
    case TaskKind.PUBLISH_PLACEMENT:
      return `/bedrijf/plekken/${task.placementId}`;
    default:
      return "/bedrijf";
  }
}

export type TaskLine = { task: Task; more: number };

/**
 * One line for each thing to do. Of candidates that wait at one place only the first is told, with how many come after it: they are
 * looked at one by one.
 */
export function taskLines(tasks: readonly Task[]): TaskLine[] {
  const lines: TaskLine[] = [];
  const deciding = new Map<string, TaskLine>();
  for (const task of tasks) {
    const first = task.kind === TaskKind.DECIDE ? deciding.get(task.placementId) : undefined;
    if (first) {
      first.more++;
      continue;
    }
    const line = { task, more: 0 };
    lines.push(line);
    if (task.kind === TaskKind.DECIDE) deciding.set(task.placementId, line);
  }
  return lines;
}
