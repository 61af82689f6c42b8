// How a company decided before and after a measure: counts, and how far chance alone goes. Never as proof.
import type { MeasureMovement } from "~gen/stagematch/v1/measure_pb.ts";
import { number } from "~/base/format.ts";
import { language, tr } from "~/base/language.ts";
import { P } from "~/ui/parts.tsx";

const decimal = (value: number) => new Intl.NumberFormat(language() === "nl" ? "nl-NL" : "en-GB", { maximumFractionDigits: 2 }).format(value);

function Uncertain({ of }: { of: MeasureMovement }) {
  const high = of.oddsRatioHigh > 0 ? decimal(of.oddsRatioHigh) : tr("onbepaald hoog", "no limit");
  const clear = of.oddsRatioLow > 1 || (of.oddsRatioHigh > 0 && of.oddsRatioHigh < 1);
  return (
    <P quiet>
      {tr(
        `De kans op bezwaar (als verhouding) werd ${decimal(of.oddsRatio)} keer zo groot; met 95% zekerheid tussen ${decimal(of.oddsRatioLow)} en ${high}.`,
        `The odds of an objection became ${decimal(of.oddsRatio)} times as large; with 95% confidence between ${decimal(of.oddsRatioLow)} and ${high}.`,
      )}{" "}
      {clear
        ? tr("Dat is meer dan toeval. Of het door de maatregel komt, is daarmee niet gezegd.", "That is more than chance. It does not say that the measure did it.")
        : tr("Dat kan ook toeval zijn.", "That may be chance.")}
    </P>
  );
}

export function Movement({ of }: { of: MeasureMovement | undefined }) {
  if (!of || of.decidedBefore + of.decidedAfter === 0) return <P quiet>{tr("Er zijn nog geen besluiten om te vergelijken.", "There are no decisions to compare yet.")}</P>;
  return (
    <>
      <P>
        {tr(
          `Bezwaren: ${number(of.rejectedBefore)} van ${number(of.decidedBefore)} besluiten in het jaar ervoor, ${number(of.rejectedAfter)} van ${number(of.decidedAfter)} erna.`,
          `Objections: ${number(of.rejectedBefore)} of ${number(of.decidedBefore)} decisions in the year before, ${number(of.rejectedAfter)} of ${number(of.decidedAfter)} after.`,
        )}
      </P>
      {of.comparable ? <Uncertain of={of} /> : <P quiet>{tr("Te weinig gegevens om te vergelijken.", "Too little data to compare.")}</P>}
    </>
  );
}
