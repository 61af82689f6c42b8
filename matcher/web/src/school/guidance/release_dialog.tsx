// Before a name is released: exactly which data go to whom. What is released cannot be unread.
import type { Proposal } from "~gen/stagematch/v1/proposal_pb.ts";
import { AccountState } from "~gen/stagematch/v1/account_pb.ts";
import { api } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { Link } from "~/base/router.tsx";
import { Alert, Button, DataList, Dialog, Loading, Outcome, P } from "~/ui/parts.tsx";
import { useNames } from "./names.ts";
import { fullName } from "./person.ts";
import type { Whole } from "./proposal_page.tsx";

type Props = { open: boolean; close: () => void; whole: Whole; released: (proposal: Proposal) => void };

export function ReleaseDialog({ open, close, whole, released }: Props) {
  return (
    <Dialog open={open} close={close} title={tr("Gegevens vrijgeven", "Release the details")}>
      <Content close={close} whole={whole} released={released} />
    </Dialog>
  );
}

function Content({ close, whole: { proposal }, released }: Omit<Props, "open">) {
  const student = useNames([proposal.stagevraagId]).student(proposal.stagevraagId);
  const contacts = useLoad((signal) => api.account.listAccounts({ leerbedrijf: proposal.leerbedrijf }, { signal }), [proposal.leerbedrijf]);
  const readers = contacts.data?.accounts.filter((one) => one.state === AccountState.ACTIVE && one.checkedBy.includes(proposal.school)) ?? [];
  const action = useAction(async (requestId) => {
    const answer = await api.proposal.releaseProposal({ requestId, proposalId: proposal.proposalId, version: proposal.version });
    if (answer.proposal) released(answer.proposal);
  });
  const none = tr("niet bekend", "not known");
  return (
    <>
      <P>{tr(`Dit gaat naar ${proposal.companyName}:`, `This goes to ${proposal.companyName}:`)}</P>
      {student ? (
        <DataList
          items={[
            [tr("Naam", "Name"), fullName(student.identity) || none],
            [tr("E-mail", "E-mail"), student.identity?.email || none],
            [tr("Telefoon", "Phone"), student.identity?.phone || none],
          ]}
        />
      ) : (
        <Loading />
      )}
      <P>{tr("Niets anders: geen geboortedatum, geslacht, adres, studentnummer of cijfers.", "Nothing else: no birth date, sex, address, student number or grades.")}</P>
      {contacts.data &&
        (readers.length > 0 ? (
          <P>
            {tr("Wie het kan lezen:", "Who can read it:")} {readers.map((one) => `${one.name} (${one.email})`).join(", ")}
          </P>
        ) : (
          <Alert tone="warning">
            <p class="nl-paragraph">
              {tr("Je school heeft nog geen contactpersoon van dit bedrijf gecontroleerd. Tot dan kan niemand de gegevens lezen. Controleer eerst de contactpersoon bij ", "Your school has checked no contact of this company yet. Until then nobody can read the details. First check the contact at ")}
              <Link href="/school/bedrijven">{tr("Bedrijven", "Companies")}</Link>.
            </p>
          </Alert>
        ))}
      <P quiet>{tr("Wie wanneer wat vrijgaf is vastgelegd. Trek je de student later terug, dan kan het bedrijf niets meer lezen.", "Who released what and when is recorded. If you withdraw the student later, the company can read nothing more.")}</P>
      <Outcome of={action} />
      <div class="sm-row">
        <Button kind="primary" busy={action.busy} onClick={() => void action.run()}>
          {tr("Geef vrij", "Release")}
        </Button>
        <Button onClick={close}>{tr("Annuleren", "Cancel")}</Button>
      </div>
    </>
  );
}
