// A text that is kept encrypted in the vault: read only when asked for, because each reading is written down.
import { Code, ConnectError } from "@connectrpc/connect";
import { useState } from "preact/hooks";
import { api } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Button, Card, P, Shown } from "~/ui/parts.tsx";

type Kind = "reason" | "introduction";

/** `subject`: the proposal, or the stagevraag or placement that was withdrawn. */
export function ReadText({ subject, kind }: { subject: string; kind: Kind }) {
  const [open, setOpen] = useState(false);
  if (open) return <Opened subject={subject} kind={kind} />;
  return (
    <div>
      <Button onClick={() => setOpen(true)}>{kind === "reason" ? tr("Lees de toelichting", "Read the explanation") : tr("Lees de tekst", "Read the text")}</Button>
    </div>
  );
}

function Opened({ subject, kind }: { subject: string; kind: Kind }) {
  const text = useLoad(
    (signal) =>
      api.identity.getText({ proposalId: subject, kind }, { signal }).catch((error: unknown) => {
        if (ConnectError.from(error).code === Code.NotFound) return null;
        throw error;
      }),
    [subject, kind],
  );
  return (
    <Shown of={text}>
      {(found) => (
        <Card calm>
          <p class="nl-paragraph sm-text sm-lines">{found?.text || tr("Er is geen tekst.", "There is no text.")}</p>
          <P quiet>{tr("Dat je dit leest is vastgelegd.", "That you read this was recorded.")}</P>
        </Card>
      )}
    </Shown>
  );
}
