// What a coördinator does with a company's contact: invite, check, take a check back, end.
import { useState } from "preact/hooks";
import type { Account } from "~gen/stagematch/v1/account_pb.ts";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import { InvitationForm } from "~/account/invitation.tsx";
import { api } from "~/base/api.ts";
import { useCatalog } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { AskFirst } from "~/ui/ask.tsx";
import { CheckBox, Form, SelectField, TextField } from "~/ui/fields.tsx";
import { Alert, Button, Dialog, Outcome, P } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { schoolText, useOwnSchools } from "./scope.ts";

/** The ids in what was typed: with commas, spaces or new lines between them. */
export const idsOf = (text: string): string[] => [...new Set(text.split(/[\s,;]+/).filter(Boolean))];

const isId = (id: string) => /^[A-Za-z0-9._-]{1,20}$/.test(id);

export function InviteDialog({ leerbedrijf, close, done }: { leerbedrijf: string; close: () => void; done: () => void }) {
  const [companies, setCompanies] = useState(leerbedrijf);
  const ids = idsOf(companies);
  return (
    <Dialog open title={tr("Contactpersoon uitnodigen", "Invite a contact")} close={close}>
      <InvitationForm
        role={Role.COMPANY}
        scope={ids}
        problem={ids.length > 0 && ids.every(isId) ? undefined : tr("Vul het leerbedrijf-id in, zoals 100077736.", "Enter the leerbedrijf id, such as 100077736.")}
        example={tr("naam@bedrijf.nl", "name@company.nl")}
        before={<P>{tr("Er gaat een bericht met een link die zeven dagen werkt. Uitnodigen is nog geen controle: die doe je daarna.", "A message goes with a link that works for seven days. Inviting is no check: you do that afterwards.")}</P>}
        close={close}
        done={done}
      >
        {(problem) => (
          <TextField
            label={tr("Leerbedrijf-id", "Leerbedrijf id")}
            help={tr("Spreekt iemand voor meer leerbedrijven? Zet er een komma tussen.", "Does somebody speak for more than one? Put a comma between them.")}
            error={problem}
            value={companies}
            onValue={setCompanies}
          />
        )}
      </InvitationForm>
    </Dialog>
  );
}

type ContactProps = { account: Account; companies: readonly string[]; close: () => void; done: () => void };

/* Which of the own schools: with one there is nothing to choose. */
function SchoolChoice({ schools, school, set }: { schools: readonly string[]; school: string; set: (school: string) => void }) {
  const catalog = useCatalog().data;
  if (schools.length < 2) return null;
  return (
    <SelectField
      label={tr("Voor welke school?", "For which school?")}
      value={school}
      onValue={set}
      choices={[{ value: "", label: tr("Al mijn scholen", "All my schools") }, ...schools.map((one) => ({ value: one, label: schoolText(catalog, one) }))]}
    />
  );
}

export function CheckDialog({ account, companies, close, done }: ContactProps) {
  const own = useOwnSchools();
  const [school, setSchool] = useState("");
  const [called, setCalled] = useState(false);
  const [tried, setTried] = useState(false);
  const check = useAction(async (requestId) => {
    await api.account.verifyCompanyContact({ requestId, accountId: account.accountId, school, scope: account.scope });
    say(tr("Het contact is gecontroleerd.", "The contact was checked."));
    done();
  });
  return (
    <Dialog open title={tr("Contact controleren", "Check a contact")} close={close}>
      <Form
        onSubmit={() => {
          setTried(true);
          if (called) void check.run();
        }}
      >
        <P>{tr("Je verklaart dat deze persoon voor het bedrijf spreekt. Daarna ziet deze persoon kandidaten van jouw school.", "You state that this person speaks for the company. After that this person sees candidates of your school.")}</P>
        <P>
          <strong>{account.name}</strong>, {account.email}
          <br />
          {tr("voor ", "for ") + companies.join(", ")}
        </P>
        <ol class="sm-list">
          <li>{tr("Zoek zelf het telefoonnummer van het bedrijf op, bijvoorbeeld bij SBB of op de website.", "Look up the company's telephone number yourself, for instance at SBB or on its website.")}</li>
          <li>{tr("Gebruik niet het nummer uit een mail van deze persoon.", "Do not use the number in an e-mail of this person.")}</li>
          <li>{tr("Bel, vraag naar deze persoon, en vraag of het e-mailadres klopt en of deze persoon over stages gaat.", "Call, ask for this person, and ask whether the e-mail address is right and whether this person deals with internships.")}</li>
        </ol>
        <SchoolChoice schools={own.filter((one) => !account.checkedBy.includes(one))} school={school} set={setSchool} />
        <CheckBox checked={called} onChecked={setCalled} label={tr("Ik heb gebeld met een nummer dat ik zelf vond, en het klopt", "I called a number that I found myself, and it is right")} />
        {tried && !called && <div class="sm-error" role="alert">{tr("Bel eerst, en zet dan het vinkje.", "Call first, then tick the box.")}</div>}
        <Outcome of={check} />
        <div class="sm-row">
          <Button kind="primary" type="submit" busy={check.busy}>
            {tr("Dit contact klopt", "This contact is right")}
          </Button>
          <Button onClick={close}>{tr("Nog niet", "Not yet")}</Button>
        </div>
      </Form>
    </Dialog>
  );
}

export function UncheckDialog({ account, companies, close, done }: ContactProps) {
  const own = useOwnSchools();
  const [school, setSchool] = useState("");
  const withdraw = useAction(async (requestId) => {
    await api.account.withdrawContactCheck({ requestId, accountId: account.accountId, school });
    say(tr("De controle is ingetrokken.", "The check was taken back."));
    done();
  });
  return (
    <AskFirst open title={tr("Controle intrekken?", "Take the check back?")} close={close} action={withdraw} yes={tr("Trek de controle in", "Take the check back")} danger>
      <P>
        {tr(
          `${account.name} (${companies.join(", ")}) ziet binnen een minuut niets meer van de studenten van jouw school. Andere scholen houden hun eigen controle.`,
          `${account.name} (${companies.join(", ")}) sees nothing more of your school's students within a minute. Other schools keep their own check.`,
        )}
      </P>
      <SchoolChoice schools={own.filter((one) => account.checkedBy.includes(one))} school={school} set={setSchool} />
    </AskFirst>
  );
}

/** For contacts and colleagues alike. */
export function DisableDialog({ account, close, done }: Omit<ContactProps, "companies">) {
  const disable = useAction(async (requestId) => {
    await api.account.disableAccount({ requestId, accountId: account.accountId });
    say(tr("Het account is beëindigd.", "The account was ended."));
    done();
  });
  return (
    <AskFirst open title={tr("Account beëindigen?", "End the account?")} close={close} action={disable} yes={tr("Beëindig het account", "End the account")} danger>
      <P>{tr(`${account.name || account.email} kan dan niet meer inloggen, en is overal meteen uitgelogd.`, `${account.name || account.email} can then sign in no more, and is signed out everywhere at once.`)}</P>
      <Alert>{tr("Je kunt deze persoon later opnieuw uitnodigen.", "You can invite this person again later.")}</Alert>
    </AskFirst>
  );
}
