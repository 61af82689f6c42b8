// The school's students as a list that is searched while somebody types: what is looked for stands in one string a row, made once.
import type { StudentIdentity } from "~gen/stagematch/v1/identity_pb.ts";
import type { Stagevraag, StagevraagState } from "~gen/stagematch/v1/student_pb.ts";
import { nameOrNumber, sortName } from "./person.ts";
import { type Phase, phaseOf } from "./phase.ts";

export type StudentRow = {
  id: string;
  stagevraag: Stagevraag;
  student: StudentIdentity | undefined;
  name: string;
  sort: string;
  number: string;
  study: string;
  phase: Phase;
  text: string;
};

/** Without accents and capitals, so that "Celik" finds "Çelik". */
export function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

export function studentRow(stagevraag: Stagevraag, student: StudentIdentity | undefined, study: string): StudentRow {
  const name = nameOrNumber(student);
  const number = student?.studentNumber ?? "";
  return {
    id: stagevraag.stagevraagId,
    stagevraag,
    student,
    name,
    sort: sortName(student?.identity) || number,
    number,
    study,
    phase: phaseOf(stagevraag),
    text: plain(`${name} ${number} ${study} ${stagevraag.school}`),
  };
}

export type Filter = { search: string; state: StagevraagState; phase: Phase | ""; contested: boolean };

/** Every word that is looked for must be there. Keeps the order. */
export function filtered(rows: readonly StudentRow[], { search, state, phase, contested }: Filter): StudentRow[] {
  const words = plain(search).split(/\s+/).filter(Boolean);
  return rows.filter(
    (row) =>
      (!state || row.stagevraag.state === state) &&
      (!phase || row.phase === phase) &&
      (!contested || row.stagevraag.contestedSkills.length > 0) &&
      words.every((word) => row.text.includes(word)),
  );
}

export type Sort = "name" | "number" | "study" | "start" | "state";

const collator = new Intl.Collator("nl", { numeric: true });
const keys: Record<Sort, (row: StudentRow) => string> = {
  name: (row) => row.sort,
  number: (row) => row.number,
  study: (row) => row.study,
  start: (row) => row.stagevraag.profile?.startDate ?? "",
  state: (row) => String(row.stagevraag.state),
};

export function sorted(rows: readonly StudentRow[], by: Sort): StudentRow[] {
  const key = keys[by];
  return rows
    .map((row) => ({ row, key: key(row) }))
    .sort((a, b) => collator.compare(a.key, b.key) || collator.compare(a.row.sort, b.row.sort))
    .map(({ row }) => row);
}
