// The three questions of a check-in, when they are asked, and what each colour says.
import { CheckInAnswer, CheckInMoment } from "~gen/stagematch/v1/proposal_pb.ts";
import { tr } from "~/base/language.ts";

/** `weeks` after the first day; 0: a week before the last. */
export type Moment = { name: string; moment: CheckInMoment; weeks: number; text: () => string };

export const moments: readonly Moment[] = [
  { name: "week_2", moment: CheckInMoment.WEEK_2, weeks: 2, text: () => tr("na twee weken", "after two weeks") },
  { name: "week_6", moment: CheckInMoment.WEEK_6, weeks: 6, text: () => tr("na zes weken", "after six weeks") },
  { name: "end", moment: CheckInMoment.END, weeks: 0, text: () => tr("aan het einde", "at the end") },
];

export const momentOf = (name: string): Moment | undefined => moments.find((known) => known.name === name);

type Answer = { answer: CheckInAnswer; colour: () => string; text: () => string };
export type Question = { text: () => string; answers: readonly Answer[] };

const green = () => tr("Groen", "Green");
const orange = () => tr("Oranje", "Orange");
const red = () => tr("Rood", "Red");

const answersOf = (texts: readonly (readonly [string, string])[]): Answer[] => {
  const colours = [
    [CheckInAnswer.GREEN, green],
    [CheckInAnswer.ORANGE, orange],
    [CheckInAnswer.RED, red],
  ] as const;
  return colours.map(([answer, colour], i) => ({ answer, colour, text: () => tr(...(texts[i] ?? (["", ""] as const))) }));
};

/** In the order in which the service takes the answers. */
export const questions: readonly Question[] = [
  {
    text: () => tr("Hoe gaat het met de stage?", "How is the internship going?"),
    answers: answersOf([
      ["Het gaat goed", "It goes well"],
      ["Er is iets waar we aan werken", "There is something that we work on"],
      ["Het gaat niet goed", "It does not go well"],
    ]),
  },
  {
    text: () => tr("Lukt de begeleiding?", "Does the guidance work?"),
    answers: answersOf([
      ["Ja, er is genoeg tijd en contact", "Yes, there is enough time and contact"],
      ["Soms te weinig", "Sometimes too little"],
      ["Nee, we hebben hulp nodig", "No, we need help"],
    ]),
  },
  {
    text: () => tr("Gaat iedereen goed met elkaar om?", "Is everybody treated well?"),
    answers: answersOf([
      ["Ja, iedereen hoort erbij", "Yes, everybody belongs"],
      ["Ik twijfel", "I am not sure"],
      ["Nee, er is iets gebeurd", "No, something happened"],
    ]),
  },
];
