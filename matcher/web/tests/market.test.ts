import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { MissingContactSchema } from "~gen/stagematch/v1/account_pb.ts";
import { PlacementSchema, PlacementState } from "~gen/stagematch/v1/placement_pb.ts";
import { StagevraagSchema, StagevraagState } from "~gen/stagematch/v1/student_pb.ts";
import { supplyOf } from "~/school/market/supply.ts";

Object.assign(globalThis, { addEventListener: () => undefined, removeEventListener: () => undefined, location: { origin: "http://localhost", pathname: "/", reload: () => undefined } });
const { rankBars } = await import("~/school/market/round_figures.tsx");
const { missingByCompany } = await import("~/school/market/companies.tsx");
const { isEmail } = await import("~/account/invitation.tsx");
const { idsOf } = await import("~/school/market/contact_dialogs.tsx");
const { filtered, rowsOf } = await import("~/school/market/placements.tsx");
const { bandText } = await import("~/ui/candidate.tsx");

const student = (qualification: string, school = "99AA", state = StagevraagState.FREE, roundId = "") => create(StagevraagSchema, { school, state, roundId, profile: { qualification } });
const place = (qualifications: string[], capacity: number, more: object = {}) => create(PlacementSchema, { qualifications, capacity, state: PlacementState.PUBLISHED, ...more });

test("supply counts who is free, of the chosen schools, and seats that are free", () => {
  const supply = supplyOf(
    [student("25655"), student("25655"), student("25655", "99AB"), student("25655", "99AA", StagevraagState.PLACED), student("25655", "99AA", StagevraagState.FREE, "r"), student("25656")],
    [place(["25655", "25656"], 3, { seatsTaken: 1, seatsSuspended: 1 }), place(["25655"], 5, { roundId: "r" }), place(["25655"], 5, { state: PlacementState.DRAFT }), place(["25655"], 1, { seatsTaken: 2 })],
    ["99AA"],
  );
  expect(supply).toEqual([
    { qualification: "25655", students: 2, seats: 1 },
    { qualification: "25656", students: 1, seats: 1 },
  ]);
});

test("ranks beyond the first eight stand together, and who got nothing last", () => {
  const bars = rankBars({ rankCounts: [5n, 4n, 0n, 1n, 1n, 1n, 1n, 1n, 2n, 3n], studentCount: 22n, matchedCount: 19n });
  expect(bars).toHaveLength(10);
  expect(bars[0]?.value).toBe(5);
  expect(bars[8]?.value).toBe(5);
  expect(bars[9]?.value).toBe(3);
  expect(bars.reduce((sum, bar) => sum + bar.value, 0)).toBe(22);
});

test("a company stands once among those without a contact, with each school and its last time", () => {
  const entry = (school: string, leerbedrijf: string, seconds: bigint) => create(MissingContactSchema, { school, leerbedrijf, lastTime: { seconds } });
  const found = missingByCompany([entry("99AA", "1", 5n), entry("99AB", "1", 9n), entry("99AA", "2", 1n), entry("99AA", "1", 2n)]);
  expect(found.map(({ leerbedrijf, schools, last }) => [leerbedrijf, schools, last.lastTime?.seconds])).toEqual([
    ["1", ["99AA", "99AB"], 9n],
    ["2", ["99AA"], 1n],
  ]);
});

test("ids and addresses as people type them", () => {
  expect(idsOf(" 100, 200;300\n100 ")).toEqual(["100", "200", "300"]);
  expect(isEmail(" a@b.nl ")).toBe(true);
  expect(["a@b", "a b@c.nl", "@b.nl", ""].some(isEmail)).toBe(false);
});

test("places are found by words in any order, without accents, and by state and study", () => {
  const rows = rowsOf(
    [place(["25655"], 1, { placementId: "1", companyName: "Café Zoë", title: "Koken" }), place(["25656"], 1, { placementId: "2", companyName: "Anders", title: "Zorg", state: PlacementState.PAUSED })],
    undefined,
  );
  const ids = (text: string, state = "0", qualification = "") => filtered(rows, { text, state, qualification }).map((row) => row.placement.placementId);
  expect(ids("")).toEqual(["2", "1"]);
  expect(ids("koken cafe")).toEqual(["1"]);
  expect(ids("", String(PlacementState.PAUSED))).toEqual(["2"]);
  expect(ids("", "0", "25655")).toEqual(["1"]);
  expect(ids("niets")).toEqual([]);
});

test("twenty thousand places are filtered in a moment", () => {
  const rows = rowsOf(Array.from({ length: 20_000 }, (_, i) => place(["25655"], 1, { placementId: String(i), companyName: `Bedrijf ${i}`, title: "Zorg" })), undefined);
  expect(filtered(rows, { text: "bedrijf 19999", state: "0", qualification: "25655" })).toHaveLength(1);
});

test("a band below the minimum is said, and no number of it", () => {
  expect(bandText("below", 3).tone).toBe("warning");
  expect(bandText("above", 3).tone).toBe("positive");
  expect(bandText("", 3).text).not.toMatch(/\d/);
});
