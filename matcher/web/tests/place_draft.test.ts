// A place while it is filled in: what is wrong in which step, and what is sent.
import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { Day, Leerweg } from "~gen/stagematch/v1/common_pb.ts";
import { PlacementSchema } from "~gen/stagematch/v1/placement_pb.ts";
import { cents, copyOf, draftOf, emptyDraft, newPlaceCode, placementOf, problemsOf, whereToMend } from "~/market/place_draft.ts";

const placement = create(PlacementSchema, {
  placementId: "ab",
  leerbedrijf: "100",
  leerplaats: "P-1",
  companyName: "Zorg",
  kvk: "90000001",
  postcode: "3511",
  qualifications: ["25656"],
  leerweg: Leerweg.BBL,
  capacity: 2,
  startDate: "2027-02-01",
  endDate: "2027-07-02",
  hoursPerWeek: 32,
  days: [Day.MONDAY],
  hardCriteria: [{ skill: "lassen", level: 2 }],
  weightedCriteria: [{ skill: "plannen", weight: 3, minimumLevel: 1 }],
  tags: ["team"],
  allowanceCents: 35050,
  title: "Helpen",
  description: "Wat je doet",
});

const steps = (draft: Parameters<(typeof problemsOf)[number]>[0]) => problemsOf.map((problems) => Object.keys(problems(draft)).sort());

test("an empty form says what each step needs", () => {
  expect(steps(emptyDraft("100"))).toEqual([["companyName", "kvk", "postcode", "qualifications", "title"], ["endDate", "hoursPerWeek", "startDate"], [], []]);
});

test("what the company is, is known from another place", () => {
  expect(steps(emptyDraft("100", placement))[0]).toEqual(["title"]);
});

test("a place that is there is complete, and is sent as it was", () => {
  const draft = draftOf(placement);
  expect(steps(draft)).toEqual([[], [], [], []]);
  const sent = create(PlacementSchema, { ...placementOf(draft), placementId: "ab" });
  expect(sent).toEqual(placement);
});

test("a copy has another name and the same criteria", () => {
  const copy = copyOf(placement);
  expect(copy.leerplaats).not.toBe("P-1");
  expect({ ...copy, leerplaats: "P-1" }).toEqual(draftOf(placement));
});

test("a name is one that the service takes", () => {
  for (let i = 0; i < 50; i++) expect(newPlaceCode()).toMatch(/^plek-[a-z2-9]{8}$/);
});

test.each([
  ["350", 35000],
  ["350,5", 35050],
  ["350.50", 35050],
  ["0", 0],
  ["", null],
  ["€ 350", null],
  ["350,505", null],
  ["-1", null],
])("an allowance of %s", (text, expected) => {
  expect(cents(text)).toBe(expected);
});

test("days in the wrong order and amounts that are none are named", () => {
  const draft = { ...draftOf(placement), endDate: "2027-01-01", hoursPerWeek: "41", allowance: "veel", capacity: "0", postcode: "3511S", kvk: "123" };
  expect(steps(draft)).toEqual([["capacity", "kvk", "postcode"], ["allowance", "endDate", "hoursPerWeek"], [], []]);
});

test("a refused field is mended in its own step", () => {
  expect(whereToMend("postcode")).toEqual({ field: "postcode", step: 0 });
  expect(whereToMend("allowance_cents")).toEqual({ field: "allowance", step: 1 });
  expect(whereToMend("hard_criteria")).toEqual({ field: "criteria", step: 2 });
  expect(whereToMend("version")).toBeUndefined();
});
