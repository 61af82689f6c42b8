// The import of students: which column is which, how values are written, what is wrong in a row, and what a file would change.
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { Day, FileProblemSchema, Leerweg } from "~gen/stagematch/v1/common_pb.ts";
import { StudentIdentitySchema } from "~gen/stagematch/v1/identity_pb.ts";
import { StagevraagSchema, StagevraagState } from "~gen/stagematch/v1/student_pb.ts";
import { type FieldKey, fieldAt, fields, guess, sample } from "~/school/guidance/importing/columns.ts";
import { type Compared, compare, type Existing, existingKey, missingOf, valuesOf } from "~/school/guidance/importing/compare.ts";
import { fileOf, findIssues, problemsOf, put, recheck, rowsOf } from "~/school/guidance/importing/issues.ts";
import { tidy } from "~/school/guidance/importing/values.ts";
import { checkRow, duplicates, isDate, type Row, valueOf } from "~/school/guidance/importing/validate.ts";

const rules = { schools: ["99AA", "99AB"], today: "2026-11-25" };
const right = Object.fromEntries(sample.header.map((key, i) => [key, sample.rows[0]?.[i] ?? ""])) as Record<FieldKey, string>;

function rowOf(other: Partial<Record<FieldKey, string>> = {}, line = 2): Row {
  const all = { ...right, ...other };
  return { line, values: fields.map(({ key }) => all[key]) };
}

const wrongs = (other: Partial<Record<FieldKey, string>>) => checkRow(rowOf(other), rules).map((one) => `${one.key}:${one.wrong}`);

describe("columns", () => {
  it("knows every column by its own name, in any order and case", () => {
    const header = fields.map((field) => field.key.toUpperCase()).reverse();
    expect(guess(header)).toEqual(fields.map((field) => field.key).reverse());
  });
  it("knows what systems call them", () => {
    expect(guess(["BRIN-code", "Deelnemernr.", "Roepnaam", "Voorvoegsel", "Geslachtsnaam", "E-mailadres", "Crebo", "Begindatum", "Einddatum", "Uren per week"])).toEqual([
      "school",
      "studentnummer",
      "voornaam",
      "tussenvoegsel",
      "achternaam",
      "email",
      "opleiding",
      "van",
      "tot",
      "uren",
    ]);
  });
  it("uses a field once, for the column with its very name", () => {
    expect(guess(["nummer", "studentnummer", "deelnemernummer"])).toEqual(["", "studentnummer", ""]);
  });
  it("leaves origin and the like behind", () => {
    expect(guess(["Geboorteland", "geboorteland_ouder1", "Nationaliteit", "BSN", "Religie", "favoriete kleur"])).toEqual(["personal", "personal", "personal", "personal", "personal", ""]);
  });
  it("gives a sample that is right", () => {
    for (const values of sample.rows) {
      const row = { line: 2, values: values.map((value, i) => tidy(sample.header[i] ?? "tags", value)) };
      expect(checkRow(row, rules)).toEqual([]);
    }
  });
});

describe("values", () => {
  it.each([
    ["van", "1-2-2027", "2027-02-01"],
    ["van", "01/02/2027", "2027-02-01"],
    ["van", "20270201", "2027-02-01"],
    ["van", "februari", "februari"],
    ["leerweg", "bol", "BOL"],
    ["geslacht", "Vrouw", "v"],
    ["postcode", "1012ab", "1012 AB"],
    ["dagen", "Maandag, di;Wo", "ma di wo"],
    ["uren", "24,0", "24"],
    ["opleiding", "25656.0", "25656"],
    ["vaardigheden", "samenwerken=3; ehbo=2", "samenwerken=3|ehbo=2"],
    ["voornaam", "  Jan\u00a0Peter ", "Jan Peter"],
  ] as const)("%s %s becomes %s", (key, given, made) => expect(tidy(key, given)).toBe(made));
});

