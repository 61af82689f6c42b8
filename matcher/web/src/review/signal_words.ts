// What the rules, units and statuses of signals are called, and what else could explain a pattern.
import { PointOutcome, SignalAssessment, SignalRule, SignalStatus, SignalUnit, type Signal } from "~gen/stagematch/v1/signal_pb.ts";
import { tr } from "~/base/language.ts";
import type { Word } from "~/base/words.ts";

type Pair = readonly [nl: string, en: string];

type RuleWords = { code: string; name: Pair; question: Pair; other: readonly Pair[] };

const rules: Partial<Record<SignalRule, RuleWords>> = {
  [SignalRule.UNEXPLAINED]: {
    code: "R1",
    name: ["Afwijzing zonder duidelijke reden", "Rejection without a clear reason"],
    question: ["Waarom koos het bedrijf ‘anders’, of een reden die niet klopt met wat is vastgelegd?", "Why did the company choose ‘other’, or a reason that does not fit what was recorded?"],
    other: [
      ["Het bedrijf kent de redenen op de lijst niet goed.", "The company does not know the reasons of the list well."],
      ["De goede reden staat niet op de lijst.", "The right reason is not on the list."],
    ],
  },
  [SignalRule.AFTER_RELEASE]: {
    code: "R2",
    name: ["Afgehaakt nadat de naam bekend was", "Dropped after the name was known"],
    question: ["Wijst het bedrijf vaker af zodra het weet wie de student is?", "Does the company reject more once it knows who the student is?"],
    other: [
      ["De kennismaking liet iets zien wat vooraf niet te zien was.", "The introduction showed something that could not be seen before."],
      ["Het bedrijf kreeg er intussen minder werk bij.", "The company had less work in the meantime."],
    ],
  },
  [SignalRule.WITHDRAWN]: {
    code: "R3",
    name: ["Plek weg na vrijgave, en opnieuw aangeboden", "Place withdrawn after release, and offered again"],
    question: ["Is de plek ingetrokken om een student niet te hoeven nemen?", "Was the place withdrawn so as not to take a student?"],
    other: [["Een begeleider viel uit en er kwam een nieuwe.", "A supervisor dropped out and another came."]],
  },
  [SignalRule.MOVED_GOALPOSTS]: {
    code: "R4",
    name: ["Eisen veranderd nadat een kandidaat te zien was", "Criteria changed after a candidate was shown"],
    question: ["Zijn de eisen veranderd vanwege een kandidaat?", "Were the criteria changed because of a candidate?"],
    other: [["Het werk op de plek is echt veranderd.", "The work at the place did change."]],
  },
  [SignalRule.SILENCE]: {
    code: "R5",
    name: ["Geen antwoord binnen de termijn", "No answer within the term"],
    question: ["Laat het bedrijf kandidaten liggen?", "Does the company leave candidates waiting?"],
    other: [
      ["De contactpersoon was ziek of met vakantie.", "The contact was ill or on holiday."],
      ["De berichten komen niet aan.", "The messages do not arrive."],
    ],
  },
  [SignalRule.ASKS_FOR_MORE]: {
    code: "R6",
    name: ["Vraagt meer dan mag", "Asks for more than is allowed"],
    question: ["Waarom wil het bedrijf de naam of iets buiten de eisen weten?", "Why does the company want the name, or something outside the criteria?"],
    other: [["Het bedrijf kent de werkwijze nog niet.", "The company does not know the procedure yet."]],
  },
  [SignalRule.NOT_OBJECTIVE]: {
    code: "R7",
    name: ["Toelichting zonder objectieve eis", "Explanation without an objective criterion"],
    question: ["Gaat de toelichting over het werk, of over de persoon?", "Is the explanation about the work, or about the person?"],
    other: [["De schrijver bedoelde een eis, maar noemde hem niet.", "The writer meant a criterion, but did not name it."]],
  },
  [SignalRule.ENDED_EARLY]: {
    code: "R8",
    name: ["Gestopt in de eerste weken", "Ended in the first weeks"],
    question: ["Waarom stopt het bedrijf zo snel?", "Why does the company end it so soon?"],
    other: [
      ["Er was te weinig begeleiding op de plek.", "There was too little guidance at the place."],
      ["De student en het werk pasten niet bij elkaar.", "Student and work did not fit."],
    ],
  },
  [SignalRule.REPORT]: {
    code: "R9",
    name: ["Meldingen", "Reports"],
    question: ["Wat is er gemeld, en wat heeft de melder nodig?", "What was reported, and what does the reporter need?"],
    other: [["Meer meldingen over hetzelfde kunnen van één groep komen.", "Several reports about one thing can come from one group."]],
  },
  [SignalRule.SCHOOL_VETOES]: {
    code: "R11",
    name: ["School houdt voorstellen tegen", "School stops proposals"],
    question: ["Waarom houdt de school meer tegen dan andere?", "Why does the school stop more than others?"],
    other: [["De gegevens van de studenten waren niet bij.", "The students’ records were not up to date."]],
  },
  [SignalRule.SCHOOL_DECLINES]: {
    code: "R11",
    name: ["School wijst af namens bedrijven", "School declines on behalf of companies"],
    question: ["Waarom zegt de coördinator vaker nee dan bedrijven zelf?", "Why does the coördinator say no more often than others?"],
    other: [["Deze bedrijven hadden echt geen plek.", "These companies had no room."]],
  },
  [SignalRule.SCHOOL_LEVELS]: {
    code: "R11",
    name: ["School verandert niveaus", "School changes levels"],
    question: ["Waarom worden niveaus zo vaak veranderd?", "Why are levels changed so often?"],
    other: [["De niveaus waren te vroeg vastgelegd.", "The levels were recorded too early."]],
  },
};

