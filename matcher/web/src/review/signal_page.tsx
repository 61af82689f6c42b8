// One signal: what was counted, how sure that is, what else could explain it, and what the school makes of it.
import { SignalAssessment, SignalUnit, type GetSignalResponse, type Signal, type SignalEvent } from "~gen/stagematch/v1/signal_pb.ts";
import { useState } from "preact/hooks";
import { api } from "~/base/api.ts";
import { reasonText, skillText, useAllReasons, useCatalog } from "~/base/catalog.ts";
import { moment, number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { go, Link, type Params } from "~/base/router.tsx";
import { Form, RadioGroup } from "~/ui/fields.tsx";
import { Alert, Button, DataList, Empty, Outcome, P, Page, Section, Shown, Table } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { FittingMeasures } from "./fitting_measures.tsx";
import { ForestPlot } from "./forest_plot.tsx";
import { FunnelPlot, TimeLine } from "./signal_charts.tsx";
import { assessmentChoices, assessmentText, chanceText, eventText, otherExplanations, ruleCode, ruleQuestion, ruleText, statusMeaning, statusWord, unitText } from "./signal_words.ts";
import { figuresText } from "./signals.tsx";

export function SignalPage({ params }: { params: Params }) {
  const loaded = useLoad((signal) => api.signal.getSignal({ signalId: params.id ?? "" }, { signal }), [params.id]);
  const one = loaded.data?.signal;
  return (
    <Page
      title={one ? `${ruleText(one.rule)} (${ruleCode(one.rule)})` : tr("Signaal", "Signal")}
      lead={one && unitText(one)}
      back={<Link href="/signalering/signalen">{tr("Terug naar de signalen", "Back to the signals")}</Link>}
    >
      <Shown of={loaded}>
        {(answer) =>
          answer.signal && <Evidence answer={answer} signal={answer.signal} set={(signal) => loaded.set({ ...answer, signal })} />
        }
      </Shown>
    </Page>
  );
}

function Evidence({ answer, signal, set }: { answer: GetSignalResponse; signal: Signal; set: (signal: Signal) => void }) {
  return (
    <>
      <Alert tone={statusWord(signal.status).tone === "warning" ? "warning" : "info"}>
        <strong>{statusWord(signal.status).text}.</strong> {statusMeaning(signal.status)}
      </Alert>
      <P>{ruleQuestion(signal.rule)}</P>
      <Section title={tr("Wat er is geteld", "What was counted")}>
        <P>{figuresText(signal)}</P>
        {signal.otherSchools && (
          <P>
            {tr(
              "Wat we zeggen, rust ook op besluiten bij andere scholen. Hun besluiten zie je hier niet; alleen die van jouw school.",
              "What is said rests on decisions at other schools too. You do not see theirs here; only those of your school.",
            )}
          </P>
        )}
        <TimeLine periods={answer.periods} />
        <Events events={answer.events} />
      </Section>
      <Section title={tr("Hoe zeker is dit?", "How sure is this?")}>
        <Sureness answer={answer} signal={signal} />
        <ForestPlot periods={answer.periods} expected={answer.expectedShare} />
        <FunnelPlot answer={answer} signal={signal} />
      </Section>
      <Section title={tr("Wat kan het ook zijn?", "What else could it be?")}>
        <ul class="sm-list">
          {[...otherExplanations(signal.rule), tr("Het kan toeval zijn: ook zonder reden staan er soms veel bij elkaar.", "It may be chance: without any reason, too, many sometimes come together.")].map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </Section>
      <FittingMeasures rule={signal.rule} />
      <Assess signal={signal} set={set} />
    </>
  );
}

function Sureness({ answer, signal }: { answer: GetSignalResponse; signal: Signal }) {
  const company = signal.unitKind === SignalUnit.COMPANY || signal.unitKind === SignalUnit.CONCERN;
  return (
    <>
      <DataList
        items={[
          [tr("Verwacht deel", "Expected share"), `${number(Math.round(answer.expectedShare * 1000) / 10)}%`],
          [tr("Vergeleken met", "Compared with"), tr(`${number(answer.referenceCount)} besluiten bij anderen`, `${number(answer.referenceCount)} decisions of others`)],
          ...(company ? ([[tr("Kans op stage daar", "Chance of a place there"), chanceText(answer.chance)]] as const) : []),
        ]}
      />
      <P>
        {tr(
          "We vergelijken met plekken in dezelfde sector en regio, waar de kans op een stage ongeveer even goed is. Een patroon noemen we pas een signaal als toeval het maar heel zelden geeft.",
          "We compare with places in the same sector and region, where the chance of a place is about as good. We call a pattern a signal only where chance gives it very seldom.",
        )}
      </P>
    </>
  );
}

function Events({ events }: { events: readonly SignalEvent[] }) {
  const reasons = useAllReasons().data;
  const catalog = useCatalog().data;
  const what = (event: SignalEvent) => {
    const reason = reasons?.find((one) => one.code === event.code);
    const text = eventText(event.code) || (reason ? reasonText(reason) : event.code);
    return event.criterion ? `${text} (${skillText(catalog, event.criterion)})` : text;
  };
  if (events.length === 0)
    return (
      <Empty>
        <P>{tr("Jouw school heeft hier geen eigen gebeurtenissen.", "Your school has no events of its own here.")}</P>
      </Empty>
    );
  return (
    <Table
      caption={tr("Gebeurtenissen bij jouw school", "Events at your school")}
      columns={[
        { name: tr("Wanneer", "When"), cell: (event) => moment(event.time) },
        { name: tr("Wat er gebeurde", "What happened"), cell: what },
        { name: tr("Leerbedrijf", "Leerbedrijf"), cell: (event) => event.leerbedrijf },
        { name: tr("Door wie", "By whom"), cell: (event) => (event.onBehalf ? tr("coördinator, namens het bedrijf", "coördinator, on behalf of the company") : "") },
      ]}
      rows={events}
      rowKey={(event) => `${event.proposalId}${event.placementId}${event.code}${event.time?.seconds}`}
    />
  );
}

function Assess({ signal, set }: { signal: Signal; set: (signal: Signal) => void }) {
  const [chosen, choose] = useState("");
  const [missing, setMissing] = useState("");
  const assess = useAction(async (requestId: string, assessment: SignalAssessment) => {
    const said = await api.signal.assessSignal({ requestId, signalId: signal.signalId, version: signal.version, assessment });
    if (said.signal) set(said.signal);
    say(tr("Opgeslagen.", "Saved."));
  });
  const send = () => {
    setMissing(chosen ? "" : tr("Kies wat je ervan vindt.", "Choose what you make of it."));
    if (chosen) void assess.run(Number(chosen));
  };
  return (
    <Section title={tr("Wat vind je ervan?", "What do you make of it?")}>
      {signal.assessment !== SignalAssessment.UNSPECIFIED && (
        <P>
          {tr("De school zei:", "The school said:")} {assessmentText(signal.assessment)} ({moment(signal.assessTime)}).
        </P>
      )}
      <Form label={tr("Wat je ervan vindt", "What you make of it")} onSubmit={send}>
        <RadioGroup
          label={tr("Kies één antwoord", "Choose one answer")}
          error={missing}
          value={chosen}
          onValue={choose}
          choices={assessmentChoices.map((one) => ({ value: String(one), label: assessmentText(one) }))}
        />
        <Outcome of={assess} />
        <div class="sm-row">
          <Button kind="primary" type="submit" busy={assess.busy}>
            {tr("Opslaan", "Save")}
          </Button>
          {signal.unitKind === SignalUnit.COMPANY && (
            <Button onClick={() => go(`/signalering/zaken/nieuw?bedrijf=${signal.unit}&school=${signal.school}&signaal=${signal.signalId}`)}>{tr("Open een zaak", "Open a case")}</Button>
          )}
        </div>
      </Form>
    </Section>
  );
}
