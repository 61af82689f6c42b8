// Says that what is done here is done in the name of a company, and is recorded so.
import { tr } from "~/base/language.ts";
import { Alert } from "~/ui/parts.tsx";

export function OnBehalf({ company }: { company: string }) {
  return (
    <Alert tone="warning">
      <strong>{tr(`Namens het bedrijf: ${company}.`, `On behalf of the company: ${company}.`)}</strong>{" "}
      {tr("Doe dit alleen als je het met het bedrijf hebt afgesproken. Vastgelegd wordt dat de school het deed.", "Do this only if you agreed it with the company. It is recorded that the school did it.")}
    </Alert>
  );
}
