// Inviting somebody: name and e-mail address, and whatever the kind of account needs besides. A message with a link goes to them.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Role } from "~gen/stagematch/v1/common_pb.ts";
import { api } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { Form, TextField } from "~/ui/fields.tsx";
import { Button, Outcome } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";

export const isEmail = (typed: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(typed.trim());

const nobody = { name: "", email: "" };

type Props = {
  role: Role;
  /** Schools or leerbedrijven; where `problem` says what is missing, nothing is sent. */
  scope: readonly string[];
  problem: string | undefined;
  /** An address as such a person has. */
  example: string;
  before?: ComponentChildren;
  /** The fields that `scope` is made of; `problem` once it was tried. */
  children: (problem: string | undefined) => ComponentChildren;
  button?: string;
  done: () => void;
  /** In a dialog: closes it. */
  close?: () => void;
};

export function InvitationForm({ role, scope, problem, example, before, children, button = tr("Verstuur de uitnodiging", "Send the invitation"), done, close }: Props) {
  const [given, setGiven] = useState(nobody);
  const [tried, setTried] = useState(false);
  const problems = {
    name: given.name.trim() === "" ? tr("Vul de naam in.", "Enter the name.") : undefined,
    email: isEmail(given.email) ? undefined : tr(`Vul een e-mailadres in, zoals ${example}.`, `Enter an e-mail address, such as ${example}.`),
    scope: problem,
  };
  const shown: Partial<typeof problems> = tried ? problems : {};
  const invite = useAction(async (requestId) => {
    await api.account.inviteAccount({ requestId, email: given.email.trim(), name: given.name.trim(), role, scope: [...scope] });
    say(tr("De uitnodiging is verstuurd.", "The invitation was sent."));
    setGiven(nobody);
    setTried(false);
    done();
  });
  return (
    <Form
      onSubmit={() => {
        setTried(true);
        if (!Object.values(problems).some(Boolean)) void invite.run();
      }}
    >
      {before}
      <TextField label={tr("Naam", "Name")} autocomplete="off" error={shown.name} value={given.name} onValue={(name) => setGiven({ ...given, name })} />
      <TextField label={tr("E-mailadres", "E-mail address")} type="email" autocomplete="off" error={shown.email} value={given.email} onValue={(email) => setGiven({ ...given, email })} />
      {children(shown.scope)}
      <Outcome of={invite} />
      <div class="sm-row">
        <Button kind="primary" type="submit" busy={invite.busy}>
          {button}
        </Button>
        {close && <Button onClick={close}>{tr("Annuleren", "Cancel")}</Button>}
      </div>
    </Form>
  );
}
