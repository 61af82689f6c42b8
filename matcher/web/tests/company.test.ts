// A company's pages without a browser: tasks, whose turn it is, reasons, figures, dates.
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { CandidateSummarySchema } from "~gen/stagematch/v1/candidate_pb.ts";
import { RefusalSchema } from "~gen/stagematch/v1/common_pb.ts";
import { ReasonSchema } from "~gen/stagematch/v1/operation_pb.ts";
import { CandidateViewSchema, ProposalState } from "~gen/stagematch/v1/proposal_pb.ts";
import { TaskKind, TaskSchema } from "~gen/stagematch/v1/task_pb.ts";
import { agenda } from "~/company/agenda.ts";
import { agreedShare, figuresOf } from "~/company/figures.ts";
import { criteriaFor, fitting, missing, objectionMeans, sentOf } from "~/market/reason.ts";
import { freeSeats, seatsText } from "~/market/seats.ts";
import { taskHref, taskLines } from "~/company/tasks.ts";
import { findTurn, waiting } from "~/market/turn.ts";

const candidate = (label: string, placementId = "p", state = ProposalState.APPROVED) => create(CandidateSummarySchema, { candidate: label, placementId, state });
const decide = (label: string, placementId = "p") => create(TaskSchema, { taskId: `t-${label}`, kind: TaskKind.DECIDE, candidate: label, placementId });

function refused(code: string): ConnectError {
  return new ConnectError("refused", Code.FailedPrecondition, undefined, [{ desc: RefusalSchema, value: create(RefusalSchema, { code }) }]);
}

test("candidates of one place are one line, with how many come after", () => {
  const lines = taskLines([decide("A"), decide("B"), decide("C", "q"), create(TaskSchema, { taskId: "r", kind: TaskKind.REOPEN, placementId: "p" })]);
  expect(lines.map(({ task, more }) => [task.taskId, more])).toEqual([
    ["t-A", 1],
    ["t-C", 0],
    ["r", 0],
  ]);
});

test("each task opens the page where it is done", () => {
  const about = { candidate: "AB", placementId: "p1", detail: "week_6" };
  const href = (kind: TaskKind) => taskHref(create(TaskSchema, { kind, ...about }));
  expect(href(TaskKind.DECIDE)).toBe("/bedrijf/plekken/p1/kandidaat");
  expect(href(TaskKind.PLACE)).toBe("/bedrijf/kandidaten/AB");
  expect(href(TaskKind.CHECK_IN)).toBe("/bedrijf/kandidaten/AB/vragen/week_6");
  expect(href(TaskKind.REOPEN)).toBe("/bedrijf/plekken/p1");
  expect(href(TaskKind.PUBLISH_PLACEMENT)).toBe("/bedrijf/plekken/p1");
});

test("only who waits is in the order, the most urgent first", () => {
  const order = waiting([candidate("A"), candidate("B"), candidate("C", "p", ProposalState.ACCEPTED), candidate("D")], [decide("D"), decide("B")]);
  expect(order.map(({ candidate: label }) => label)).toEqual(["D", "B", "A"]);
});

test("the turn is found without looking at a second one", async () => {
  const looked: string[] = [];
  const turn = await findTurn([candidate("A"), candidate("B"), candidate("C")], async (label) => {
    looked.push(label);
    if (label === "A") throw refused("candidate_waits");
  });
  expect(turn).toEqual({ candidate: "B", behindContact: false });
  expect(looked).toEqual(["A", "B"]);
});

test("a place where another contact decides first is left alone", async () => {
  const looked: string[] = [];
  const turn = await findTurn([candidate("A"), candidate("B"), candidate("C", "q")], async (label) => {
    looked.push(label);
    if (label !== "C") throw refused("other_contact_waits");
  });
  expect(turn).toEqual({ candidate: "C", behindContact: true });
  expect(looked).toEqual(["A", "C"]);
});

test("what goes wrong otherwise is not taken for waiting", async () => {
  await expect(findTurn([candidate("A")], () => Promise.reject(refused("not_found")))).rejects.toThrow();
});

const reason = (code: string, reasonClass: string, needsCriterion = false) => create(ReasonSchema, { code, reasonClass, needsCriterion });
const place = reason("geen-begeleider", "place");
const under = reason("onder-minimum", "criterion", true);
const contested = reason("niveau-betwist", "criterion", true);
const proof = reason("bewijs-ontbreekt", "fact", true);
const other = reason("anders", "other");
const declared = { hardCriteria: [{ skill: "lassen", level: 2 }], weightedCriteria: [{ skill: "plannen", weight: 1, minimumLevel: 2 }] };

