// One step of a case that takes a text or none: what is entered stays when it goes wrong, and it happens once.
import { useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import type { Case } from "~gen/stagematch/v1/case_pb.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { useUnsaved } from "~/base/router.tsx";
import { Form, TextArea } from "~/ui/fields.tsx";
import { Alert, Button, Outcome } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";

type Props = {
  label: string;
  help?: ComponentChildren;
  button: string;
  said: string;
  needed?: boolean;
  kind?: "primary" | "secondary";
  /** What else lacks before it can be sent, in words. */
  lacking?: string | false;
  send: (requestId: string, text: string) => Promise<Case | undefined>;
  set: (next: Case) => void;
  children?: ComponentChildren;
};

export function StepForm({ label, help, button, said, needed, kind = "primary", lacking, send, set, children }: Props) {
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const act = useAction(async (requestId, given: string) => {
    const next = await send(requestId, given);
    setText("");
    setTried(false);
    if (next) set(next);
  });
  useUnsaved(text.trim() !== "" && !act.busy, tr("Je tekst is nog niet verstuurd. Toch weg?", "Your text is not sent yet. Leave all the same?"));
  const lacks = needed && !text.trim();
  return (
    <Form
      label={label}
      onSubmit={() => {
        setTried(true);
        if (!lacks && !lacking) void act.run(text.trim()).then((done) => done && say(said));
      }}
    >
      {children}
      <TextArea
        label={needed ? label : tr(`${label} (niet verplicht)`, `${label} (not required)`)}
        help={help}
        error={tried && lacks ? tr("Schrijf hier een tekst.", "Write a text here.") : undefined}
        value={text}
        onValue={setText}
        rows={5}
        maxLength={4000}
      />
      {tried && lacking && <Alert tone="error">{lacking}</Alert>}
      <Outcome of={act} />
      <div class="sm-row">
        <Button kind={kind} type="submit" busy={act.busy}>
          {button}
        </Button>
      </div>
    </Form>
  );
}