const words = (rule: SignalRule): RuleWords => rules[rule] ?? { code: "?", name: ["Onbekend", "Unknown"], question: ["", ""], other: [] };

export const ruleCode = (rule: SignalRule): string => words(rule).code;
export const ruleText = (rule: SignalRule): string => tr(...words(rule).name);
export const ruleQuestion = (rule: SignalRule): string => tr(...words(rule).question);
export const otherExplanations = (rule: SignalRule): string[] => words(rule).other.map((pair) => tr(...pair));

export function statusWord(status: SignalStatus): Word {
  switch (status) {
    case SignalStatus.SIGNAL:
      return { text: tr("Patroon: bekijk dit", "Pattern: look at this"), tone: "warning" };
    case SignalStatus.OBSERVE:
      return { text: tr("Meer dan verwacht", "More than expected"), tone: "info" };
    case SignalStatus.NONE:
      return { text: tr("Geen patroon te zien", "No pattern to be seen"), tone: "neutral" };
    default:
      return { text: tr("Te weinig gegevens", "Too little data"), tone: "neutral" };
  }
}

/** What the status means, in a sentence. */
export function statusMeaning(status: SignalStatus): string {
  switch (status) {
    case SignalStatus.SIGNAL:
      return tr("Dit gebeurt hier duidelijk vaker dan bij vergelijkbare plekken. Dat verdient een gesprek. Het zegt niet waarom.", "This happens here clearly more often than at comparable places. That merits a talk. It does not say why.");
    case SignalStatus.OBSERVE:
      return tr("Dit gebeurt hier wat vaker dan verwacht. Dat kan toeval zijn. Houd het in de gaten.", "This happens here a little more often than expected. That may be chance. Keep an eye on it.");
    case SignalStatus.NONE:
      return tr("Er zijn genoeg besluiten om een duidelijk patroon te zien, en dat is er niet.", "There are enough decisions to see a clear pattern, and there is none.");
    default:
      return tr("Er zijn te weinig besluiten om iets te zeggen. Dat betekent niet dat alles in orde is.", "There are too few decisions to say anything. That does not mean that all is well.");
  }
}

