// A place while it is being filled in: what a form holds, what is still wrong with it, and what is sent.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { type Day, Leerweg } from "~gen/stagematch/v1/common_pb.ts";
import type { Placement, PlacementSchema } from "~gen/stagematch/v1/placement_pb.ts";
import { type Criteria, criteriaOf, noCriteria } from "~/base/criteria.ts";
import { tr } from "~/base/language.ts";

export type Draft = {
  leerbedrijf: string;
  leerplaats: string;
  companyName: string;
  kvk: string;
  postcode: string;
  qualifications: string[];
  leerweg: Leerweg;
  capacity: string;
  startDate: string;
  endDate: string;
  hoursPerWeek: string;
  days: Day[];
  criteria: Criteria;
  tags: string[];
  allowance: string;
  title: string;
  description: string;
};

/** A name for a place within the company: nobody needs to think of one. */
export function newPlaceCode(): string {
  const letters = "abcdefghjkmnpqrstuvwxyz23456789";
  const drawn = crypto.getRandomValues(new Uint8Array(8));
  return `plek-${Array.from(drawn, (byte) => letters[byte % letters.length]).join("")}`;
}

/** `known`: another place of the same company, for what is the same for all of them. */
export function emptyDraft(leerbedrijf: string, known?: Placement): Draft {
  return {
    leerbedrijf: known?.leerbedrijf || leerbedrijf,
    leerplaats: newPlaceCode(),
    companyName: known?.companyName ?? "",
    kvk: known?.kvk ?? "",
    postcode: known?.postcode ?? "",
    qualifications: known ? [...known.qualifications] : [],
    leerweg: known?.leerweg ?? Leerweg.BOL,
    capacity: "1",
    startDate: "",
    endDate: "",
    hoursPerWeek: "",
    days: [],
    criteria: noCriteria,
    tags: [],
    allowance: "",
    title: "",
    description: "",
  };
}

export function draftOf(placement: Placement): Draft {
  return {
    leerbedrijf: placement.leerbedrijf,
    leerplaats: placement.leerplaats,
    companyName: placement.companyName,
    kvk: placement.kvk,
    postcode: placement.postcode,
    qualifications: [...placement.qualifications],
    leerweg: placement.leerweg,
    capacity: String(placement.capacity),
    startDate: placement.startDate,
    endDate: placement.endDate,
    hoursPerWeek: String(placement.hoursPerWeek),
    days: [...placement.days],
    criteria: criteriaOf(placement),
    tags: [...placement.tags],
    allowance: placement.allowanceCents ? (placement.allowanceCents / 100).toFixed(2).replace(".", ",").replace(",00", "") : "",
    title: placement.title,
    description: placement.description,
  };
}

/** The same place once more, another of its kind. */
export const copyOf = (placement: Placement): Draft => ({ ...draftOf(placement), leerplaats: newPlaceCode() });

/** "350" or "350,50" as cents; null where it is neither. */
export function cents(text: string): number | null {
  const found = /^(\d{1,6})(?:[.,](\d{1,2}))?$/.exec(text.trim());
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "0").padEnd(2, "0")) : null;
}

export function placementOf(draft: Draft): MessageInitShape<typeof PlacementSchema> {
  return {
    leerbedrijf: draft.leerbedrijf,
    leerplaats: draft.leerplaats,
    companyName: draft.companyName.trim(),
    kvk: draft.kvk.trim(),
    postcode: draft.postcode.trim().toUpperCase(),
    qualifications: draft.qualifications,
    leerweg: draft.leerweg,
    capacity: Number(draft.capacity),
    startDate: draft.startDate,
    endDate: draft.endDate,
    hoursPerWeek: Number(draft.hoursPerWeek),
    days: draft.days,
    ...draft.criteria,
    tags: draft.tags,
    allowanceCents: draft.allowance.trim() === "" ? 0 : (cents(draft.allowance) ?? 0),
    title: draft.title.trim(),
    description: draft.description.trim(),
  };
}

export type Problems = Partial<Record<keyof Draft, string>>;

const whole = (text: string, least: number, most: number) => /^\d{1,5}$/.test(text.trim()) && Number(text) >= least && Number(text) <= most;

function workProblems(draft: Draft): Problems {
  const problems: Problems = {};
  if (draft.title.trim() === "") problems.title = tr("Geef de plek een naam, zoals: helpen in de keuken.", "Give the place a name, such as: helping in the kitchen.");
  if (draft.qualifications.length === 0) problems.qualifications = tr("Kies voor welke opleiding de plek is.", "Choose which programme the place is for.");
  if (!whole(draft.capacity, 1, 10_000)) problems.capacity = tr("Vul een heel getal in, 1 of meer.", "Enter a whole number, 1 or more.");
  if (draft.companyName.trim() === "") problems.companyName = tr("Vul de naam van je bedrijf in.", "Enter the name of your company.");
  if (!/^\d{8}$/.test(draft.kvk.trim())) problems.kvk = tr("Een KvK-nummer heeft acht cijfers.", "A Chamber of Commerce number has eight digits.");
  if (!/^\d{4}\s?([A-Za-z]{2})?$/.test(draft.postcode.trim())) problems.postcode = tr("Schrijf de postcode als 1012 AB.", "Write the postcode as 1012 AB.");
  return problems;
}

function timeProblems(draft: Draft): Problems {
  const problems: Problems = {};
  if (draft.startDate === "") problems.startDate = tr("Kies de eerste dag.", "Choose the first day.");
  if (draft.endDate === "") problems.endDate = tr("Kies de laatste dag.", "Choose the last day.");
  else if (draft.endDate < draft.startDate) problems.endDate = tr("De laatste dag ligt voor de eerste.", "The last day is before the first.");
  if (!whole(draft.hoursPerWeek, 1, 40)) problems.hoursPerWeek = tr("Vul een getal in van 1 tot 40.", "Enter a number from 1 to 40.");
  if (draft.allowance.trim() !== "" && cents(draft.allowance) === null) problems.allowance = tr("Schrijf een bedrag als 350 of 350,50.", "Write an amount as 350 or 350.50.");
  return problems;
}

/** What is still wrong in each step of the form: the work, the time, the criteria, the check. */
export const problemsOf: readonly ((draft: Draft) => Problems)[] = [workProblems, timeProblems, () => ({}), () => ({})];

const fieldNames: Partial<Record<string, { field: keyof Draft; step: number }>> = {
  leerbedrijf: { field: "leerbedrijf", step: 0 },
  company_name: { field: "companyName", step: 0 },
  kvk: { field: "kvk", step: 0 },
  postcode: { field: "postcode", step: 0 },
  qualifications: { field: "qualifications", step: 0 },
  leerweg: { field: "leerweg", step: 0 },
  capacity: { field: "capacity", step: 0 },
  title: { field: "title", step: 0 },
  description: { field: "description", step: 0 },
  start_date: { field: "startDate", step: 1 },
  end_date: { field: "endDate", step: 1 },
  hours_per_week: { field: "hoursPerWeek", step: 1 },
  days: { field: "days", step: 1 },
  allowance_cents: { field: "allowance", step: 1 },
  hard_criteria: { field: "criteria", step: 2 },
  weighted_criteria: { field: "criteria", step: 2 },
};

/** Where the service's refusal of a field is mended: which field, in which step. */
export const whereToMend = (field: string): { field: keyof Draft; step: number } | undefined => fieldNames[field];
