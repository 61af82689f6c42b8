import { expect, test } from "vitest";
import { checkRows, fileOf, guessMapping, missingColumns, problemsOfService, withCell, withoutRow } from "~/base/columns.ts";
import { create } from "@bufbuild/protobuf";
import { FileProblemSchema } from "~gen/stagematch/v1/common_pb.ts";
import { isDate, placementColumns as defs } from "~/school/market/placement_columns.ts";
import type { Sheet } from "~/base/sheet.ts";

const header = ["Leerbedrijf", "Leerplaats", "Bedrijfsnaam", "KVK nummer", "Postcode", "Crebo", "Leerweg", "Aantal", "Begindatum", "Einddatum", "Uren per week", "Eisen", "Wegingen", "Opmerking"];
const good = ["990001991", "plek-1", 'Zorg; "Zon"', "12345678", "1012 AB", "25655 25656", "bol", "2", "2027-02-01", "2-7-2027", "32", "rapporteren>=2|plannen>=1", "plannen*3>=2", "weg"];
const sheet = (...rows: string[][]): Sheet => ({ header, rows, lines: rows.map((_, i) => i + 2) });
const mapping = guessMapping(header, defs);
const wrongIn = (column: string, value: string) => checkRows(withCell(sheet(good), mapping, 0, column, value), mapping, defs).map((problem) => problem.column);

test("headings are found whatever their capitals, and by what people call them", () => {
  expect(missingColumns(mapping, defs)).toEqual([]);
  expect(mapping).toMatchObject({ kvk: 3, opleidingen: 5, plaatsen: 7, van: 8, tot: 9, uren: 10, titel: -1 });
});

test("one column of the file serves one purpose", () => {
  const twice = guessMapping(["naam"], [
    { name: "naam", text: () => "", required: true },
    { name: "anders", text: () => "", required: true, also: ["naam"] },
  ]);
  expect(twice).toEqual({ naam: 0, anders: -1 });
});

test("a good row has no problems", () => {
  expect(checkRows(sheet(good), mapping, defs)).toEqual([]);
});

test("each cell is looked at", () => {
  expect(wrongIn("kvk", "1234567")).toEqual(["kvk"]);
  expect(wrongIn("kvk", "")).toEqual(["kvk"]);
  expect(wrongIn("postcode", "0123 AB")).toEqual(["postcode"]);
  expect(wrongIn("opleidingen", "2565")).toEqual(["opleidingen"]);
  expect(wrongIn("leerweg", "mbo")).toEqual(["leerweg"]);
  expect(wrongIn("plaatsen", "0")).toEqual(["plaatsen"]);
  expect(wrongIn("uren", "41")).toEqual(["uren"]);
  expect(wrongIn("van", "31-2-2027")).toEqual(["van"]);
  expect(wrongIn("eisen", "rapporteren>=6")).toEqual(["eisen"]);
  expect(wrongIn("wegingen", "plannen*0")).toEqual(["wegingen"]);
  expect(wrongIn("eisen", "")).toEqual([]);
});

test("dates as the service reads them", () => {
  expect(["2027-02-01", "1-2-2027", "29-02-2028"].every(isDate)).toBe(true);
  expect(["2027-2-1", "29-2-2027", "1/2/2027", "2027-13-01", "00-01-2027"].some(isDate)).toBe(false);
});

test("what is sent has the service's names, only its columns, and quotes where they are needed", () => {
  const text = new TextDecoder().decode(fileOf(sheet(good), mapping, defs));
  const [first, second] = text.split("\n");
  expect(first).toBe("leerbedrijf;leerplaats;bedrijfsnaam;kvk;postcode;opleidingen;leerweg;plaatsen;van;tot;uren;eisen;wegingen");
  expect(second).toContain('"Zorg; ""Zon"""');
  expect(text).not.toContain("weg\n");
});

test("what the service found is shown at its row", () => {
  const found = problemsOfService([create(FileProblemSchema, { line: 3n, column: "kvk", messageNl: "fout", messageEn: "wrong" }), create(FileProblemSchema, { line: 0n, messageNl: "bestand", messageEn: "file" })]);
  expect(found).toEqual([
    { row: 1, column: "kvk", text: "fout" },
    { row: -1, column: "", text: "bestand" },
  ]);
});

test("mending makes another sheet and leaves the old one", () => {
  const before = sheet(good, good);
  const after = withCell(before, mapping, 1, "kvk", "87654321");
  expect(after.rows[1]?.[3]).toBe("87654321");
  expect(before.rows[1]?.[3]).toBe("12345678");
  expect(after.rows[0]).toBe(before.rows[0]);
  expect(withoutRow(before, 0).lines).toEqual([3]);
});
