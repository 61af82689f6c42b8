// The worklist: what merits attention first, and what cannot be judged yet.
import { SignalAssessment, SignalStatus, type Signal } from "~gen/stagematch/v1/signal_pb.ts";
import { api } from "~/base/api.ts";
import { count, number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Link } from "~/base/router.tsx";
import { Badge, Card, Details, Empty, P, Page, Section, Shown, Table } from "~/ui/parts.tsx";
import { assessmentText, ruleCode, ruleText, statusWord, unitText } from "./signal_words.ts";

async function allSignals(signal: AbortSignal) {
  const signals: Signal[] = [];
  for (let pageToken = "", companies = 0; ; ) {
    const page = await api.signal.listSignals({ pageToken, pageSize: 500 }, { signal });
    signals.push(...page.signals);
    companies = page.companyCount;
    if (!page.nextPageToken) return { signals, companies };
    pageToken = page.nextPageToken;
  }
}

export const signalPath = (one: Signal): string => `/signalering/signalen/${one.signalId}`;

/* Something to look at now: a pattern that nobody of the school has said anything about. */
const waits = (one: Signal): boolean => one.status === SignalStatus.SIGNAL && one.assessment === SignalAssessment.UNSPECIFIED;
const unclear = (one: Signal): boolean => one.status === SignalStatus.INSUFFICIENT;

export function SignalsPage() {
  const loaded = useLoad(allSignals, []);
  return (
    <Page
      title={tr("Signalen", "Signals")}
      lead={tr("Patronen in besluiten die een blik verdienen. Een signaal is een vraag, geen oordeel.", "Patterns in decisions that merit a look. A signal is a question, not a verdict.")}
    >
      <P>
        <Link href="/signalering/aandachtspunten">{tr("Aandachtspunten: losse gebeurtenissen om over te praten", "Aandachtspunten: single events to talk about")}</Link>
      </P>
      <Shown of={loaded}>{({ signals, companies }) => <Worklist signals={signals} companies={companies} />}</Shown>
    </Page>
  );
}

function Worklist({ signals, companies }: { signals: readonly Signal[]; companies: number }) {
  const first = signals.filter(waits);
  const rest = signals.filter((one) => !waits(one) && !unclear(one));
  const little = signals.filter(unclear);
  return (
    <>
      <Section title={tr("Bekijk deze eerst", "Look at these first")}>
        {first.length === 0 ? (
          <Empty>
            <P>{tr("Er is nu geen patroon dat op je wacht.", "No pattern waits for you now.")}</P>
          </Empty>
        ) : (
          <ul class="sm-cards">
            {first.map((one) => (
              <li key={one.signalId}>
                <Card>
                  <div class="sm-card__head">
                    <strong>
                      <Link href={signalPath(one)}>{ruleText(one.rule)}</Link>
                    </strong>
                    <Status signal={one} />
                  </div>
                  <P>{unitText(one)}</P>
                  <P quiet>{figuresText(one)}</P>
                </Card>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {rest.length > 0 && (
        <Section title={tr("In de gaten houden, of al bekeken", "To keep an eye on, or looked at already")}>
          <SignalTable signals={rest} />
        </Section>
      )}
      <Section title={tr("Te weinig gegevens", "Too little data")}>
        <P>
          {tr(
            `Jouw studenten kregen besluiten van ${count(companies, "bedrijf", "bedrijven")}. Bij de meeste zijn het er te weinig om een patroon te kunnen zien. Dat betekent niet dat daar alles in orde is.`,
            `Your students had decisions from ${count(companies, "company", "companies")}. At most of them there are too few to see a pattern. That does not mean that all is well there.`,
          )}
        </P>
        {little.length > 0 && (
          <Details summary={tr(`Losse gebeurtenissen zonder patroon (${number(little.length)})`, `Single events without a pattern (${number(little.length)})`)}>
            <SignalTable signals={little} />
          </Details>
        )}
      </Section>
    </>
  );
}

export function figuresText(one: Pick<Signal, "eventCount" | "decisionCount" | "expectedCount">): string {
  const expected = one.expectedCount < 1 ? tr("minder dan 1", "less than 1") : tr(`ongeveer ${number(Math.round(one.expectedCount))}`, `about ${number(Math.round(one.expectedCount))}`);
  return tr(
    `Bij jouw school: ${number(one.eventCount)} keer bij ${count(one.decisionCount, "besluit", "besluiten")}. Verwacht: ${expected}.`,
    `At your school: ${number(one.eventCount)} times among ${count(one.decisionCount, "decision", "decisions")}. Expected: ${expected}.`,
  );
}

export function Status({ signal }: { signal: Signal }) {
  const word = statusWord(signal.status);
  return <Badge tone={word.tone}>{word.text}</Badge>;
}

function SignalTable({ signals }: { signals: readonly Signal[] }) {
  return (
    <Table
      caption={tr("Signalen, het belangrijkste eerst", "Signals, the most important first")}
      columns={[
        { name: tr("Waar het om gaat", "What it is about"), cell: (one) => <Link href={signalPath(one)}>{`${ruleText(one.rule)} (${ruleCode(one.rule)})`}</Link> },
        { name: tr("Bij wie", "Where"), cell: unitText },
        { name: tr("Wat we kunnen zeggen", "What can be said"), cell: (one) => <Status signal={one} /> },
        { name: tr("Wat de school ervan vindt", "What the school makes of it"), cell: (one) => assessmentText(one.assessment) },
        { name: tr("Keer", "Times"), cell: (one) => number(one.eventCount), number: true },
      ]}
      rows={signals}
      rowKey={(one) => one.signalId}
    />
  );
}