export function unitText(signal: Pick<Signal, "unitKind" | "unit" | "companyName">): string {
  switch (signal.unitKind) {
    case SignalUnit.COMPANY:
      return signal.companyName ? `${signal.companyName} (${signal.unit})` : signal.unit;
    case SignalUnit.CONCERN:
      return tr(`Concern met KvK ${signal.unit}`, `Concern with KvK ${signal.unit}`) + (signal.companyName ? ` (${signal.companyName})` : "");
    case SignalUnit.COORDINATOR:
      return tr("Een coördinator van je school", "A coördinator of your school") + ` (${signal.unit.slice(0, 6)})`;
    default:
      return tr(`Je school (${signal.unit})`, `Your school (${signal.unit})`);
  }
}

const assessments: Partial<Record<SignalAssessment, Pair>> = {
  [SignalAssessment.EXPLAINED]: ["Er is een uitleg die er niets mee te maken heeft", "There is an explanation that has nothing to do with it"],
  [SignalAssessment.WATCHED]: ["We blijven kijken", "We go on watching"],
  [SignalAssessment.TALKED]: ["We hebben erover gepraat", "We talked about it"],
  [SignalAssessment.CASE]: ["Er is een zaak geopend", "A case was opened"],
};

export const assessmentText = (assessment: SignalAssessment): string => tr(...(assessments[assessment] ?? (["", ""] as const)));
export const assessmentChoices: readonly SignalAssessment[] = [SignalAssessment.EXPLAINED, SignalAssessment.WATCHED, SignalAssessment.TALKED];

const outcomes: Partial<Record<PointOutcome, Pair>> = {
  [PointOutcome.EXPLAINED]: ["De uitleg was duidelijk", "The explanation was clear"],
  [PointOutcome.AGREED]: ["We hebben afspraken gemaakt", "We made agreements"],
  [PointOutcome.UNRESOLVED]: ["Gepraat, maar niet opgelost", "Talked, and not resolved"],
  [PointOutcome.NOT_NEEDED]: ["Een gesprek was niet nodig", "No conversation was needed"],
};

export const outcomeText = (outcome: PointOutcome): string => tr(...(outcomes[outcome] ?? (["Open", "Open"] as const)));
export const outcomeChoices: readonly PointOutcome[] = [PointOutcome.EXPLAINED, PointOutcome.AGREED, PointOutcome.UNRESOLVED, PointOutcome.NOT_NEEDED];

const codes: Record<string, Pair> = {
  expired_company: ["Geen antwoord binnen de termijn", "No answer within the term"],
  withdrawn_again: ["Plek ingetrokken en opnieuw aangeboden", "Place withdrawn and offered again"],
  criteria_changed: ["Eisen veranderd", "Criteria changed"],
  asks_for_more: ["Vroeg meer dan mag", "Asked for more than is allowed"],
  contradicted: ["De reden klopt niet met wat is vastgelegd", "The reason does not fit what was recorded"],
  not_objective: ["Toelichting noemt geen eis", "The explanation names no criterion"],
  report: ["Melding", "Report"],
  level_changed: ["Niveau veranderd", "Level changed"],
};

/** What happened, where it is no reason of the list; "" for those. */
export const eventText = (code: string): string => (codes[code] ? tr(...codes[code]) : "");

/** "2026-Q4" as "okt–dec 2026". */
export function quarterText(quarter: string): string {
  const [year = "", number = ""] = quarter.split("-Q");
  const months: readonly Pair[] = [
    ["jan–mrt", "Jan–Mar"],
    ["apr–jun", "Apr–Jun"],
    ["jul–sep", "Jul–Sep"],
    ["okt–dec", "Oct–Dec"],
  ];
  const pair = months[Number(number) - 1];
  return pair ? `${tr(...pair)} ${year}` : quarter;
}

/** SBB's kans op stage, in words. */
export function chanceText(chance: number): string {
  const words: readonly Pair[] = [
    ["niet bekend", "not known"],
    ["gering", "slight"],
    ["matig", "moderate"],
    ["voldoende", "sufficient"],
    ["ruim voldoende", "ample"],
    ["goed", "good"],
  ];
  return tr(...(words[chance] ?? (["niet bekend", "not known"] as const)));
}
