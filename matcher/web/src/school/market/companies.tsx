// Contacts of companies: what lacks one, who was invited, who was checked by which of the own schools.
import { useState } from "preact/hooks";
import { type Account, AccountState, type MissingContact } from "~gen/stagematch/v1/account_pb.ts";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import type { Placement } from "~gen/stagematch/v1/placement_pb.ts";
import { api, everyPage } from "~/base/api.ts";
import { useCatalog } from "~/base/catalog.ts";
import { count, moment } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { type Loaded, useLoad } from "~/base/load.ts";
import { go, Link } from "~/base/router.tsx";
import { TextField } from "~/ui/fields.tsx";
import { Alert, Badge, Button, Card, Details, Empty, Heading, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { CheckDialog, DisableDialog, InviteDialog, UncheckDialog } from "./contact_dialogs.tsx";
import { allPlacements, schoolText, useOwnSchools } from "./scope.ts";

const missingShown = 5;

type Market = { contacts: Account[]; missing: MissingContact[]; placements: Placement[] };
type Names = (leerbedrijf: string) => string;
type Asked = { kind: "invite"; leerbedrijf: string } | { kind: "check" | "uncheck" | "disable"; account: Account };

async function load(signal: AbortSignal): Promise<Market> {
  let missing: MissingContact[] = [];
  const [accounts, placements] = await Promise.all([
    everyPage(async (pageToken) => {
      const page = await api.account.listAccounts({ pageSize: 1000, pageToken }, { signal });
      if (!pageToken) missing = page.missingContacts;
      return { items: page.accounts, next: page.nextPageToken };
    }),
    allPlacements(signal),
  ]);
  return { contacts: accounts.filter((account) => account.role === Role.COMPANY), missing, placements };
}

function contactState(account: Account, own: readonly string[]) {
  if (account.state === AccountState.DISABLED) return <Badge>{tr("Beëindigd", "Ended")}</Badge>;
  if (account.state === AccountState.INVITED) return <Badge tone="info">{tr("Uitgenodigd, nog geen wachtwoord", "Invited, no password yet")}</Badge>;
  const checked = own.filter((school) => account.checkedBy.includes(school)).length;
  if (checked === 0) return <Badge tone="warning">{tr("Nog niet gecontroleerd", "Not checked yet")}</Badge>;
  return <Badge tone="positive">{checked === own.length ? tr("Gecontroleerd", "Checked") : tr(`Gecontroleerd door ${checked} van je ${own.length} scholen`, `Checked by ${checked} of your ${own.length} schools`)}</Badge>;
}

function ContactCard({ account, names, ask }: { account: Account; names: Names; ask: (asked: Asked) => void }) {
  const own = useOwnSchools();
  const catalog = useCatalog().data;
  const ended = account.state === AccountState.DISABLED;
  const unchecked = own.filter((school) => !account.checkedBy.includes(school));
  return (
    <li>
      <Card>
        <div class="sm-card__head">
          <Heading level={3}>{account.name || account.email}</Heading>
          {contactState(account, own)}
        </div>
        <P>
          {account.scope.map(names).join(", ")}
          <br />
          <a class="nl-link" href={`mailto:${account.email}`}>
            {account.email}
          </a>
        </P>
        {account.checkedBy.length > 0 && <P quiet>{tr("Gecontroleerd door: ", "Checked by: ") + account.checkedBy.map((school) => schoolText(catalog, school)).join(", ")}</P>}
        {!ended && (
          <div class="sm-row">
            {unchecked.length > 0 && (
              <Button kind="primary" onClick={() => ask({ kind: "check", account })}>
                {tr("Controleer dit contact", "Check this contact")}
              </Button>
            )}
            {account.checkedBy.length > 0 && <Button onClick={() => ask({ kind: "uncheck", account })}>{tr("Trek controle in", "Take the check back")}</Button>}
            <Button danger onClick={() => ask({ kind: "disable", account })}>
              {tr("Beëindig account", "End the account")}
            </Button>
          </div>
        )}
      </Card>
    </li>
  );
}

/** One entry a company: for which own schools it lacks a checked contact, since when. */
export function missingByCompany(missing: readonly MissingContact[]): { leerbedrijf: string; schools: string[]; last: MissingContact }[] {
  const companies = new Map<string, { leerbedrijf: string; schools: string[]; last: MissingContact }>();
  for (const one of missing) {
    const known = companies.get(one.leerbedrijf);
    if (!known) companies.set(one.leerbedrijf, { leerbedrijf: one.leerbedrijf, schools: [one.school], last: one });
    else {
      if (!known.schools.includes(one.school)) known.schools.push(one.school);
      if ((one.lastTime?.seconds ?? 0n) > (known.last.lastTime?.seconds ?? 0n)) known.last = one;
    }
  }
  return [...companies.values()];
}

function MissingCard({ entry, names, ask }: { entry: ReturnType<typeof missingByCompany>[number]; names: Names; ask: (asked: Asked) => void }) {
  const catalog = useCatalog().data;
  const [looking, look] = useState(false);
  return (
    <li>
      <Card>
        <Heading level={3}>{names(entry.leerbedrijf)}</Heading>
        <P>
          {tr("Er wacht iets op dit bedrijf, maar niemand daar mag het zien. Zonder gecontroleerd contact van: ", "Something waits for this company, but nobody there may see it. Without a checked contact of: ")}
          {entry.schools.map((school) => schoolText(catalog, school)).join(", ")}. <span class="sm-quiet">{tr("Laatst gezien ", "Last seen ") + moment(entry.last.lastTime)}</span>
        </P>
        <div class="sm-row">
          <Button onClick={() => look(true)}>{tr("Kijk wie er al is", "See who is there already")}</Button>
          <Button onClick={() => ask({ kind: "invite", leerbedrijf: entry.leerbedrijf })}>{tr("Nodig iemand uit", "Invite somebody")}</Button>
          <Link href="/school/bedrijven/kandidaten">{tr("Of beslis namens het bedrijf", "Or decide on behalf of the company")}</Link>
        </div>
        {looking && <ContactsOf leerbedrijf={entry.leerbedrijf} names={names} ask={ask} />}
      </Card>
    </li>
  );
}

function MissingCards({ entries, names, ask }: { entries: ReturnType<typeof missingByCompany>; names: Names; ask: (asked: Asked) => void }) {
  return (
    <ul class="sm-cards">
      {entries.map((entry) => (
        <MissingCard key={entry.leerbedrijf} entry={entry} names={names} ask={ask} />
      ))}
    </ul>
  );
}

/* All contacts of one company, also those that another school invited. */
function ContactsOf({ leerbedrijf, names, ask }: { leerbedrijf: string; names: Names; ask: (asked: Asked) => void }) {
  const contacts = useLoad(async (signal) => (await api.account.listAccounts({ leerbedrijf }, { signal })).accounts, [leerbedrijf]);
  return (
    <Shown of={contacts}>
      {(all) =>
        all.length === 0 ? (
          <P>{tr("Dit bedrijf heeft nog geen contactpersoon. Nodig iemand uit.", "This company has no contact yet. Invite somebody.")}</P>
        ) : (
          <ul class="sm-cards">
            {all.map((account) => (
              <ContactCard key={account.accountId} account={account} names={names} ask={ask} />
            ))}
          </ul>
        )
      }
    </Shown>
  );
}

function Dialogs({ asked, close, names, reload }: { asked: Asked | null; close: () => void; names: Names; reload: () => void }) {
  const done = () => {
    close();
    reload();
  };
  if (!asked) return null;
  if (asked.kind === "invite") return <InviteDialog leerbedrijf={asked.leerbedrijf} close={close} done={done} />;
  const props = { account: asked.account, companies: asked.account.scope.map(names), close, done };
  if (asked.kind === "check") return <CheckDialog {...props} />;
  return asked.kind === "uncheck" ? <UncheckDialog {...props} /> : <DisableDialog {...props} />;
}

function Body({ market, of }: { market: Market; of: Loaded<Market> }) {
  const [asked, ask] = useState<Asked | null>(null);
  const [text, setText] = useState("");
  const known = new Map(market.placements.map((placement) => [placement.leerbedrijf, placement.companyName]));
  const names: Names = (leerbedrijf) => (known.has(leerbedrijf) ? `${known.get(leerbedrijf)} (${leerbedrijf})` : leerbedrijf);
  const missing = missingByCompany(market.missing);
  const word = text.trim().toLowerCase();
  const shown = market.contacts
    .filter((account) => [account.name, account.email, ...account.scope.map(names)].join(" ").toLowerCase().includes(word))
    .sort((a, b) => Number(a.state === AccountState.DISABLED) - Number(b.state === AccountState.DISABLED) || a.checkedBy.length - b.checkedBy.length);
  return (
    <>
      <div class="sm-row">
        <Button kind="primary" onClick={() => ask({ kind: "invite", leerbedrijf: "" })}>
          {tr("Nodig een contactpersoon uit", "Invite a contact")}
        </Button>
        <Button onClick={() => go("/school/bedrijven/kandidaten")}>{tr("Beslis namens een bedrijf", "Decide on behalf of a company")}</Button>
      </div>
      {missing.length > 0 && (
        <Section title={tr("Hier ontbreekt een contact", "A contact is missing here")}>
          <Alert tone="warning">
            {tr(
              `Bij ${count(missing.length, "bedrijf", "bedrijven")} wacht een kandidaat, maar heeft jouw school nog niemand gecontroleerd. Controleer een contact, nodig er een uit, of beslis namens het bedrijf.`,
              `At ${count(missing.length, "company", "companies")} a candidate waits, but your school has checked nobody yet. Check a contact, invite one, or decide on behalf of the company.`,
            )}
          </Alert>
          <MissingCards entries={missing.slice(0, missingShown)} names={names} ask={ask} />
          {missing.length > missingShown && (
            <Details summary={tr(`En nog ${count(missing.length - missingShown, "bedrijf", "bedrijven")}`, `And ${count(missing.length - missingShown, "company", "companies")} more`)}>
              <MissingCards entries={missing.slice(missingShown)} names={names} ask={ask} />
            </Details>
          )}
        </Section>
      )}
      <Section title={tr("Contactpersonen", "Contacts")}>
        {market.contacts.length > 5 && <TextField label={tr("Zoek op naam of bedrijf", "Search name or company")} type="search" value={text} onValue={setText} />}
        {shown.length === 0 ? (
          <Empty>
            <P>{market.contacts.length === 0 ? tr("Er zijn nog geen contactpersonen. Nodig de eerste uit.", "There are no contacts yet. Invite the first.") : tr("Niemand gevonden.", "Nobody found.")}</P>
          </Empty>
        ) : (
          <ul class="sm-cards">
            {shown.map((account) => (
              <ContactCard key={account.accountId} account={account} names={names} ask={ask} />
            ))}
          </ul>
        )}
      </Section>
      <Dialogs asked={asked} close={() => ask(null)} names={names} reload={of.reload} />
    </>
  );
}

export function CompaniesPage() {
  const market = useLoad(load, []);
  return (
    <Page title={tr("Bedrijven", "Companies")} lead={tr("Wie voor een bedrijf spreekt, ziet kandidaten pas als jouw school dat contact heeft gecontroleerd.", "Whoever speaks for a company sees candidates only once your school has checked that contact.")}>
      <div class="sm-row">
        <Link href="/school/maatregelen">{tr("Maatregelen", "Measures")}</Link>
        <Link href="/school/erkenningen">{tr("Ingetrokken erkenningen inlezen", "Read in withdrawn recognitions")}</Link>
        <Link href="/menukaart">{tr("Menukaart", "Menukaart")}</Link>
      </div>
      <Shown of={market}>{(data) => <Body market={data} of={market} />}</Shown>
    </Page>
  );
}
