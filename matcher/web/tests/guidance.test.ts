// Guidance: the phase of a student, the task list by due day, the search in a list, check-in days and the praktijkovereenkomst.
import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { StudentIdentitySchema } from "~gen/stagematch/v1/identity_pb.ts";
import { CheckInMoment, ProposalSchema, ProposalState } from "~gen/stagematch/v1/proposal_pb.ts";
import { StagevraagSchema, StagevraagState } from "~gen/stagematch/v1/student_pb.ts";
import { TaskKind, TaskSchema } from "~gen/stagematch/v1/task_pb.ts";
import { checkInDays } from "~/school/guidance/check_in_words.ts";
import { isMinor } from "~/school/guidance/pok.ts";
import { nextStep, phaseOf, proposalNow } from "~/school/guidance/phase.ts";
import { filtered, sorted, studentRow } from "~/school/guidance/student_rows.ts";
import { alike, dueOf, grouped, merged, taskPath } from "~/school/guidance/tasks.ts";

const stagevraag = (state: StagevraagState, other: object = {}) => create(StagevraagSchema, { stagevraagId: "a", state, profile: {}, ...other });

describe("phase", () => {
  it.each([
    [StagevraagState.FREE, {}, "kennismaking"],
    [StagevraagState.FREE, { profile: { preferred: ["a/b"] } }, "ontwikkeling"],
    [StagevraagState.FREE, { contestedSkills: ["ehbo"] }, "ontwikkeling"],
    [StagevraagState.FREE, { roundId: "r" }, "matching"],
    [StagevraagState.PROPOSED, {}, "matching"],
    [StagevraagState.PLACED, { roundId: "r" }, "nazorg"],
    [StagevraagState.PLACED_ELSEWHERE, {}, "nazorg"],
    [StagevraagState.COMPLETED, {}, "nazorg"],
    [StagevraagState.WITHDRAWN, { roundId: "r" }, "stopped"],
  ] as const)("%s with %o is %s", (state, other, phase) => expect(phaseOf(stagevraag(state, other))).toBe(phase));
  it("says what is next, of the proposal that runs", () => {
    const list = [create(ProposalSchema, { state: ProposalState.VETOED }), create(ProposalSchema, { state: ProposalState.CONFIRMED })];
    expect(proposalNow(list)?.state).toBe(ProposalState.CONFIRMED);
    expect(nextStep(stagevraag(StagevraagState.PROPOSED), proposalNow(list))).toContain("vrij");
    expect(nextStep(stagevraag(StagevraagState.FREE, { contestedSkills: ["ehbo"] }))).toContain("betwist");
  });
});

describe("tasks", () => {
  const task = (end: string, other: object = {}) => create(TaskSchema, { taskId: end, kind: TaskKind.APPROVE, proposalId: "p", dueTime: timestampFromDate(new Date(end)), ...other });
  const wednesday = new Date("2026-11-25T10:00:00Z");
  it.each([
    ["2026-11-24T23:00:00Z", "late"],
    ["2026-11-25T23:00:00Z", "today"], // over when Thursday begins, here
    ["2026-11-26T23:00:00Z", "week"],
    ["2026-11-29T23:00:00Z", "week"], // the last day is Sunday
    ["2026-11-30T23:00:00Z", "later"],
  ])("%s is %s", (end, due) => expect(dueOf(task(end), wednesday)).toBe(due));
  it("stand together by due day and kind", () => {
    const list = [task("2026-11-24T23:00:00Z"), task("2026-12-24T23:00:00Z"), task("2026-12-23T23:00:00Z", { kind: TaskKind.RELEASE })];
    expect(grouped(list, wednesday).map((group) => [group.due, group.kinds.map((kind) => kind.kind)])).toEqual([
      ["late", [TaskKind.APPROVE]],
      ["later", [TaskKind.APPROVE, TaskKind.RELEASE]],
    ]);
  });
  it("of a round are one line for all schools", () => {
    const list = ["1", "2"].map((taskId) => task("2026-12-24T23:00:00Z", { taskId, kind: TaskKind.ROUND_FAILED, roundId: "r", proposalId: "" }));
    expect(merged(list).length).toBe(1);
    expect(alike(list, list[0]!).length).toBe(2);
  });
  it("lead to the page where they are done", () => {
    const about = { candidate: "c", proposalId: "p", placementId: "l", stagevraagId: "s", roundId: "r" };
    expect(taskPath({ kind: TaskKind.APPROVE, ...about })).toBe("/school/voorstellen/p");
    expect(taskPath({ kind: TaskKind.CALL_COMPANY, ...about })).toBe("/school/plekken/l");
    expect(taskPath({ kind: TaskKind.CONTESTED_LEVEL, ...about })).toBe("/school/studenten/s");
    expect(taskPath({ kind: TaskKind.SEAL_ROUND, ...about })).toBe("/school/rondes/r");
    expect(taskPath({ kind: TaskKind.ESCALATION, proposalId: "", placementId: "", stagevraagId: "", roundId: "r", candidate: "" })).toBe("/school/rondes/r");
    expect(taskPath({ kind: TaskKind.DECIDE, ...about })).toBe("/school/bedrijven/kandidaten/c");
  });
});

describe("students", () => {
  const row = (firstName: string, infix: string, lastName: string, studentNumber: string) =>
    studentRow(stagevraag(StagevraagState.FREE), create(StudentIdentitySchema, { studentNumber, identity: { firstName, infix, lastName } }), "Verzorgende IG (25656)");
  const rows = [row("Gijs", "van de", "Ven", "20"), row("Ayşe", "", "Çelik", "3"), row("Noor", "de", "Vries", "100")];
  const none = { search: "", state: StagevraagState.UNSPECIFIED, phase: "" as const, contested: false };
  it("are found without accents, by every word, by number and study", () => {
    const names = (search: string) => filtered(rows, { ...none, search }).map((one) => one.name);
    expect(names("ayse CELIK")).toEqual(["Ayşe Çelik"]);
    expect(names("verzorgende vries")).toEqual(["Noor de Vries"]);
    expect(names("100")).toEqual(["Noor de Vries"]);
    expect(names("gijs celik")).toEqual([]);
  });
  it("are sorted by last name, and by number as a number", () => {
    expect(sorted(rows, "name").map((one) => one.sort)).toEqual(["Çelik, Ayşe", "Ven, Gijs van de", "Vries, Noor de"]);
    expect(sorted(rows, "number").map((one) => one.number)).toEqual(["3", "20", "100"]);
  });
});

describe("a stage", () => {
  it("has check-ins after 2 and 6 weeks and a week before its end", () => {
    expect(checkInDays("2027-02-01", "2027-07-09")).toEqual([
      { moment: CheckInMoment.WEEK_2, day: "2027-02-15" },
      { moment: CheckInMoment.WEEK_6, day: "2027-03-15" },
      { moment: CheckInMoment.END, day: "2027-07-02" },
    ]);
    expect(checkInDays("2027-02-01", "2027-03-01").map((one) => one.moment)).toEqual([CheckInMoment.WEEK_2, CheckInMoment.END]);
    expect(checkInDays("", "2027-03-01")).toEqual([]);
  });
  it("of who is not 18 on its first day is signed by a parent", () => {
    expect(isMinor("2009-02-02", "2027-02-01")).toBe(true);
    expect(isMinor("2009-02-01", "2027-02-01")).toBe(false);
    expect(isMinor("", "2027-02-01")).toBe(false);
  });
});
