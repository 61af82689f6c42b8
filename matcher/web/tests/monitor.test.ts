// Figures of the monitor in words, and as files.
import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { MonitorColumnSchema, MonitorLevel, MonitorTermSchema, MonitorUnitSchema } from "~gen/stagematch/v1/monitor_pb.ts";
import { asTable, dictionary, figure, linesOf, unitKey, unitText, valueOf } from "~/monitor/figures.ts";

const columns = [
  create(MonitorColumnSchema, { code: "students", textNl: "Studenten", textEn: "Students", group: "students" }),
  create(MonitorColumnSchema, { code: "searching", textNl: "Nog geen plek", textEn: "No place yet", group: "students" }),
  create(MonitorColumnSchema, { code: "seats", textNl: "Plaatsen", textEn: "Seats", group: "places" }),
];
const all = create(MonitorUnitSchema, { level: MonitorLevel.ALL, margin: 30, counts: [40, 0, 25] });
const school = create(MonitorUnitSchema, { level: MonitorLevel.SCHOOL, sector: "zorg", region: "35", school: "99AA", counts: [20, 10, 0] });
const figures = { columns, units: [all, school] };
const term = create(MonitorTermSchema, { term: "2026-09" });

test("a unit is called by what it lies in", () => {
  expect(unitText(all, (brin) => brin)).toBe("Alles samen");
  expect(unitText(school, (brin) => (brin === "99AA" ? "Een school" : brin))).toBe("Zorg, postcodes 35, Een school");
  expect(unitKey(school)).not.toBe(unitKey(all));
});

test("a published nought is too few to tell, an exact one is none", () => {
  expect(figure(0, 10)).toBe("te weinig");
  expect(figure(0, undefined)).toBe("0");
  expect(figure(1250, 10)).toBe("1.250");
});

test("columns of a group come without their sum", () => {
  expect(linesOf(figures, all, "students").map(({ column, value }) => [column.code, value])).toEqual([["searching", 0]]);
  expect(valueOf(figures, all, "seats")).toBe(25);
  expect(valueOf(figures, all, "unknown")).toBe(0);
});

test("what is saved has a column for each code, and says nothing of small numbers", () => {
  const table = asTable(figures, term, 10);
  expect(table.header).toEqual(["term", "level", "sector", "region", "school", "margin", "students", "searching", "seats"]);
  expect(table.rows[0]).toEqual(["2026-09", "all", "", "", "", 30, 40, "", 25]);
  expect(asTable(figures, term, undefined).rows[0]?.at(-2)).toBe(0);
  expect(asTable(figures, term, undefined).rows[1]?.at(-1), "no seats of a school").toBe("");
  const words = dictionary(figures, 10);
  expect(words.rows.map(([code]) => code)).toEqual(table.header);
  expect(words.rows.at(-1)?.[2]).toContain("minder dan 10");
});
