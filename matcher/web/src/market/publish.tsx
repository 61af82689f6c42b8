// The moment at which criteria are declared.
import type { Action } from "~/base/load.ts";
import type { Criteria } from "~/base/criteria.ts";
import { tr } from "~/base/language.ts";
import { CriteriaList } from "~/ui/criteria.tsx";
import { Button, Dialog, Outcome, P } from "~/ui/parts.tsx";

export function PublishDialog<A extends unknown[]>({
  open,
  criteria,
  close,
  publish,
  action,
}: {
  open: boolean;
  criteria: Criteria;
  close: () => void;
  publish: () => void;
  action: Action<A>;
}) {
  return (
    <Dialog open={open} title={tr("Deze plek bekendmaken?", "Publish this place?")} close={close}>
      <P>{tr("Vanaf nu liggen de criteria vast:", "From now on the criteria are fixed:")}</P>
      <CriteriaList criteria={criteria} />
      <P>
        {tr(
          "De plek doet mee in de matching. Komt er een kandidaat, dan krijg je een bericht. Je kunt de plek altijd terugtrekken.",
          "The place takes part in the matching. If a candidate comes, you get a message. You can always withdraw the place.",
        )}
      </P>
      <Outcome of={action} />
      <div class="sm-row">
        <Button kind="primary" busy={action.busy} onClick={publish}>
          {tr("Ja, maak bekend", "Yes, publish")}
        </Button>
        <Button onClick={close}>{tr("Nog niet", "Not yet")}</Button>
      </div>
    </Dialog>
  );
}
