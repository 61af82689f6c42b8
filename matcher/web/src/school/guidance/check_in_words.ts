// What check-ins are called and what their answers say: a colour never stands alone.
import { CheckInAnswer, CheckInMoment } from "~gen/stagematch/v1/proposal_pb.ts";
import { tr } from "~/base/language.ts";
import type { Word } from "~/base/words.ts";

export const checkInQuestions = (): readonly string[] => [
  tr("Hoe gaat het?", "How does it go?"),
  tr("Hoe is de begeleiding?", "How is the guidance?"),
  tr("Wordt iedereen goed behandeld?", "Is everybody treated well?"),
];

/** `moment`: as tasks and messages name it. */
export function momentText(moment: CheckInMoment | string): string {
  switch (moment) {
    case CheckInMoment.WEEK_2:
    case "week_2":
      return tr("Check-in na 2 weken", "Check-in after 2 weeks");
    case CheckInMoment.WEEK_6:
    case "week_6":
      return tr("Check-in na 6 weken", "Check-in after 6 weeks");
    case CheckInMoment.END:
    case "end":
      return tr("Check-in aan het eind", "Check-in at the end");
    default:
      return tr("Check-in", "Check-in");
  }
}

export function answerWord(answer: CheckInAnswer): Word {
  switch (answer) {
    case CheckInAnswer.GREEN:
      return { text: tr("Groen: goed", "Green: good"), tone: "positive" };
    case CheckInAnswer.ORANGE:
      return { text: tr("Oranje: kan beter", "Orange: could be better"), tone: "warning" };
    case CheckInAnswer.RED:
      return { text: tr("Rood: gaat niet goed", "Red: does not go well"), tone: "negative" };
    default:
      return { text: tr("Geen antwoord", "No answer"), tone: "neutral" };
  }
}

function plusDays(iso: string, days: number): string {
  const at = new Date(`${iso}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** On which day each check-in of a stage is: the last a week before the end. Those that fall behind the end are left out. */
export function checkInDays(from: string, to: string): { moment: CheckInMoment; day: string }[] {
  if (!/^\d{4}-\d\d-\d\d$/.test(from) || !/^\d{4}-\d\d-\d\d$/.test(to)) return [];
  const early = [
    { moment: CheckInMoment.WEEK_2, day: plusDays(from, 14) },
    { moment: CheckInMoment.WEEK_6, day: plusDays(from, 42) },
  ];
  return [...early.filter((one) => one.day <= to), { moment: CheckInMoment.END, day: plusDays(to, -7) }];
}
