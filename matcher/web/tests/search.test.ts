// Finding in a closed list by typing.
import { expect, test } from "vitest";
import { found } from "~/base/search.ts";

const items = [
  { value: "babyzorg", label: "Baby's verzorgen" },
  { value: "verzorging", label: "Helpen bij wassen en aankleden" },
  { value: "hygienisch-werken", label: "Hygiënisch werken" },
  { value: "samenwerken", label: "Samenwerken" },
];
const codes = (typed: string, taken: string[] = []) => found(items, typed, taken).map((item) => item.value);

test("nothing typed finds nothing", () => {
  expect(codes("")).toEqual([]);
  expect(codes("   ")).toEqual([]);
});

test("capitals and accents do not matter", () => {
  expect(codes("HYGIEN")).toEqual(["hygienisch-werken"]);
  expect(codes("hygiën")).toEqual(["hygienisch-werken"]);
});

test("every word must occur, in any order", () => {
  expect(codes("aankleden wassen")).toEqual(["verzorging"]);
  expect(codes("wassen lassen")).toEqual([]);
});

test("what begins with it comes first", () => {
  expect(codes("verzorg")).toEqual(["verzorging", "babyzorg"]);
});

test("what was taken is no longer offered", () => {
  expect(codes("werken", ["samenwerken"])).toEqual(["hygienisch-werken"]);
});
