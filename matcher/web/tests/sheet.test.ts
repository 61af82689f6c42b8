import { expect, test } from "vitest";
import { cellText, decodeText, findSeparator, readSheet, sheetOf } from "~/base/sheet.ts";
import { Told } from "~/base/request.ts";

const file = (content: string | Uint8Array<ArrayBuffer>) => new Blob([content]);
const latin = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

test("semicolons, commas and tabs", async () => {
  for (const sign of [";", ",", "\t"]) {
    const sheet = await readSheet(file(`naam${sign}plaats\r\nJan${sign}Delft\r\n`));
    expect(sheet).toEqual({ header: ["naam", "plaats"], rows: [["Jan", "Delft"]], lines: [2] });
  }
});

test("a sep= line says what parts cells, and is no row", async () => {
  const sheet = await readSheet(file("sep=,\na,b\n1,2;3\n"));
  expect(sheet).toEqual({ header: ["a", "b"], rows: [["1", "2;3"]], lines: [2] });
});

test("a separator within quotes does not count", () => {
  expect(findSeparator('"a,b,c";d\n').separator).toBe(";");
});

test("UTF-8 with and without a mark, UTF-16 and Windows-1252", async () => {
  const marked = Uint8Array.of(0xef, 0xbb, 0xbf, ...new TextEncoder().encode("naam\nZoë\n"));
  expect((await readSheet(file(marked))).header).toEqual(["naam"]);
  expect((await readSheet(file("naam\nZoë\n"))).rows).toEqual([["Zoë"]]);
  expect((await readSheet(file(latin("naam\nZo\xeb\n")))).rows).toEqual([["Zoë"]]);
  const wide = new Uint8Array([0xff, 0xfe, ...[..."naam\nZoë\n"].flatMap((char) => [char.charCodeAt(0) & 255, char.charCodeAt(0) >> 8])]);
  expect((await readSheet(file(wide))).rows).toEqual([["Zoë"]]);
  expect(decodeText(latin("Zo\xeb"))).toBe("Zoë");
});

test("quoted cells may hold separators, quotes and line breaks", async () => {
  const sheet = await readSheet(file('a;b\n"x;""y""";"een\ntwee"\n3;4\n'));
  expect(sheet.rows).toEqual([['x;"y"', "een\ntwee"], ["3", "4"]]);
  expect(sheet.lines).toEqual([2, 3]);
});

test("empty rows are left out, and lines stay those of the spreadsheet", () => {
  const sheet = sheetOf([["a", "b"], ["1", "2"], ["", " "], ["3"]]);
  expect(sheet.rows).toEqual([["1", "2"], ["3", ""]]);
  expect(sheet.lines).toEqual([2, 4]);
});

test("empty columns at the end of the heading are none", () => {
  expect(sheetOf([["a", "", ""], ["1", "", ""]]).header).toEqual(["a"]);
});

test("cells of XLSX: a date is a day, a number stays as it is", () => {
  expect(cellText(new Date(Date.UTC(2027, 1, 1)))).toBe("2027-02-01");
  expect(cellText(12345678)).toBe("12345678");
  expect(cellText(null)).toBe("");
  expect(cellText("  x ")).toBe("x");
});

test("what cannot be read is told in words", async () => {
  await expect(readSheet(file(""))).rejects.toBeInstanceOf(Told);
  await expect(readSheet(file("alleen;een;kop\n"))).rejects.toBeInstanceOf(Told);
  await expect(readSheet(file(Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 1, 2)))).rejects.toThrow(/\.xls/);
  await expect(readSheet(file(Uint8Array.of(0x61, 0, 0x62)))).rejects.toBeInstanceOf(Told);
});