describe("checks", () => {
  it("finds nothing in a right row", () => expect(wrongs({})).toEqual([]));
  it.each([
    [{ studentnummer: "" }, "studentnummer:required"],
    [{ school: "9AAA" }, "school:brin"],
    [{ school: "25PT" }, "school:scope"],
    [{ opleiding: "2565" }, "opleiding:qualification"],
    [{ leerweg: "VMBO" }, "leerweg:leerweg"],
    [{ leerjaar: "9" }, "leerjaar:year"],
    [{ van: "2027-02-30" }, "van:date"],
    [{ van: "2027-08-01" }, "tot:reversed"],
    [{ uren: "24.5" }, "uren:hours"],
    [{ uren: "41" }, "uren:hours"],
    [{ dagen: "ma ma" }, "dagen:twice"],
    [{ dagen: "ma xx" }, "dagen:days"],
    [{ max_km: "0" }, "max_km:km"],
    [{ postcode: "012 AB" }, "postcode:postcode"],
    [{ email: "noor@" }, "email:email"],
    [{ email: "noor..x@school.nl" }, "email:email"],
    [{ telefoon: "1234" }, "telefoon:phone"],
    [{ geslacht: "q" }, "geslacht:sex"],
    [{ geboortedatum: "2026-11-26" }, "geboortedatum:future"],
    [{ vaardigheden: "samenwerken=6" }, "vaardigheden:skills"],
    [{ vaardigheden: "a=1|a=2" }, "vaardigheden:twice"],
    [{ vaardigheden: Array.from({ length: 65 }, (_, i) => `s${i}=1`).join("|") }, "vaardigheden:many"],
    [{ tags: "twee woorden" }, "tags:tags"],
    [{ voorkeuren: "990000001/vig 1" }, "voorkeuren:places"],
  ])("%o: %s", (other, found) => expect(wrongs(other as Partial<Record<FieldKey, string>>)).toEqual([found]));
  it("knows leap years", () => {
    expect(isDate("2028-02-29")).toBe(true);
    expect(isDate("2027-02-29")).toBe(false);
  });
  it("finds a stagevraag that stands in the file before, unless a line is left out", () => {
    const rows = [rowOf({}, 2), rowOf({ van: "2027-03-01" }, 3), rowOf({ uren: "8" }, 4)];
    expect([...duplicates(rows)].map(([row, line]) => [row.line, line])).toEqual([[4, 2]]);
    rows[0]!.out = true;
    expect(duplicates(rows).size).toBe(0);
  });
});

describe("issues", () => {
  const sheet = (rows: string[][]) => ({ header: ["opleiding", "studentnummer"], rows, lines: rows.map((_, i) => i + 2) });
  const constants = { ...right, opleiding: "", studentnummer: "" };
  it("takes the same mistake together, and puts it right in all rows at once", async () => {
    const rows = await rowsOf(sheet([["2565", "1"], ["2565", "2"], ["25656", "3"]]), ["opleiding", "studentnummer"], constants);
    const issues = await findIssues(rows, rules);
    expect(issues.map((one) => [one.key, one.wrong, one.rows.length])).toEqual([["opleiding", "qualification", 2]]);
    put(issues[0]!, " 25656 ");
    recheck(issues[0]!, rules, duplicates(rows));
    expect(issues[0]!.wrong).toBeUndefined();
    expect(rows.map((row) => valueOf(row, "opleiding"))).toEqual(["25656", "25656", "25656"]);
  });
  it("never fills one student's own value in for another", async () => {
    const rows = await rowsOf(sheet([["25656", ""], ["25656", ""]]), ["opleiding", "studentnummer"], constants);
    const issues = await findIssues(rows, rules);
    expect(issues.map((one) => [one.key, one.wrong, one.rows.length])).toEqual([
      ["studentnummer", "required", 1],
      ["studentnummer", "required", 1],
    ]);
  });
  it("sends what is left as it is, without columns that nobody filled in", () => {
    const text = new TextDecoder().decode(fileOf([rowOf({ achternaam: 'De "Vries"; jr', telefoon: "+31612345678", tags: "" })]));
    const [header = "", line = ""] = text.split("\n");
    expect(header.split(";")).not.toContain("tags");
    expect(line).toContain('"De ""Vries""; jr"');
    expect(line).toContain(";+31612345678;");
  });
});

