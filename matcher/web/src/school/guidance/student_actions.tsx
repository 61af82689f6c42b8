// What the school can do for one student: invite, note a place found elsewhere, stop the request, erase everything.
import { useState } from "preact/hooks";
import { type Stagevraag, StagevraagState } from "~gen/stagematch/v1/student_pb.ts";
import { api } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { go } from "~/base/router.tsx";
import { Form, SelectField, TextField } from "~/ui/fields.tsx";
import { Alert, Button, Details, Dialog, Outcome, P, Section, Shown } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { forgetNames, useNames } from "./names.ts";
import { ReadText } from "./read_text.tsx";
import { type GivenReason, ReasonDialog } from "./reason_dialog.tsx";

type Props = { stagevraag: Stagevraag; changed: (stagevraag: Stagevraag) => void };

export function StudentActions({ stagevraag, changed, reload }: Props & { reload: () => void }) {
  const looks = [StagevraagState.FREE, StagevraagState.PROPOSED].includes(stagevraag.state);
  return (
    <Section title={tr("Wat je kunt doen", "What you can do")}>
      {stagevraag.state === StagevraagState.WITHDRAWN && <ReadText subject={stagevraag.stagevraagId} kind="reason" />}
      <div class="sm-row">
        <Invite stagevraag={stagevraag} />
        {looks && <Elsewhere stagevraag={stagevraag} changed={changed} />}
        {looks && <Withdraw stagevraag={stagevraag} changed={changed} reload={reload} />}
      </div>
      <Details summary={tr("Alle gegevens wissen", "Erase all data")}>
        <Erase stagevraag={stagevraag} />
      </Details>
    </Section>
  );
}

function Invite({ stagevraag }: { stagevraag: Stagevraag }) {
  const email = useNames([stagevraag.stagevraagId]).student(stagevraag.stagevraagId)?.identity?.email;
  const action = useAction((requestId) => api.account.inviteStudent({ requestId, stagevraagId: stagevraag.stagevraagId }));
  const invite = () => void action.run().then((done) => done && say(tr("De uitnodiging is verstuurd.", "The invitation was sent.")));
  return (
    <div class="sm-stack">
      <Button busy={action.busy} disabled={!email} onClick={invite}>
        {tr("Nodig uit per e-mail", "Invite by e-mail")}
      </Button>
      {!email && <P quiet>{tr("Er is geen e-mailadres bekend. Lees dat eerst in.", "No e-mail address is known. Import it first.")}</P>}
      <Outcome of={action} />
    </div>
  );
}

function Elsewhere({ stagevraag, changed }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{tr("De student heeft zelf een plek", "The student found a place")}</Button>
      <Dialog open={open} close={() => setOpen(false)} title={tr("Zelf een plek gevonden", "Found a place")}>
        <ElsewhereForm
          stagevraag={stagevraag}
          changed={(next) => {
            setOpen(false);
            changed(next);
          }}
          close={() => setOpen(false)}
        />
      </Dialog>
    </>
  );
}

function ElsewhereForm({ stagevraag, changed, close }: Props & { close: () => void }) {
  const [place, setPlace] = useState("");
  const offers = useLoad((signal) => api.student.listOffers({ stagevraagId: stagevraag.stagevraagId, pageSize: 1000 }, { signal }), [stagevraag.stagevraagId]);
  const action = useAction(async (requestId, placementId: string) => {
    const answer = await api.student.placeElsewhere({ requestId, stagevraagId: stagevraag.stagevraagId, version: stagevraag.version, placementId });
    say(tr("Opgeslagen. De student doet niet meer mee met de matching.", "Saved. The student is in the matching no more."));
    if (answer.stagevraag) changed(answer.stagevraag);
  });
  return (
    <Form onSubmit={() => void action.run(place)}>
      <P>{tr("De student doet dan niet meer mee met de matching. Loopt er een voorstel, dan stopt dat.", "The student is then in the matching no more. A proposal that runs ends.")}</P>
      <Shown of={offers}>
        {({ offers: list }) => (
          <SelectField
            label={tr("Staat de plek in Stagematch?", "Is the place in Stagematch?")}
            help={tr("Kies hem dan hier: de plek is daarna bezet.", "Then choose it here: its seat is taken after that.")}
            value={place}
            onValue={setPlace}
            choices={[{ value: "", label: tr("Nee, een andere plek", "No, another place") }, ...list.map((offer) => ({ value: offer.placementId, label: `${offer.companyName}, ${offer.title || offer.leerplaats}` }))]}
          />
        )}
      </Shown>
      <Outcome of={action} />
      <div class="sm-row">
        <Button kind="primary" type="submit" busy={action.busy}>
          {tr("Sla op", "Save")}
        </Button>
        <Button onClick={close}>{tr("Annuleren", "Cancel")}</Button>
      </div>
    </Form>
  );
}

