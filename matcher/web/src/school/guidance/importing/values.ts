// How a value is written: what people and spreadsheets write differently is made what the service reads; nothing is guessed.
import type { FieldKey } from "./columns.ts";

const longDays: Record<string, string> = { maandag: "ma", dinsdag: "di", woensdag: "wo", donderdag: "do", vrijdag: "vr", zaterdag: "za", zondag: "zo" };
const sexes: Record<string, string> = { man: "m", vrouw: "v", male: "m", female: "v", f: "v", "m/v/x": "", onbekend: "" };

/** "01/02/2027", "1.2.2027" and "20270201" as "2027-02-01"; day first, as Dutch people write it. What is no date stays. */
export function isoDate(value: string): string {
  const [, year, month, day] = /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ]00:00(?::00)?)?$/.exec(value) ?? [];
  if (year && month && day) return `${year}-${month}-${day}`;
  const [, d, m, y] = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/.exec(value) ?? [];
  return d && m && y ? `${y}-${m.padStart(2, "0")}-${d.padStart(2, "0")}` : value;
}

function dayList(value: string): string {
  return value
    .toLowerCase()
    .split(/[\s,;|/+]+/)
    .filter(Boolean)
    .map((day) => longDays[day] ?? day)
    .join(" ");
}

const whole = (value: string) => value.replace(/^(\d+)[.,]0+$/, "$1");

export function tidy(key: FieldKey, given: string): string {
  const value = given.replace(/[\u00a0\r\n\t]+/g, " ").trim();
  if (value === "") return "";
  switch (key) {
    case "geboortedatum":
    case "van":
    case "tot":
      return isoDate(value);
    case "leerweg":
      return value.toUpperCase();
    case "school":
      return value.toUpperCase();
    case "geslacht":
      return sexes[value.toLowerCase()] ?? value.toLowerCase();
    case "postcode":
      return value.toUpperCase().replace(/^(\d{4})\s*([A-Z]{2})$/, "$1 $2");
    case "dagen":
      return dayList(value);
    case "leerjaar":
    case "uren":
    case "max_km":
    case "opleiding":
    case "studentnummer":
      return whole(value);
    case "vaardigheden":
    case "tags":
    case "uitsluiten":
      return value.replace(/\s*[|;,]\s*/g, "|");
    case "voorkeuren":
      return value.replace(/\s*>\s*/g, ">");
    default:
      return value;
  }
}
