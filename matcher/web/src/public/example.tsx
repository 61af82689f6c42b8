// The lottery on a scale that fits the eye: four made-up students, three places, and a button.
import { useState } from "preact/hooks";
import { tr } from "~/base/language.ts";
import { Button, Card, Details, P, Table } from "~/ui/parts.tsx";
import { drawLots, match, type Place, type Step, type Student } from "./lottery.ts";

const students: readonly Student[] = [
  { name: "A", wishes: ["Zon", "Maan"], bands: { Zon: 1, Maan: 1 } },
  { name: "B", wishes: ["Zon", "Ster", "Maan"], bands: { Zon: 1, Ster: 1, Maan: 1 } },
  { name: "C", wishes: ["Zon", "Maan"], bands: { Zon: 2, Maan: 1 } },
  { name: "D", wishes: ["Maan", "Zon"], bands: { Maan: 1, Zon: 1 } },
];
const places: readonly Place[] = [
  { name: "Zon", seats: 1 },
  { name: "Maan", seats: 1 },
  { name: "Ster", seats: 1 },
];

function stepText(step: Step): string {
  const { student, place, loser, why } = step;
  const because = why === "band" ? tr("die past er beter", "who fits better") : tr("die heeft het hoogste lot", "who has the higher lot");
  if (step.result === "held") return tr(`${student} vraagt ${place}. Daar is plek: ${place} houdt ${student} vast.`, `${student} asks ${place}. There is room: ${place} holds ${student}.`);
  if (step.result === "refused") return tr(`${student} vraagt ${place}. Die is bezet door iemand die voorgaat (${because}). ${student} zoekt verder.`, `${student} asks ${place}. It is held by somebody who goes first (${because}). ${student} looks on.`);
  return tr(`${student} vraagt ${place} en gaat voor op ${loser} (${student}: ${because}). ${loser} zoekt verder.`, `${student} asks ${place} and goes before ${loser} (${student}: ${because}). ${loser} looks on.`);
}

export function LotteryExample() {
  const [lots, setLots] = useState(() => drawLots(students.map(({ name }) => name)));
  const { matches, steps } = match(students, places, lots);
  return (
    <Card calm>
      <h3 class="nl-heading nl-heading--level-3">{tr("Probeer het zelf", "Try it yourself")}</h3>
      <P>{tr("Vier verzonnen studenten willen naar drie plekken: Zon, Maan en Ster, elk voor één student. Bij Zon past C het beste. Verder is iedereen overal even geschikt.", "Four made-up students want to go to three places: Zon, Maan and Ster, each for one student. At Zon C fits best. Otherwise all are equally suitable everywhere.")}</P>
      <Table
        caption={tr("Het voorbeeld met deze loting", "The example with this lottery")}
        columns={[
          { name: tr("Student", "Student"), cell: (student) => student.name },
          { name: tr("Lijst", "List"), cell: (student) => student.wishes.join(", ") },
          { name: tr("Lot", "Lot"), number: true, cell: (student) => lots[student.name] },
          { name: tr("Krijgt", "Gets"), cell: (student) => matches[student.name] ?? tr("nog geen plek", "no place yet") },
        ]}
        rows={students}
        rowKey={(student) => student.name}
      />
      <div>
        <Button onClick={() => setLots(drawLots(students.map(({ name }) => name)))}>{tr("Loot opnieuw", "Draw again")}</Button>
      </div>
      <p class="sm-hidden" role="status">
        {students.map(({ name }) => `${name}: ${matches[name] ?? tr("geen plek", "no place")}`).join(", ")}
      </p>
      <Details summary={tr("Hoe kwam dat?", "How did that come about?")}>
        <ol class="sm-list">
          {steps.map((step) => (
            <li key={`${step.student}/${step.place}`}>{stepText(step)}</li>
          ))}
        </ol>
        <P quiet>{tr("C krijgt altijd Zon: daar past C beter, en daar telt de loting niet. Tussen A, B en D beslist op elke plek het hoogste lot.", "C always gets Zon: C fits better there, and the lottery does not count. Between A, B and D the higher lot decides at each place.")}</P>
      </Details>
    </Card>
  );
}