function Withdraw({ stagevraag, changed, reload }: Props & { reload: () => void }) {
  const [open, setOpen] = useState(false);
  const action = useAction(async (requestId, { reason, text }: GivenReason) => {
    const answer = await api.student.withdrawStagevraag({ requestId, stagevraagId: stagevraag.stagevraagId, version: stagevraag.version, reason, text });
    setOpen(false);
    say(tr("De stagevraag is gestopt.", "The request was stopped."));
    if (answer.stagevraag) changed(answer.stagevraag);
    else reload();
  });
  return (
    <>
      <Button danger onClick={() => setOpen(true)}>
        {tr("Stop deze stagevraag", "Stop this request")}
      </Button>
      <ReasonDialog open={open} close={() => setOpen(false)} title={tr("Stagevraag stoppen", "Stop the request")} event="withdrawn_student" button={tr("Stop de stagevraag", "Stop the request")} action={action}>
        <P>{tr("De student zoekt dan niet meer. Loopt er een voorstel, dan stopt dat en komt de plek vrij.", "The student looks no more. A proposal that runs ends, and its seat is free.")}</P>
      </ReasonDialog>
    </>
  );
}

function Erase({ stagevraag }: { stagevraag: Stagevraag }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <P>{tr("Wis een student alleen als de bewaartermijn voorbij is, of als de student erom vraagt.", "Erase a student only when the retention period is over, or when the student asks for it.")}</P>
      <div>
        <Button danger onClick={() => setOpen(true)}>
          {tr("Wis deze student", "Erase this student")}
        </Button>
      </div>
      <Dialog open={open} close={() => setOpen(false)} title={tr("Student wissen", "Erase the student")}>
        <EraseForm stagevraag={stagevraag} close={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function EraseForm({ stagevraag, close }: { stagevraag: Stagevraag; close: () => void }) {
  const [typed, setTyped] = useState("");
  const [tried, setTried] = useState(false);
  const number = useNames([stagevraag.stagevraagId]).student(stagevraag.stagevraagId)?.studentNumber;
  const right = number !== undefined && typed.trim() === number;
  const action = useAction(async (requestId) => {
    await api.student.eraseStudent({ requestId, stagevraagId: stagevraag.stagevraagId });
    forgetNames([stagevraag.stagevraagId]);
    say(tr("De student is gewist.", "The student was erased."));
    go("/school/studenten", true);
  });
  return (
    <Form
      onSubmit={() => {
        setTried(true);
        if (right) void action.run();
      }}
    >
      <Alert tone="warning">{tr("Dit kan niemand terugdraaien.", "Nobody can undo this.")}</Alert>
      <ul class="sm-list">
        <li>{tr("Naam, adres, e-mail en alle teksten zijn voorgoed onleesbaar.", "Name, address, e-mail and all texts become unreadable for good.")}</li>
        <li>{tr("Alle stagevragen van deze student verdwijnen, ook die van andere periodes.", "All requests of this student disappear, also those of other periods.")}</li>
        <li>{tr("Loopt er een voorstel, dan stopt dat. Het account van de student werkt niet meer.", "A proposal that runs ends. The student's account works no more.")}</li>
        <li>{tr("Wat er besloten is blijft bewaard, zonder dat iemand weet over wie het ging.", "What was decided is kept, without anybody knowing about whom.")}</li>
      </ul>
      <TextField
        label={tr(`Typ het studentnummer${number ? ` (${number})` : ""} om te bevestigen`, `Type the student number${number ? ` (${number})` : ""} to confirm`)}
        autocomplete="off"
        value={typed}
        onValue={setTyped}
        error={tried && !right ? tr("Dit is niet het studentnummer.", "This is not the student number.") : undefined}
      />
      <Outcome of={action} />
      <div class="sm-row">
        <Button kind="primary" danger type="submit" busy={action.busy}>
          {tr("Wis voorgoed", "Erase for good")}
        </Button>
        <Button onClick={close}>{tr("Annuleren", "Cancel")}</Button>
      </div>
    </Form>
  );
}
