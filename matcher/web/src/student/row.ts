// A row of a round's sealed input, as ExportRound's students_csv has it, in words.
import { day, number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";

export type Field = readonly [name: string, value: string];

const none = () => tr("niets", "nothing");
const list = (value: string, mark: string) => value.split(mark).filter(Boolean).join(", ") || none();

type Column = { name: () => string; say?: (value: string) => string };

const columns: readonly Column[] = [
  { name: () => tr("School (code)", "School (code)") },
  { name: () => tr("Willekeurig nummer in plaats van je naam", "Random number in place of your name") },
  { name: () => tr("Postcodegebied", "Postcode area") },
  { name: () => tr("Opleiding (code)", "Study programme (code)") },
  { name: () => tr("Leerweg", "Route") },
  { name: () => tr("Leerjaar", "Year") },
  { name: () => tr("Van", "From"), say: day },
  { name: () => tr("Tot en met", "To"), say: day },
  { name: () => tr("Uren per week", "Hours a week") },
  { name: () => tr("Dagen", "Days"), say: (value) => list(value, " ") },
  { name: () => tr("Hoogste afstand", "Longest distance"), say: (value) => (Number.isFinite(Number(value)) ? `${number(Number(value))} km` : value) },
  { name: () => tr("Vaardigheden met niveau", "Skills with level"), say: (value) => list(value.replaceAll("=", " "), "|") },
  { name: () => tr("Interesses", "Interests"), say: (value) => list(value, "|") },
  { name: () => tr("Overgeslagen plekken", "Places left out"), say: (value) => list(value, "|") },
  { name: () => tr("Jouw lijst, beste eerst", "Your list, best first"), say: (value) => list(value, ">") },
];

/** Empty where the row has other columns than are known here: then only the row itself can be shown. */
export function fieldsOf(row: string): Field[] {
  const cells = row.split(";");
  if (cells.length !== columns.length) return [];
  return columns.map(({ name, say }, i) => [name(), say ? say(cells[i] ?? "") : cells[i] || none()]);
}