test("a criterion is a reason only where the candidate is below it", () => {
  const all = [place, under, contested, proof, other];
  const meets = create(CandidateViewSchema, { ...declared, bands: [{ skill: "plannen", band: "meets" }] });
  const below = create(CandidateViewSchema, { ...declared, bands: [{ skill: "plannen", band: "below" }], objectionableCriteria: ["plannen"] });
  expect(fitting(all, meets)).toEqual([place, contested, proof, other]);
  expect(fitting(all, below)).toEqual(all);
  expect(criteriaFor(under, below)).toEqual(["plannen"]);
  expect(criteriaFor(contested, meets)).toEqual(["lassen", "plannen"]);
  expect(criteriaFor(proof, meets)).toEqual(["lassen", "plannen"]);
  expect(criteriaFor(place, below)).toEqual([]);
});

test("no reason that needs a criterion where none was declared", () => {
  expect(fitting([place, under, contested], create(CandidateViewSchema, {}))).toEqual([place]);
});

test("what is missing is asked for, one thing at a time", () => {
  const given = { reason: "", criterion: "", text: "" };
  expect(missing(given, undefined)).toHaveProperty("reason");
  expect(missing(given, under)).toHaveProperty("criterion");
  expect(missing({ ...given, text: "  " }, other)).toHaveProperty("text");
  expect(missing(given, place)).toBeUndefined();
  expect(missing({ ...given, criterion: "plannen" }, under)).toBeUndefined();
  expect(missing({ ...given, text: "want" }, other)).toBeUndefined();
});

test("a criterion or a text of another reason is not sent along", () => {
  const given = { reason: "x", criterion: "plannen", text: " toelichting " };
  expect(sentOf(given, place)).toEqual({ reason: "geen-begeleider", criterion: "", text: "" });
  expect(sentOf(given, under)).toEqual({ reason: "onder-minimum", criterion: "plannen", text: "" });
  expect(sentOf(given, other)).toEqual({ reason: "anders", criterion: "", text: "toelichting" });
});

test("what a reason does to the seat", () => {
  expect(objectionMeans(place)).toMatch(/staat stil/);
  expect(objectionMeans(under)).toMatch(/komt weer vrij/);
  expect(objectionMeans(contested)).toMatch(/school kijkt/);
  expect(objectionMeans(other)).toMatch(/leest je uitleg/);
});

test("every state is counted where it belongs", () => {
  const states = Object.values(ProposalState).filter((state): state is ProposalState => typeof state === "number" && state >= ProposalState.APPROVED);
  const figures = figuresOf(states.filter((state) => state !== ProposalState.VETOED).map((state) => candidate("A", "p", state)));
  expect(figures).toEqual({ shown: 17, waiting: 1, agreed: 11, objected: 1, unanswered: 1, withdrawn: 3, placed: 5, running: 1, dropped: 1 });
});

test("a share is told only where there are enough answers", () => {
  const of = (agreed: number, objected: number) => agreedShare({ ...figuresOf([]), agreed, objected });
  expect(of(9, 0)).toBeUndefined();
  expect(of(7, 3)).toBe(70);
  expect(of(10, 0)).toBe(100);
});

test("seats are never fewer than none", () => {
  expect(freeSeats({ capacity: 3, seatsTaken: 1, seatsSuspended: 1 })).toBe(1);
  expect(freeSeats({ capacity: 1, seatsTaken: 2, seatsSuspended: 0 })).toBe(0);
  expect(seatsText({ capacity: 1, seatsTaken: 0, seatsSuspended: 0 })).toBe("0 van 1 plaats bezet");
});

test("the dates of an internship in their order, without a name", () => {
  const view = create(CandidateViewSchema, { candidate: "AB12", introduction: { date: "2027-01-20" } });
  const entries = agenda(view, { startDate: "2027-02-01", endDate: "2027-07-02", title: "Keuken" }, []);
  expect(entries.map(({ day }) => day)).toEqual(["2027-01-20", "2027-02-01", "2027-02-15", "2027-03-15", "2027-06-25", "2027-07-02"]);
  expect(new Set(entries.map(({ uid }) => uid)).size).toBe(entries.length);
});

test("a short internship has no questions after its end", () => {
  const entries = agenda(create(CandidateViewSchema, { candidate: "AB12" }), { startDate: "2027-02-01", endDate: "2027-02-26", title: "Keuken" }, []);
  expect(entries.map(({ day }) => day)).toEqual(["2027-02-01", "2027-02-15", "2027-02-19", "2027-02-26"]);
});
