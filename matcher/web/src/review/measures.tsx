// Measures of the caller's schools: which run, when to look again, what changed, and lifting a pause. For behandelaar, vertrouwenspersoon and coördinator.
import { useState } from "preact/hooks";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import { type ListMeasuresResponse, MeasureEffect, MeasureState, type TakenMeasure } from "~gen/stagematch/v1/measure_pb.ts";
import { api, everyPage } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { Link } from "~/base/router.tsx";
import { useSession } from "~/base/session.ts";
import { CheckBox, Form, TextField } from "~/ui/fields.tsx";
import { Button, Card, Details, Empty, Outcome, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { TakenOne, usualFollowUp } from "./case_measures.tsx";
import { useCaseLists } from "./case_words.ts";

function FollowUp({ of, changed }: { of: TakenMeasure; changed: () => void }) {
  const [date, setDate] = useState(usualFollowUp);
  const act = useAction(async (requestId, version: bigint, done: boolean, followUpDate: string) => {
    await api.measure.followUpMeasure({ requestId, measureId: of.measureId, version, done, followUpDate: done ? "" : followUpDate });
    changed();
  });
  const run = (done: boolean) => void act.run(of.version, done, date).then((ok) => ok && say(tr("Genoteerd.", "Noted.")));
  return (
    <Details summary={tr("Ik heb gekeken hoe het gaat", "I looked how it goes")}>
      <Form label={tr("Hoe gaat het?", "How does it go?")} onSubmit={() => run(false)}>
        <TextField type="date" label={tr("Kijk opnieuw op", "Look again on")} value={date} onValue={setDate} />
        <Outcome of={act} />
        <div class="sm-row">
          <Button type="submit" busy={act.busy}>
            {tr("Kies deze dag", "Choose this day")}
          </Button>
          {of.effect === MeasureEffect.AGREEMENT && (
            <Button busy={act.busy} onClick={() => run(true)}>
              {tr("Het is klaar", "It is done")}
            </Button>
          )}
        </div>
      </Form>
    </Details>
  );
}

function Lift({ of, changed }: { of: TakenMeasure; changed: () => void }) {
  const [sure, setSure] = useState(false);
  const lift = useAction(async (requestId, version: bigint) => {
    await api.measure.liftMeasure({ requestId, measureId: of.measureId, version });
    changed();
  });
  return (
    <Details summary={tr("Hef deze maatregel op", "Lift this measure")}>
      <P>
        {of.effect === MeasureEffect.AGREEMENT
          ? tr("De afspraak vervalt.", "The agreement lapses.")
          : tr("Studenten van je school kunnen weer bij dit bedrijf terecht. Wat intussen eindigde, blijft geëindigd.", "Students of your school can go to this company again. What ended meanwhile stays ended.")}
      </P>
      <CheckBox label={tr("Ik weet dit en wil het", "I know this and want it")} checked={sure} onChecked={setSure} />
      <Outcome of={lift} />
      <div class="sm-row">
        <Button busy={lift.busy} disabled={!sure} onClick={() => void lift.run(of.version).then((ok) => ok && say(tr("Opgeheven.", "Lifted.")))}>
          {tr("Hef op", "Lift")}
        </Button>
      </div>
    </Details>
  );
}

function One({ of, lists, changed, role }: { of: TakenMeasure; lists: ListMeasuresResponse; changed: () => void; role: Role }) {
  const active = of.state === MeasureState.ACTIVE;
  return (
    <li>
      <Card>
        <P quiet>{tr(`Bedrijf ${of.leerbedrijf}`, `Company ${of.leerbedrijf}`)}</P>
        <TakenOne of={of} lists={lists} />
        {of.caseId && role !== Role.COORDINATOR && <Link href={`/signalering/zaken/${of.caseId}`} class="nl-link sm-card__link">{tr("Naar de zaak", "To the case")}</Link>}
        {active && role !== Role.VERTROUWENSPERSOON && <FollowUp of={of} changed={changed} />}
        {active && role === Role.BEHANDELAAR && <Lift of={of} changed={changed} />}
      </Card>
    </li>
  );
}

export function MeasuresPage() {
  const session = useSession();
  const role = session.kind === "signed-in" || session.kind === "over" ? session.session.role : Role.UNSPECIFIED;
  const lists = useCaseLists();
  const taken = useLoad(
    (signal) =>
      everyPage(async (pageToken) => {
        const page = await api.measure.listTakenMeasures({ pageToken, pageSize: 200 }, { signal });
        return { items: page.taken, next: page.nextPageToken };
      }),
    [],
  );
  const group = (title: string, measures: readonly TakenMeasure[], known: ListMeasuresResponse) =>
    measures.length > 0 && (
      <Section title={title}>
        <ul class="sm-cards">
          {measures.map((one) => (
            <One key={one.measureId} of={one} lists={known} changed={taken.reload} role={role} />
          ))}
        </ul>
      </Section>
    );
  return (
    <Page
      title={tr("Maatregelen", "Measures")}
      lead={tr("Wat is afgesproken met bedrijven, en wat er sindsdien veranderde. Dat bewijst niet dat het door de maatregel komt.", "What was agreed with companies, and what changed since. That does not prove that the measure did it.")}
    >
      <P>
        <Link href="/menukaart">{tr("Bekijk de menukaart met alle maatregelen", "Look at the menukaart with all measures")}</Link>
      </P>
      <Shown of={lists}>
        {(known) => (
          <Shown of={taken}>
            {(measures) =>
              measures.length === 0 ? (
                <Empty>
                  <P>{tr("Er zijn nog geen maatregelen genomen. Dat gebeurt in een zaak, als er een besluit is.", "No measures were taken yet. That happens in a case, once there is a decision.")}</P>
                </Empty>
              ) : (
                <>
                  {group(tr("Lopen nu", "Running now"), measures.filter((one) => one.state === MeasureState.ACTIVE), known)}
                  {group(tr("Voorbij", "Over"), measures.filter((one) => one.state !== MeasureState.ACTIVE), known)}
                </>
              )
            }
          </Shown>
        )}
      </Shown>
    </Page>
  );
}
