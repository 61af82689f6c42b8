// The questions, in their order: which there are for this reporter, and what is still missing.
import { ReportDesk, ReportNature, ReportPhase, ReportWish, type GetReportFormResponse } from "~gen/stagematch/v1/report_pb.ts";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import { tr } from "~/base/language.ts";
import type { Draft, Reporter } from "./draft.ts";

export type StepName = "school" | "phase" | "grounds" | "nature" | "text" | "company" | "wish" | "desk" | "routes" | "name" | "check";

type Step = { name: StepName; title: () => string; missing: (draft: Draft, form: GetReportFormResponse) => string; needed?: (reporter: Reporter) => boolean };

const bytes = (text: string) => new TextEncoder().encode(text).length;
const ok = () => "";

const steps: readonly Step[] = [
  {
    name: "school",
    title: () => tr("Over welke school gaat het?", "Which school is it about?"),
    missing: ({ hasCode, schoolCode, school }) => (hasCode ? (schoolCode.trim() ? "" : tr("Vul de code van je school in.", "Enter the code of your school.")) : school ? "" : tr("Kies een school.", "Choose a school.")),
    needed: ({ signedIn, role }) => !signedIn || role !== Role.STUDENT,
  },
  { name: "phase", title: () => tr("Wanneer gebeurde het?", "When did it happen?"), missing: ({ phase }) => (phase !== ReportPhase.UNSPECIFIED ? "" : tr("Kies wanneer het gebeurde.", "Choose when it happened.")) },
  { name: "nature", title: () => tr("Wat voor iets gebeurde er?", "What kind of thing happened?"), missing: ({ nature }) => (nature !== ReportNature.UNSPECIFIED ? "" : tr("Kies wat het meest past.", "Choose what fits best.")) },
  { name: "grounds", title: () => tr("Waar had het mee te maken?", "What did it have to do with?"), missing: ({ grounds }) => (grounds.length ? "" : tr("Kies er een of meer. Je mag ook kiezen dat je het niet weet.", "Choose one or more. You can also choose that you do not know.")) },
  {
    name: "text",
    title: () => tr("Wat is er gebeurd?", "What happened?"),
    missing: ({ text }, form) =>
      text.trim() === "" ? tr("Schrijf in je eigen woorden wat er gebeurde.", "Write in your own words what happened.") : bytes(text) > form.textBytesMax ? tr("Dit is te lang. Maak het korter, of stuur de rest straks als bestand mee.", "This is too long. Make it shorter, or attach the rest as a file later.") : "",
  },
  { name: "company", title: () => tr("Over welk bedrijf gaat het?", "Which company is it about?"), missing: ok },
  { name: "wish", title: () => tr("Wat wil je dat er gebeurt?", "What do you want to happen?"), missing: ({ wish }) => (wish !== ReportWish.UNSPECIFIED ? "" : tr("Kies wat je nu wilt. Je kunt later iets anders willen.", "Choose what you want now. You can want something else later.")) },
  { name: "desk", title: () => tr("Wie mag je melding lezen?", "Who may read your report?"), missing: ({ desk }) => (desk !== ReportDesk.UNSPECIFIED ? "" : tr("Kies wie je melding leest.", "Choose who reads your report.")) },
  { name: "routes", title: () => tr("Wil je ook ergens anders heen?", "Do you want to go elsewhere, too?"), missing: ok },
  { name: "name", title: () => tr("Wil je je naam geven?", "Do you want to give your name?"), missing: ok },
  { name: "check", title: () => tr("Klopt dit?", "Is this right?"), missing: ok },
];

export const stepsFor = (reporter: Reporter): readonly Step[] => steps.filter((step) => step.needed?.(reporter) ?? true);
