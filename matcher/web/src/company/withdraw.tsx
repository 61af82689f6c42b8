// Taking a place away, with its reason.
import { useState } from "preact/hooks";
import type { Placement } from "~gen/stagematch/v1/placement_pb.ts";
import { api } from "~/base/api.ts";
import { useReasons } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { Form } from "~/ui/fields.tsx";
import { orShowNow } from "~/ui/overtaken.ts";
import { Button, Dialog, Outcome, P, Shown } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { type Given, missing, type Missing, noReason, sentOf } from "~/market/reason.ts";
import { ReasonFields } from "~/market/reason_fields.tsx";

export function WithdrawDialog({ open, place, close, changed, reload }: { open: boolean; place: Placement; close: () => void; changed: (place: Placement) => void; reload: () => void }) {
  const reasons = useReasons("withdrawn_place");
  const [given, setGiven] = useState<Given>(noReason);
  const [problem, setProblem] = useState<Missing>();
  const withdraw = useAction(async (requestId, sent: Given) => {
    const call = api.placement.withdrawPlacement({ requestId, placementId: place.placementId, version: place.version, reason: sent.reason, text: sent.text });
    const { placement } = await orShowNow(call, reload);
    if (placement) changed(placement);
    say(tr("De plek is teruggetrokken.", "The place was withdrawn."));
  });
  const send = async () => {
    const reason = reasons.data?.find((known) => known.code === given.reason);
    setProblem(missing(given, reason));
    if (reason && !missing(given, reason) && (await withdraw.run(sentOf(given, reason)))) close();
  };
  return (
    <Dialog open={open} title={tr("Deze plek terugtrekken?", "Withdraw this place?")} close={close}>
      <P>
        {tr(
          "Kandidaten die nog niet geplaatst zijn, gaan naar een andere plek zoeken. Wie al geplaatst is, blijft.",
          "Candidates who are not placed yet look for another place. Whoever is placed stays.",
        )}
      </P>
      <Shown of={reasons}>
        {(list) => (
          <Form onSubmit={() => void send()}>
            <ReasonFields label={tr("Waarom trek je de plek terug?", "Why do you withdraw it?")} reasons={list} given={given} onGiven={setGiven} problem={problem} />
            <Outcome of={withdraw} />
            <div class="sm-row">
              <Button kind="primary" danger type="submit" busy={withdraw.busy}>
                {tr("Plek terugtrekken", "Withdraw the place")}
              </Button>
              <Button onClick={close}>{tr("Laat staan", "Keep it")}</Button>
            </div>
          </Form>
        )}
      </Shown>
    </Dialog>
  );
}
