// Inviting a coördinator: name, address, and the schools that it is for.
import { useState } from "preact/hooks";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import { api } from "~/base/api.ts";
import { useCatalog } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { Form, TextField } from "~/ui/fields.tsx";
import { Button, Outcome } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { isEmail, isSchool, schoolsOf } from "./schools.ts";

const empty = { name: "", email: "", schools: "" };

function problemsOf({ name, email, schools }: typeof empty) {
  const codes = schoolsOf(schools);
  return {
    name: name.trim() === "" ? tr("Vul een naam in.", "Enter a name.") : undefined,
    email: isEmail(email) ? undefined : tr("Vul een e-mailadres in, zoals naam@school.nl.", "Enter an e-mail address, such as name@school.nl."),
    schools: codes.length > 0 && codes.every(isSchool) ? undefined : tr("Vul een BRIN in, zoals 25PT.", "Enter a BRIN, such as 25PT."),
  };
}

export function Invite({ invited }: { invited: () => void }) {
  const [given, setGiven] = useState(empty);
  const [tried, setTried] = useState(false);
  const catalog = useCatalog();
  const problems = problemsOf(given);
  const shown: Partial<typeof problems> = tried ? problems : {};
  const invite = useAction(async (requestId, sent: typeof empty) => {
    await api.account.inviteAccount({ requestId, email: sent.email.trim(), name: sent.name.trim(), role: Role.COORDINATOR, scope: schoolsOf(sent.schools) });
    say(tr("De uitnodiging gaat per e-mail.", "The invitation goes by e-mail."));
    setGiven(empty);
    setTried(false);
    invited();
  });
  const names = schoolsOf(given.schools).map((code) => catalog.data?.schools.find((school) => school.code === code)?.name ?? "");
  const set = (change: Partial<typeof empty>) => setGiven((now) => ({ ...now, ...change }));
  return (
    <Form
      onSubmit={() => {
        setTried(true);
        if (!Object.values(problems).some(Boolean)) void invite.run(given);
      }}
    >
      <TextField label={tr("Naam", "Name")} autocomplete="off" error={shown.name} value={given.name} onValue={(name) => set({ name })} />
      <TextField label={tr("E-mailadres", "E-mail address")} type="email" autocomplete="off" error={shown.email} value={given.email} onValue={(email) => set({ email })} />
      <TextField
        label={tr("School (BRIN)", "School (BRIN)")}
        help={names.filter(Boolean).join(", ") || tr("Meer scholen? Zet een spatie ertussen.", "More schools? Put a space between them.")}
        autocomplete="off"
        error={shown.schools}
        value={given.schools}
        onValue={(schools) => set({ schools })}
      />
      <Outcome of={invite} />
      <div>
        <Button kind="primary" type="submit" busy={invite.busy}>
          {tr("Uitnodigen", "Invite")}
        </Button>
      </div>
    </Form>
  );
}
