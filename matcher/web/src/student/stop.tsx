// The student found a place without a round, or stops looking. Both end what runs, so both are asked twice.
import { useState } from "preact/hooks";
import { type Offer, type Stagevraag, StagevraagState } from "~gen/stagematch/v1/student_pb.ts";
import { api } from "~/base/api.ts";
import { useReasons } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { go, Link } from "~/base/router.tsx";
import { Form, RadioGroup, SelectField, TextArea } from "~/ui/fields.tsx";
import { orShowNow } from "~/ui/overtaken.ts";
import { Alert, Button, Card, Dialog, Outcome, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { Contacts } from "~/public/contacts.tsx";
import { ForMine, type Mine } from "./mine.tsx";
import { ownReasonText } from "./reasons.ts";

const textMax = 2000;
const foundElsewhere = "plek-elders";

const offerText = (offer: Offer) => `${offer.companyName}${offer.title ? `, ${offer.title}` : ""}`;

function Elsewhere({ stagevraag, changed }: { stagevraag: Stagevraag; changed: () => void }) {
  const [placement, setPlacement] = useState("");
  const [sure, ask] = useState(false);
  const offers = useLoad(() => api.student.listOffers({ stagevraagId: stagevraag.stagevraagId, pageSize: 1000 }), [stagevraag.stagevraagId]);
  const action = useAction((requestId: string, stagevraagId: string, version: bigint, placementId: string) => orShowNow(api.student.placeElsewhere({ requestId, stagevraagId, version, placementId }), changed));
  const send = async () => {
    if (!(await action.run(stagevraag.stagevraagId, stagevraag.version, placement))) return;
    changed();
    say(tr("Fijn dat je een plek hebt. Je school ziet dit ook.", "Good that you have a place. Your school sees this too."));
    go("/student", true);
  };
  const sorted = [...(offers.data?.offers ?? [])].sort((a, b) => offerText(a).localeCompare(offerText(b)));
  return (
    <Section title={tr("Ik heb zelf een plek gevonden", "I found a place myself")}>
      <P>{tr("Dan zoeken we niet verder. Loopt er een voorstel, dan stopt dat en kan een ander die plek krijgen.", "Then we stop looking. If a proposal runs it ends, and somebody else can get that place.")}</P>
      <SelectField
        label={tr("Is het een plek uit deze lijst?", "Is it a place from this list?")}
        help={tr("Zo weten we dat die plek bezet is.", "So we know that this place is taken.")}
        value={placement}
        onValue={setPlacement}
        choices={[{ value: "", label: tr("Nee, een plek ergens anders", "No, a place somewhere else") }, ...sorted.map((offer) => ({ value: offer.placementId, label: offerText(offer) }))]}
      />
      <div>
        <Button onClick={() => (action.clear(), ask(true))}>{tr("Ik heb een plek", "I have a place")}</Button>
      </div>
      <Dialog open={sure} close={() => ask(false)} title={tr("Weet je het zeker?", "Are you sure?")}>
        <P>{tr("Je doet daarna niet meer mee. Terugdraaien kan alleen via je stagecoördinator. Heb je een afspraak op papier of in een bericht? Wacht daar anders nog even op.", "You no longer take part after this. Only your coördinator can turn it back. Do you have it on paper or in a message? Otherwise wait for that.")}</P>
        <Outcome of={action} />
        <div class="sm-row">
          <Button kind="primary" busy={action.busy} onClick={() => void send()}>
            {tr("Ja, ik heb een plek", "Yes, I have a place")}
          </Button>
          <Button onClick={() => ask(false)}>{tr("Nee, ik zoek nog", "No, I am still looking")}</Button>
        </div>
      </Dialog>
    </Section>
  );
}

function Withdraw({ stagevraag, changed }: { stagevraag: Stagevraag; changed: () => void }) {
  const [open, setOpen] = useState(false);
  const [code, setCode] = useState("");
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const [sure, ask] = useState(false);
  const reasons = useReasons("withdrawn_student");
  const action = useAction((requestId: string, stagevraagId: string, version: bigint, reason: string, why: string) =>
    orShowNow(api.student.withdrawStagevraag({ requestId, stagevraagId, version, reason, text: why }), changed),
  );
  const needsText = code === "anders";
  const send = async () => {
    if (!(await action.run(stagevraag.stagevraagId, stagevraag.version, code, needsText ? text.trim() : ""))) return;
    changed();
    say(tr("Je zoekt niet meer. Je school neemt contact met je op.", "You no longer look. Your school will contact you."));
    go("/student", true);
  };
  return (
    <Section title={tr("Ik wil stoppen met zoeken", "I want to stop looking")}>
      <P>{tr("Gaat het niet zo goed, of twijfel je? Praat eerst met iemand. Stoppen hoeft niet vandaag.", "Not going well, or in doubt? Talk to somebody first. You need not stop today.")}</P>
      <Contacts school={stagevraag.school} kinds={["school", "vertrouwenspersoon"]} />
      {!open ? (
        <div>
          <Button onClick={() => setOpen(true)}>{tr("Ik wil toch stoppen", "I want to stop all the same")}</Button>
        </div>
      ) : (
        <Card>
          <Shown of={reasons}>
            {(list) => (
              <Form
                label={tr("Stoppen met zoeken", "Stop looking")}
                onSubmit={() => {
                  setTried(true);
                  if (code && (!needsText || text.trim())) {
                    action.clear();
                    ask(true);
                  }
                }}
              >
                <RadioGroup
                  label={tr("Waarom stop je?", "Why do you stop?")}
                  error={tried && !code ? tr("Kies een reden.", "Choose a reason.") : undefined}
                  value={code}
                  onValue={setCode}
                  choices={list.filter((reason) => reason.code !== foundElsewhere).map((reason) => ({ value: reason.code, label: ownReasonText(reason) }))}
                />
                {needsText && (
                  <TextArea
                    label={tr("Wat is de reden?", "What is the reason?")}
                    error={tried && !text.trim() ? tr("Schrijf een paar woorden.", "Write a few words.") : undefined}
                    value={text}
                    onValue={setText}
                    maxLength={textMax}
                  />
                )}
                <div class="sm-row">
                  <Button kind="primary" danger type="submit">
                    {tr("Stoppen met zoeken", "Stop looking")}
                  </Button>
                  <Button onClick={() => setOpen(false)}>{tr("Annuleren", "Cancel")}</Button>
                </div>
              </Form>
            )}
          </Shown>
        </Card>
      )}
      <Dialog open={sure} close={() => ask(false)} title={tr("Echt stoppen?", "Really stop?")}>
        <P>{tr("Een voorstel dat loopt, stopt. Je doet niet meer mee tot je school je opnieuw aanmeldt.", "A proposal that runs, ends. You no longer take part until your school hands you in again.")}</P>
        <Outcome of={action} />
        <div class="sm-row">
          <Button kind="primary" danger busy={action.busy} onClick={() => void send()}>
            {tr("Ja, ik stop", "Yes, I stop")}
          </Button>
          <Button onClick={() => ask(false)}>{tr("Nee, ik ga door", "No, I go on")}</Button>
        </div>
      </Dialog>
    </Section>
  );
}

function Both({ mine }: { mine: Mine }) {
  const { stagevraag } = mine;
  if (stagevraag.state !== StagevraagState.FREE && stagevraag.state !== StagevraagState.PROPOSED)
    return (
      <Alert>
        {tr("Je zoekt nu geen plek.", "You are not looking for a place now.")} <Link href="/student">{tr("Naar je overzicht", "To your overview")}</Link>
      </Alert>
    );
  return (
    <>
      <Elsewhere stagevraag={stagevraag} changed={mine.reload} />
      <Withdraw stagevraag={stagevraag} changed={mine.reload} />
    </>
  );
}

export function StopPage() {
  return (
    <Page title={tr("Zelf een plek, of stoppen", "Found a place, or stop")} back={<Link href="/student">{tr("← Overzicht", "← Overview")}</Link>}>
      <ForMine>{(mine) => <Both key={mine.stagevraag.stagevraagId} mine={mine} />}</ForMine>
    </Page>
  );
}
