// A question before something that matters: what it does stands between title and answers; yes does it, and closes when it was done.
import type { ComponentChildren } from "preact";
import { tr } from "~/base/language.ts";
import type { Action } from "~/base/load.ts";
import { Button, Dialog, Outcome } from "./parts.tsx";

type Props = { open: boolean; title: string; close: () => void; action: Action<[]>; yes: string; no?: string; danger?: boolean; children: ComponentChildren };

export function AskFirst({ open, title, close, action, yes, no = tr("Annuleren", "Cancel"), danger = false, children }: Props) {
  return (
    <Dialog open={open} title={title} close={close}>
      {children}
      <Outcome of={action} />
      <div class="sm-row">
        <Button kind="primary" danger={danger} busy={action.busy} onClick={() => void action.run().then((done) => done && close())}>
          {yes}
        </Button>
        <Button onClick={close}>{no}</Button>
      </div>
    </Dialog>
  );
}
