// The dates of one internship for a company's own calendar. No name: a calendar is seen by others.
import type { CandidateView } from "~gen/stagematch/v1/proposal_pb.ts";
import type { Placement } from "~gen/stagematch/v1/placement_pb.ts";
import type { Task } from "~gen/stagematch/v1/task_pb.ts";
import { dateOf, today } from "~/base/format.ts";
import type { AgendaEntry } from "~/base/ics.ts";
import { tr } from "~/base/language.ts";
import { taskText } from "~/base/words.ts";
import { type Moment, moments } from "~/market/check_in_text.ts";

const addDays = (iso: string, days: number): string => {
  const at = new Date(`${iso}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
};

/*
 * When the questions come: weeks after the first day, or a week before the last. The service counts from the day on which the school says
 * that it began, so these are about right, and say so. A stage that is over before has none.
 */
function questionsOf(place: Pick<Placement, "startDate" | "endDate">): [Moment, string][] {
  if (!place.startDate || !place.endDate) return [];
  const days: [Moment, string][] = moments.map((moment) => [moment, moment.weeks ? addDays(place.startDate, 7 * moment.weeks) : addDays(place.endDate, -7)]);
  return days.filter(([, at]) => at > place.startDate && at <= place.endDate);
}

/** Kennismaking, first and last day, the questions in between, and what is asked now, in the order of their days. */
export function agenda(view: Pick<CandidateView, "candidate" | "introduction">, place: Pick<Placement, "startDate" | "endDate" | "title">, tasks: readonly Task[]): AgendaEntry[] {
  const uid = (what: string) => `${view.candidate}-${what}`;
  const entries: AgendaEntry[] = [
    { uid: uid("start"), day: place.startDate, title: tr("Eerste dag van de stage", "First day of the internship"), text: place.title },
    { uid: uid("end"), day: place.endDate, title: tr("Laatste dag van de stage", "Last day of the internship"), text: place.title },
  ];
  if (view.introduction?.date) entries.push({ uid: uid("meeting"), day: view.introduction.date, title: tr("Kennismaking met een stagiair", "Introduction of an intern"), text: place.title });
  for (const [moment, at] of questionsOf(place))
    entries.push({ uid: uid(`questions-${moment.name}`), day: at, title: tr(`Rond deze dag: drie vragen (${moment.text()})`, `About this day: three questions (${moment.text()})`), text: place.title });
  for (const task of tasks) {
    const until = dateOf(task.dueTime);
    if (!until) continue;
    entries.push({ uid: uid(task.taskId), day: today(until), title: tr(`Uiterlijk: ${taskText(task.kind)}`, `At the latest: ${taskText(task.kind)}`), text: place.title });
  }
  return entries.filter((entry) => entry.day !== "").sort((a, b) => a.day.localeCompare(b.day));
}
