// Reviewers of the school, and tokens with which the school's own systems act for the coördinator.
import { useState } from "preact/hooks";
import { type Account, AccountState } from "~gen/stagematch/v1/account_pb.ts";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import { useCatalog } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { Link } from "~/base/router.tsx";
import { useLoad } from "~/base/load.ts";
import { roleText } from "~/account/account.tsx";
import { InvitationForm } from "~/account/invitation.tsx";
import { CheckBox, RadioGroup } from "~/ui/fields.tsx";
import { Badge, Button, Dialog, Empty, P, Page, Section, Shown, Table } from "~/ui/parts.tsx";
import { DisableDialog } from "./contact_dialogs.tsx";
import { allAccounts, schoolText, useOwnSchools } from "./scope.ts";
import { Tokens } from "./tokens.tsx";

const reviewers: readonly Role[] = [Role.VERTROUWENSPERSOON, Role.BEHANDELAAR];

function InviteColleague({ close, done }: { close: () => void; done: () => void }) {
  const own = useOwnSchools();
  const catalog = useCatalog().data;
  const [role, setRole] = useState(Role.VERTROUWENSPERSOON);
  const [schools, setSchools] = useState<readonly string[]>(own.length === 1 ? own : []);
  return (
    <Dialog open title={tr("Collega uitnodigen", "Invite a colleague")} close={close}>
      <InvitationForm
        role={role}
        scope={schools}
        problem={schools.length === 0 ? tr("Kies een school.", "Choose a school.") : undefined}
        example={tr("naam@school.nl", "name@school.nl")}
        before={
          <RadioGroup
            label={tr("Wat doet je collega?", "What does your colleague do?")}
            value={String(role)}
            onValue={(value) => setRole(Number(value))}
            choices={[
              { value: String(Role.VERTROUWENSPERSOON), label: tr("Vertrouwenspersoon", "Confidential counsellor"), help: tr("Leest redenen en uitleg die een bedrijf of student gaf.", "Reads reasons and explanations that a company or student gave.") },
              { value: String(Role.BEHANDELAAR), label: tr("Behandelaar", "Case handler"), help: tr("Pakt op wat moet worden uitgezocht.", "Takes up what has to be looked into.") },
            ]}
          />
        }
        close={close}
        done={done}
      >
        {(problem) =>
          own.length > 1 && (
            <fieldset class="sm-fieldset">
              <legend class="utrecht-form-label">{tr("Voor welke scholen?", "For which schools?")}</legend>
              {problem && <div class="sm-error">{problem}</div>}
              {own.map((school) => (
                <CheckBox key={school} label={schoolText(catalog, school)} checked={schools.includes(school)} onChecked={(on) => setSchools(on ? [...schools, school] : schools.filter((one) => one !== school))} />
              ))}
            </fieldset>
          )
        }
      </InvitationForm>
    </Dialog>
  );
}

function stateBadge(state: AccountState) {
  if (state === AccountState.DISABLED) return <Badge>{tr("Beëindigd", "Ended")}</Badge>;
  if (state === AccountState.INVITED) return <Badge tone="info">{tr("Uitgenodigd", "Invited")}</Badge>;
  return <Badge tone="positive">{tr("Actief", "Active")}</Badge>;
}

function Colleagues({ accounts, reload }: { accounts: readonly Account[]; reload: () => void }) {
  const catalog = useCatalog().data;
  const [inviting, invite] = useState(false);
  const [ending, end] = useState<Account | null>(null);
  const colleagues = accounts.filter((account) => reviewers.includes(account.role));
  return (
    <>
      <div class="sm-row">
        <Button kind="primary" onClick={() => invite(true)}>
          {tr("Nodig een collega uit", "Invite a colleague")}
        </Button>
      </div>
      {colleagues.length === 0 ? (
        <Empty>
          <P>{tr("Er is nog geen vertrouwenspersoon of behandelaar. Nodig er een uit: redenen als ‘anders’ komen bij hen terecht.", "There is no counsellor or case handler yet. Invite one: reasons such as “other” come to them.")}</P>
        </Empty>
      ) : (
        <Table
          caption={tr("Lijst van collega’s", "List of colleagues")}
          rows={colleagues}
          rowKey={(account) => account.accountId}
          columns={[
            {
              name: tr("Naam", "Name"),
              cell: (account) => (
                <>
                  {account.name}
                  <br />
                  <span class="sm-quiet">{account.email}</span>
                </>
              ),
            },
            { name: tr("Rol", "Role"), cell: (account) => roleText(account.role) },
            { name: tr("Scholen", "Schools"), cell: (account) => account.scope.map((school) => schoolText(catalog, school)).join(", ") },
            { name: tr("Staat", "State"), cell: (account) => stateBadge(account.state) },
            {
              name: tr("Beëindigen", "End"),
              cell: (account) =>
                account.state === AccountState.DISABLED ? (
                  "–"
                ) : (
                  <Button danger aria-label={tr(`Beëindig het account van ${account.name}`, `End the account of ${account.name}`)} onClick={() => end(account)}>
                    {tr("Beëindig", "End")}
                  </Button>
                ),
            },
          ]}
        />
      )}
      {inviting && (
        <InviteColleague
          close={() => invite(false)}
          done={() => {
            invite(false);
            reload();
          }}
        />
      )}
      {ending && (
        <DisableDialog
          account={ending}
          close={() => end(null)}
          done={() => {
            end(null);
            reload();
          }}
        />
      )}
    </>
  );
}

export function ColleaguesPage() {
  const accounts = useLoad(allAccounts, []);
  return (
    <Page title={tr("Collega’s en koppelingen", "Colleagues and connections")} lead={tr("Wie op school redenen en meldingen leest, en welke systemen namens jou werken.", "Who at school reads reasons and reports, and which systems work on your behalf.")}>
      <Section title={tr("Vertrouwenspersonen en behandelaars", "Counsellors and case handlers")}>
        <Shown of={accounts}>{(all) => <Colleagues accounts={all} reload={accounts.reload} />}</Shown>
        <Link href="/school/meldcodes">{tr("Codes voor studenten die zonder account willen melden", "Codes for students who want to report without an account")}</Link>
      </Section>
      <Tokens />
    </Page>
  );
}
