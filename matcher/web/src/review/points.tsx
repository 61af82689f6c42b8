// Aandachtspunten: single events to talk about. Also for coördinatoren, who have the conversation.
import { PointOutcome, type Point } from "~gen/stagematch/v1/signal_pb.ts";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import { useState } from "preact/hooks";
import { api, everyPage } from "~/base/api.ts";
import { moment } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { go, Link } from "~/base/router.tsx";
import { useSession } from "~/base/session.ts";
import { SelectField } from "~/ui/fields.tsx";
import { Button, Card, Empty, Outcome, P, Page, Section, Shown, Table } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { outcomeChoices, outcomeText, ruleQuestion, ruleText } from "./signal_words.ts";

const company = (point: Point): string => (point.companyName ? `${point.companyName} (${point.leerbedrijf})` : point.leerbedrijf);

export function PointsPage() {
  const session = useSession();
  const reviewer = (session.kind === "signed-in" || session.kind === "over") && session.session.role !== Role.COORDINATOR;
  const loaded = useLoad(
    (signal) =>
      everyPage(async (pageToken) => {
        const page = await api.signal.listPoints({ pageToken, pageSize: 500 }, { signal });
        return { items: page.points, next: page.nextPageToken };
      }),
    [],
  );
  return (
    <Page
      title={tr("Aandachtspunten", "Aandachtspunten")}
      lead={tr("Losse gebeurtenissen om met het bedrijf over te praten. Het bedrijf ziet deze lijst niet, en één gebeurtenis is geen signaal.", "Single events to talk about with the company. The company does not see this list, and one event is no signal.")}
      back={reviewer && <Link href="/signalering/signalen">{tr("Terug naar de signalen", "Back to the signals")}</Link>}
    >
      <Shown of={loaded}>
        {(points) => {
          const open = points.filter((point) => point.outcome === PointOutcome.UNSPECIFIED);
          const done = points.filter((point) => point.outcome !== PointOutcome.UNSPECIFIED);
          return (
            <>
              <Section title={tr("Nog te bespreken", "To be talked about")}>
                {open.length === 0 ? (
                  <Empty>
                    <P>{tr("Er is nu niets om over te praten.", "There is nothing to talk about now.")}</P>
                  </Empty>
                ) : (
                  <ul class="sm-cards">
                    {open.map((point) => (
                      <li key={point.pointId}>
                        <OpenPoint point={point} reviewer={reviewer} done={(now) => loaded.set(points.map((other) => (other.pointId === now.pointId ? now : other)))} />
                      </li>
                    ))}
                  </ul>
                )}
              </Section>
              {done.length > 0 && (
                <Section title={tr("Afgerond", "Completed")}>
                  <Table
                    caption={tr("Afgeronde aandachtspunten", "Completed aandachtspunten")}
                    columns={[
                      { name: tr("Waar het om ging", "What it was about"), cell: (point) => ruleText(point.rule) },
                      { name: tr("Bedrijf", "Company"), cell: company },
                      { name: tr("Hoe het afliep", "How it ended"), cell: (point) => outcomeText(point.outcome) },
                      { name: tr("Wanneer", "When"), cell: (point) => moment(point.completeTime) },
                    ]}
                    rows={done}
                    rowKey={(point) => point.pointId}
                  />
                </Section>
              )}
            </>
          );
        }}
      </Shown>
    </Page>
  );
}

function OpenPoint({ point, reviewer, done }: { point: Point; reviewer: boolean; done: (point: Point) => void }) {
  const [outcome, setOutcome] = useState("");
  const [missing, setMissing] = useState("");
  const complete = useAction(async (requestId: string, chosen: PointOutcome) => {
    const { point: now } = await api.signal.completePoint({ requestId, pointId: point.pointId, outcome: chosen });
    if (now) done(now);
    say(tr("Aandachtspunt afgerond.", "Aandachtspunt completed."));
  });
  const send = () => {
    setMissing(outcome ? "" : tr("Kies hoe het gesprek afliep.", "Choose how the conversation ended."));
    if (outcome) void complete.run(Number(outcome));
  };
  return (
    <Card>
      <div class="sm-card__head">
        <strong>{ruleText(point.rule)}</strong>
        <span class="sm-quiet">{moment(point.createTime)}</span>
      </div>
      <P>{company(point)}</P>
      <P quiet>{ruleQuestion(point.rule)}</P>
      <SelectField
        label={tr("Hoe liep het gesprek af?", "How did the conversation end?")}
        error={missing}
        value={outcome}
        onValue={setOutcome}
        choices={[{ value: "", label: tr("Kies…", "Choose…") }, ...outcomeChoices.map((one) => ({ value: String(one), label: outcomeText(one) }))]}
      />
      <Outcome of={complete} />
      <div class="sm-row">
        <Button kind="primary" busy={complete.busy} onClick={send}>
          {tr("Rond af", "Complete")}
        </Button>
        {reviewer && point.leerbedrijf && (
          <Button onClick={() => go(`/signalering/zaken/nieuw?bedrijf=${point.leerbedrijf}&school=${point.school}&punt=${point.pointId}`)}>{tr("Open een zaak", "Open a case")}</Button>
        )}
      </div>
    </Card>
  );
}
