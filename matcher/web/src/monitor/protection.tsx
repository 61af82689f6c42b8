// Why the public figures are not exact, in plain words.
import type { MonitorProtection } from "~gen/stagematch/v1/monitor_pb.ts";
import { number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { Details, P, Section } from "~/ui/parts.tsx";

export function Protection({ of }: { of: MonitorProtection | undefined }) {
  const threshold = number(of?.threshold ?? 10);
  const rounding = number(of?.rounding ?? 5);
  return (
    <Section title={tr("Niemand is te herkennen", "Nobody can be recognised")}>
      <ul class="sm-list">
        <li>{tr(`Een groep van minder dan ${threshold} studenten laten we niet zien. Ook een getal dat te klein is niet: daar staat “te weinig”.`, `A group of fewer than ${threshold} students is not shown. Nor is a number that is too small: it says “too few”.`)}</li>
        <li>{tr("Soms laten we ook een grotere groep weg. Anders kon je een kleine groep uitrekenen door twee getallen van elkaar af te trekken.", "Sometimes a larger group is left out too. Otherwise a small group could be found by subtracting one number from another.")}</li>
        <li>{tr("Elk getal is een beetje hoger of lager gemaakt, door loting. Dat heet ruis. Zo is niet te zien of één bepaalde student erbij zit.", "Every number was made a little higher or lower, by lot. That is called noise. So nobody can see whether one certain student is in it.")}</li>
        <li>{tr(`Daarna ronden we af op ${rounding}. Daarom tellen de getallen niet precies op.`, `Then it is rounded to ${rounding}. That is why the numbers do not add up exactly.`)}</li>
        <li>{tr("De cijfers van een half jaar liggen vast. Morgen staat hier precies hetzelfde.", "The figures of a term are fixed. Tomorrow exactly the same stands here.")}</li>
      </ul>
      <Details summary={tr("Voor wie het precies wil weten", "For who wants to know exactly")}>
        <P>
          {tr(
            `De ruis is discreet Laplace met schaal ${number(of?.noiseScale ?? 0)}: een student zit in hoogstens ${number(of?.countsPerStudent ?? 0)} getallen van de tabel, en het privacybudget is ε = ${number((of?.epsilonYearThousandths ?? 1000) / 1000)} per student en jaar. Ruis komt er één keer bij, in het kleinste deel dat we laten zien; een groter deel is de som. De keuze welke groepen we laten zien volgt uit de echte aantallen, en valt niet onder ε. Plaatsen van bedrijven hebben geen ruis.`,
            `The noise is discrete Laplace with scale ${number(of?.noiseScale ?? 0)}: a student is in at most ${number(of?.countsPerStudent ?? 0)} numbers of the table, and the privacy budget is ε = ${number((of?.epsilonYearThousandths ?? 1000) / 1000)} for a student and year. Noise is added once, in the smallest part that is shown; a larger part is the sum. Which groups are shown follows from the true numbers and is not covered by ε. Seats of companies have no noise.`,
          )}
        </P>
      </Details>
    </Section>
  );
}