describe("the service's problems", () => {
  const problem = (line: bigint, column: string) => create(FileProblemSchema, { line, column, code: "postcode.unknown", messageNl: "een postcode die er niet is" });
  it("go to the rows that were sent, however their lines in the file were", () => {
    const rows = [rowOf({}, 5), rowOf({}, 9)];
    const { issues, other } = problemsOf([problem(3n, "postcode"), problem(0n, ""), problem(2n, "iets")], rows);
    expect(issues.map((one) => [one.rows[0]?.line, one.key, one.said])).toEqual([[9, "postcode", "een postcode die er niet is"]]);
    expect(other.map((one) => one.line)).toEqual([0n, 2n]);
  });
  it("are over once the value is another", () => {
    const rows = [rowOf()];
    const [issue] = problemsOf([problem(2n, "postcode")], rows).issues;
    put(issue!, "3431 AB");
    recheck(issue!, rules, duplicates(rows));
    expect([issue!.said, issue!.wrong]).toEqual([undefined, undefined]);
  });
});

describe("comparing", () => {
  const existing = (number: string, state = StagevraagState.FREE): Existing => ({
    stagevraag: create(StagevraagSchema, {
      stagevraagId: number,
      school: "99AA",
      state,
      profile: {
        qualification: "25656",
        leerweg: Leerweg.BOL,
        year: 2,
        startDate: "2027-02-01",
        endDate: "2027-07-09",
        hoursPerWeek: 24,
        days: [Day.MONDAY, Day.TUESDAY, Day.WEDNESDAY],
        pc4: "1012",
        maxKm: 25,
        skills: [
          { skill: "rapporteren", level: 2 },
          { skill: "samenwerken", level: 3 },
        ],
        tags: ["ouderen"],
        preferred: ["990000001/vig-1"],
      },
    }),
    student: create(StudentIdentitySchema, {
      stagevraagId: number,
      school: "99AA",
      studentNumber: number,
      identity: { firstName: "Noor", infix: "de", lastName: "Vries", birthDate: "2008-03-14", sex: "v", email: "noor.devries@student.example", phone: "0612345678", postcode: "1012 AB" },
    }),
  });
  const look = (rows: Row[], known: Existing[]): Compared => {
    const into: Compared = { fresh: [], changed: [], same: 0, missing: missingOf(known, rows) };
    compare(rows, new Map(known.map((one) => [existingKey(one), one])), into);
    return into;
  };
  it("finds the same, also in another order and with wishes that the file lacks", () => {
    const found = look([rowOf({ vaardigheden: "samenwerken=3|rapporteren=2", dagen: "wo di ma", voorkeuren: "" })], [existing("1000001")]);
    expect([found.fresh.length, found.changed, found.same]).toEqual([0, [], 1]);
  });
  it("says what changes", () => {
    const found = look([rowOf({ uren: "32", email: "" })], [existing("1000001")]);
    expect(found.changed[0]?.changes).toEqual([
      { key: "email", from: "noor.devries@student.example", to: "" },
      { key: "uren", from: "24", to: "32" },
    ]);
  });
  it("takes another period for another stagevraag", () => expect(look([rowOf({ van: "2027-03-01" })], [existing("1000001")]).fresh.length).toBe(1));
  it("names who is missing and still looks, of the schools in the file alone", () => {
    const elsewhere = existing("4");
    elsewhere.stagevraag.school = "99AB";
    const found = look([rowOf()], [existing("1000001"), existing("2"), existing("3", StagevraagState.COMPLETED), elsewhere]);
    expect(found.missing.map((one) => one.student.studentNumber)).toEqual(["2"]);
  });
  it("writes a stagevraag as a row that is right", () => {
    const values = valuesOf(existing("1000001"));
    expect(checkRow({ line: 2, values: fields.map(({ key }) => values[key]) }, rules)).toEqual([]);
    expect(values.dagen).toBe("ma di wo");
    expect(fieldAt.size).toBe(fields.length);
  });
});
