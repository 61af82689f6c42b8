// One's own account: who one is here, and a new password.
import { useState } from "preact/hooks";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import { api } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { moment } from "~/base/format.ts";
import { useSession } from "~/base/session.ts";
import { Form, TextField } from "~/ui/fields.tsx";
import { Alert, Button, DataList, Outcome, Page, Section } from "~/ui/parts.tsx";

export function roleText(role: Role): string {
  switch (role) {
    case Role.COORDINATOR:
      return tr("stagecoördinator", "internship coordinator");
    case Role.COMPANY:
      return tr("contactpersoon van een bedrijf", "company contact");
    case Role.VERTROUWENSPERSOON:
      return tr("vertrouwenspersoon", "confidential counsellor");
    case Role.BEHANDELAAR:
      return tr("behandelaar", "case handler");
    case Role.STUDENT:
      return tr("student", "student");
    case Role.OPERATOR:
      return tr("beheerder", "operator");
    default:
      return "";
  }
}

export function AccountPage() {
  const state = useSession();
  const [oldPassword, setOld] = useState("");
  const [newPassword, setNew] = useState("");
  const change = useAction(async () => {
    await api.auth.changePassword({ oldPassword, newPassword });
    setOld("");
    setNew("");
  });
  if (state.kind !== "signed-in" && state.kind !== "over") return null;
  const { session } = state;
  return (
    <Page title={tr("Mijn account", "My account")}>
      <DataList
        items={[
          [tr("Naam", "Name"), session.name],
          [tr("Rol", "Role"), roleText(session.role)],
          ...(session.role === Role.STUDENT ? [] : [[tr("Voor", "For"), session.scope.join(", ")] as const]),
          [tr("Ingelogd tot", "Signed in until"), moment(session.expireTime)],
        ]}
      />
      <Section title={tr("Ander wachtwoord", "Another password")}>
        <Form onSubmit={() => void change.run()}>
          <TextField label={tr("Wachtwoord nu", "Password now")} type="password" autocomplete="current-password" value={oldPassword} onValue={setOld} />
          <TextField
            label={tr("Nieuw wachtwoord", "New password")}
            help={tr("12 tekens of meer.", "12 characters or more.")}
            type="password"
            autocomplete="new-password"
            value={newPassword}
            onValue={setNew}
          />
          <Outcome of={change} />
          {change.done && (
            <Alert tone="ok" live>
              {tr("Je wachtwoord is veranderd. Elders ben je uitgelogd.", "Your password was changed. Elsewhere you are signed out.")}
            </Alert>
          )}
          <div>
            <Button kind="primary" type="submit" busy={change.busy}>
              {tr("Wachtwoord opslaan", "Save password")}
            </Button>
          </div>
        </Form>
      </Section>
    </Page>
  );
}
