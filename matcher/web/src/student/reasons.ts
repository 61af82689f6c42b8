// Reasons as a student gives them: what the catalogue says of "the student" is said in the first person here.
import type { Reason } from "~gen/stagematch/v1/operation_pb.ts";
import { reasonText } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";

const own: Record<string, readonly [nl: string, en: string]> = {
  "ongewenst-gedrag": ["Ik kreeg te maken met discriminatie of ander ongewenst gedrag", "I met with discrimination or other unacceptable behaviour"],
  "gestopt-met-opleiding": ["Ik ben gestopt met mijn opleiding, of ik ga iets anders doen", "I left my programme, or I am changing to another"],
  "periode-student-veranderd": ["Mijn periode, uren of dagen zijn veranderd", "My period, hours or days have changed"],
  "persoonlijke-reden": ["Ik kan nu niet door een persoonlijke reden (we vragen niet welke)", "I cannot now for a personal reason (we do not ask which)"],
  "plek-elders": ["Ik heb zelf een andere plek gevonden", "I found another place myself"],
  "ander-werk-gewenst": ["Ik wil liever ander werk leren", "I would rather learn other work"],
  "eerdere-ervaring": ["Ik werkte of liep stage bij dit bedrijf, en wil of moet iets anders leren", "I worked or trained at this company before, and want or need to learn something else"],
  "persoonlijke-band": ["Ik heb familie of een andere nauwe band op deze plek", "I have family or another close tie at this place"],
};

export function ownReasonText(reason: Reason): string {
  const words = own[reason.code];
  return words ? tr(words[0], words[1]) : reasonText(reason);
}
