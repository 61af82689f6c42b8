// What an operator types of a school.
import { expect, test } from "vitest";
import { isSchool, schoolsOf } from "~/operator/schools.ts";

test("schools apart by spaces, commas or semicolons, each once", () => {
  expect(schoolsOf(" 25pt, 99AA;25PT  99ab ")).toEqual(["25PT", "99AA", "99AB"]);
  expect(schoolsOf("  ")).toEqual([]);
});

test("a brin is two digits and two letters", () => {
  expect(["25PT", "99AA"].every(isSchool)).toBe(true);
  expect(["25P", "PT25", "25PT01", "25pt"].some(isSchool)).toBe(false);
});
