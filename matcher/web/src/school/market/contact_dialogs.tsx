// What a coördinator does with a company's contact: invite, check, take a check back, end.
import { useState } from "preact/hooks";
import type { Account } from "~gen/stagematch/v1/account_pb.ts";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import { api } from "~/base/api.ts";
import { useCatalog } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { CheckBox, Form, SelectField, TextField } from "~/ui/fields.tsx";
import { Alert, Button, Dialog, Outcome, P } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { schoolText, useOwnSchools } from "./scope.ts";

export const isEmail = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim());

/** The ids in what was typed: with commas, spaces or new lines between them. */
export const idsOf = (text: string): string[] => [...new Set(text.split(/[\s,;]+/).filter(Boolean))];

const isId = (id: string) => /^[A-Za-z0-9._-]{1,20}$/.test(id);

export function InviteDialog({ leerbedrijf, close, done }: { leerbedrijf: string; close: () => void; done: () => void }) {
  const [form, setForm] = useState({ name: "", email: "", companies: leerbedrijf });
  const [tried, setTried] = useState(false);
  const set = (part: Partial<typeof form>) => setForm((before) => ({ ...before, ...part }));
  const ids = idsOf(form.companies);
  const errors = {
    name: form.name.trim() === "" ? tr("Vul de naam in.", "Enter the name.") : undefined,
    email: isEmail(form.email) ? undefined : tr("Vul een e-mailadres in, zoals naam@bedrijf.nl.", "Enter an e-mail address, such as name@company.nl."),
    companies: ids.length > 0 && ids.every(isId) ? undefined : tr("Vul het leerbedrijf-id in, zoals 100077736.", "Enter the leerbedrijf id, such as 100077736."),
  };
  const invite = useAction(async (requestId) => {
    await api.account.inviteAccount({ requestId, email: form.email.trim(), name: form.name.trim(), role: Role.COMPANY, scope: ids });
    say(tr("De uitnodiging is verstuurd.", "The invitation was sent."));
    done();
  });
  return (
    <Dialog open title={tr("Contactpersoon uitnodigen", "Invite a contact")} close={close}>
      <Form
        onSubmit={() => {
          setTried(true);
          if (!Object.values(errors).some(Boolean)) void invite.run();
        }}
      >
        <P>{tr("Er gaat een bericht met een link die zeven dagen werkt. Uitnodigen is nog geen controle: die doe je daarna.", "A message goes with a link that works for seven days. Inviting is no check: you do that afterwards.")}</P>
        <TextField label={tr("Naam", "Name")} autocomplete="off" error={tried ? errors.name : undefined} value={form.name} onValue={(name) => set({ name })} />
        <TextField label={tr("E-mailadres", "E-mail address")} type="email" autocomplete="off" error={tried ? errors.email : undefined} value={form.email} onValue={(email) => set({ email })} />
        <TextField
          label={tr("Leerbedrijf-id", "Leerbedrijf id")}
          help={tr("Spreekt iemand voor meer leerbedrijven? Zet er een komma tussen.", "Does somebody speak for more than one? Put a comma between them.")}
          error={tried ? errors.companies : undefined}
          value={form.companies}
          onValue={(companies) => set({ companies })}
        />
        <Outcome of={invite} />
        <div class="sm-row">
          <Button kind="primary" type="submit" busy={invite.busy}>
            {tr("Verstuur de uitnodiging", "Send the invitation")}
          </Button>
          <Button onClick={close}>{tr("Annuleren", "Cancel")}</Button>
        </div>
      </Form>
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
    <Dialog open title={tr("Controle intrekken?", "Take the check back?")} close={close}>
      <P>
        {tr(
          `${account.name} (${companies.join(", ")}) ziet binnen een minuut niets meer van de studenten van jouw school. Andere scholen houden hun eigen controle.`,
          `${account.name} (${companies.join(", ")}) sees nothing more of your school's students within a minute. Other schools keep their own check.`,
        )}
      </P>
      <SchoolChoice schools={own.filter((one) => account.checkedBy.includes(one))} school={school} set={setSchool} />
      <Outcome of={withdraw} />
      <div class="sm-row">
        <Button danger kind="primary" busy={withdraw.busy} onClick={() => void withdraw.run()}>
          {tr("Trek de controle in", "Take the check back")}
        </Button>
        <Button onClick={close}>{tr("Annuleren", "Cancel")}</Button>
      </div>
    </Dialog>
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
    <Dialog open title={tr("Account beëindigen?", "End the account?")} close={close}>
      <P>{tr(`${account.name || account.email} kan dan niet meer inloggen, en is overal meteen uitgelogd.`, `${account.name || account.email} can then sign in no more, and is signed out everywhere at once.`)}</P>
      <Alert>{tr("Je kunt deze persoon later opnieuw uitnodigen.", "You can invite this person again later.")}</Alert>
      <Outcome of={disable} />
      <div class="sm-row">
        <Button danger kind="primary" busy={disable.busy} onClick={() => void disable.run()}>
          {tr("Beëindig het account", "End the account")}
        </Button>
        <Button onClick={close}>{tr("Annuleren", "Cancel")}</Button>
      </div>
    </Dialog>
  );
}
