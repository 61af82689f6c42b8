// Accounts: who may use the service, inviting the coördinatoren of a school, ending an account.
import { useState } from "preact/hooks";
import { type Account, AccountState } from "~gen/stagematch/v1/account_pb.ts";
import { roleText } from "~/account/account.tsx";
import { api, everyPage } from "~/base/api.ts";
import { count } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { type Loaded, useAction, useLoad } from "~/base/load.ts";
import { found } from "~/base/search.ts";
import { useSession } from "~/base/session.ts";
import { AskFirst } from "~/ui/ask.tsx";
import { TextField } from "~/ui/fields.tsx";
import { Badge, Button, Empty, P, Page, Section, Shown, Table } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { Invite } from "./invite.tsx";
import { accountWord } from "./words.ts";

const load = (signal: AbortSignal): Promise<Account[]> =>
  everyPage(async (pageToken) => {
    const { accounts, nextPageToken } = await api.account.listAccounts({ pageSize: 1000, pageToken }, { signal });
    return { items: accounts, next: nextPageToken };
  });

function Disable({ account, close, done }: { account: Account; close: () => void; done: () => void }) {
  const disable = useAction(async (requestId) => {
    await api.account.disableAccount({ requestId, accountId: account.accountId });
    say(tr("Het account is beëindigd.", "The account was ended."));
    done();
  });
  return (
    <AskFirst open title={tr("Dit account beëindigen?", "End this account?")} close={close} action={disable} yes={tr("Beëindigen", "End it")} no={tr("Terug", "Back")} danger>
      <P>
        {account.name} ({account.email})
      </P>
      <P>{tr("Deze persoon wordt overal uitgelogd en kan niet meer inloggen. Opnieuw uitnodigen kan later.", "This person is signed out everywhere and cannot sign in any more. Inviting again is possible later.")}</P>
    </AskFirst>
  );
}

/* By name, address, school or role: what an operator knows of somebody. */
function matching(accounts: readonly Account[], typed: string): readonly Account[] {
  if (typed.trim() === "") return accounts;
  const items = accounts.map((account) => ({ value: account.accountId, label: [account.name, account.email, ...account.scope, roleText(account.role)].join(" ") }));
  const hits = new Set(found(items, typed).map((item) => item.value));
  return accounts.filter((account) => hits.has(account.accountId));
}

const collator = new Intl.Collator("nl");

/* Who can sign in first, by name. */
const inOrder = (accounts: readonly Account[]): Account[] =>
  [...accounts].sort((a, b) => Number(a.state === AccountState.DISABLED) - Number(b.state === AccountState.DISABLED) || collator.compare(a.name, b.name) || collator.compare(a.email, b.email));

function Accounts({ of, accounts }: { of: Loaded<Account[]>; accounts: readonly Account[] }) {
  const [typed, setTyped] = useState("");
  const [ending, end] = useState<Account | null>(null);
  const state = useSession();
  const me = state.kind === "signed-in" || state.kind === "over" ? state.session.accountId : "";
  const rows = inOrder(matching(accounts, typed));
  return (
    <>
      <TextField label={tr("Zoek een account", "Find an account")} help={tr("Naam, e-mail, school of rol.", "Name, e-mail, school or role.")} type="search" value={typed} onValue={setTyped} />
      <P quiet>
        <span role="status">{count(rows.length, tr("account", "account"), tr("accounts", "accounts"))}</span>
      </P>
      {rows.length === 0 ? (
        <Empty>
          <P>{typed ? tr("Niets gevonden. Probeer een ander woord.", "Nothing found. Try another word.") : tr("Er zijn nog geen accounts. Nodig de coördinatoren van een school uit.", "There are no accounts yet. Invite the coördinatoren of a school.")}</P>
        </Empty>
      ) : (
        <Table
          caption={tr("Accounts", "Accounts")}
          rows={rows}
          rowKey={(account) => account.accountId}
          columns={[
            { name: tr("Naam", "Name"), cell: (account) => account.name },
            { name: tr("E-mail", "E-mail"), cell: (account) => account.email },
            { name: tr("Rol", "Role"), cell: (account) => roleText(account.role) },
            { name: tr("Voor", "For"), cell: (account) => account.scope.join(", ") },
            {
              name: tr("Stand", "State"),
              cell: (account) => {
                const word = accountWord(account.state);
                return <Badge tone={word.tone}>{word.text}</Badge>;
              },
            },
            {
              name: tr("Doen", "Do"),
              cell: (account) =>
                account.state !== AccountState.DISABLED &&
                account.accountId !== me && (
                  <Button kind="subtle" aria-label={tr(`${account.email} beëindigen`, `End ${account.email}`)} onClick={() => end(account)}>
                    {tr("Beëindigen", "End")}
                  </Button>
                ),
            },
          ]}
        />
      )}
      {ending && (
        <Disable
          account={ending}
          close={() => end(null)}
          done={() => {
            end(null);
            of.reload();
          }}
        />
      )}
    </>
  );
}

export function AccountsPage() {
  const accounts = useLoad(load, []);
  return (
    <Page title={tr("Accounts", "Accounts")} lead={tr("Jij nodigt coördinatoren van scholen uit. Zij nodigen bedrijven en studenten uit.", "You invite coördinatoren of schools. They invite companies and students.")}>
      <Section title={tr("Coördinator uitnodigen", "Invite a coördinator")}>
        <Invite invited={accounts.reload} />
      </Section>
      <Section title={tr("Wie er zijn", "Who is there")}>
        <Shown of={accounts}>{(list) => <Accounts of={accounts} accounts={list} />}</Shown>
      </Section>
    </Page>
  );
}
