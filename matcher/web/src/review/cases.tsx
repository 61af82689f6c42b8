// All cases: a board with a column for each step of the chain, or the same as a list. Both are read with the keyboard from top to bottom.
import "~/styles/cases.css";
import { useState } from "preact/hooks";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import type { Case } from "~gen/stagematch/v1/case_pb.ts";
import { api, everyPage } from "~/base/api.ts";
import { schoolText, useCatalog } from "~/base/catalog.ts";
import { due, moment, number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { go, Link } from "~/base/router.tsx";
import { useSession } from "~/base/session.ts";
import { CheckBox, RadioGroup } from "~/ui/fields.tsx";
import { Badge, Button, Card, Empty, P, Page, Shown, Table } from "~/ui/parts.tsx";
import { running, runs, stateText } from "./case_words.ts";

const key = "cases-view";
const remembered = (): string => {
  try {
    return localStorage.getItem(key) === "list" ? "list" : "board";
  } catch {
    return "board";
  }
};

function Term({ of }: { of: Case }) {
  if (of.overdue) return <Badge tone="negative">{tr("Te laat", "Overdue")}</Badge>;
  return of.dueTime ? <Badge tone="info">{tr(`voor ${due(of.dueTime)}`, `by ${due(of.dueTime)}`)}</Badge> : null;
}

function Whose({ of }: { of: Case }) {
  if (of.tied) return <>{tr("Je hebt een band met dit bedrijf", "You have a tie with this company")}</>;
  if (of.handledByMe) return <strong>{tr("Jij behandelt deze zaak", "You handle this case")}</strong>;
  return <>{of.handled ? tr("Een collega behandelt deze zaak", "A colleague handles this case") : tr("Nog niemand behandelt deze zaak", "Nobody handles this case yet")}</>;
}

const pathOf = (one: Case) => `/signalering/zaken/${one.caseId}`;
const nameOf = (one: Case) => tr(`Bedrijf ${one.leerbedrijf}`, `Company ${one.leerbedrijf}`);

function Board({ cases }: { cases: readonly Case[] }) {
  const catalog = useCatalog().data;
  const columns = running.filter((state) => cases.some((one) => one.state === state));
  return (
    <div class="sm-board" role="region" tabIndex={0} aria-label={tr("Zaken per stap", "Cases by step")}>
      {columns.map((state) => {
        const here = cases.filter((one) => one.state === state);
        return (
          <section key={state} class="sm-board__column" aria-labelledby={`column-${state}`}>
            <h2 class="nl-heading nl-heading--level-4" id={`column-${state}`}>
              {stateText(state)} ({number(here.length)})
            </h2>
            <ul class="sm-cards">
              {here.map((one) => (
                <li key={one.caseId}>
                  <Card>
                    <Link href={pathOf(one)} class="nl-link sm-card__link">
                      {nameOf(one)}
                    </Link>
                    <div class="sm-quiet">{schoolText(catalog, one.school)}</div>
                    <div>
                      <Whose of={one} />
                    </div>
                    <div class="sm-row">
                      <Term of={one} />
                    </div>
                  </Card>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}

function List({ cases }: { cases: readonly Case[] }) {
  const catalog = useCatalog().data;
  return (
    <Table
      caption={tr("Zaken, de nieuwste eerst", "Cases, the newest first")}
      columns={[
        { name: tr("Zaak", "Case"), cell: (one) => <Link href={pathOf(one)}>{nameOf(one)}</Link> },
        { name: tr("School", "School"), cell: (one) => schoolText(catalog, one.school) },
        { name: tr("Stap", "Step"), cell: (one) => stateText(one.state) },
        { name: tr("Wie", "Who"), cell: (one) => <Whose of={one} /> },
        { name: tr("Termijn", "Term"), cell: (one) => <Term of={one} /> },
        { name: tr("Geopend", "Opened"), cell: (one) => moment(one.createTime) },
      ]}
      rows={cases}
      rowKey={(one) => one.caseId}
    />
  );
}

function Cases({ cases }: { cases: readonly Case[] }) {
  const [view, setView] = useState(remembered);
  const [ended, setEnded] = useState(false);
  const [mine, setMine] = useState(false);
  const choose = (next: string) => {
    setView(next);
    try {
      localStorage.setItem(key, next);
    } catch {
      // it holds for this page alone
    }
  };
  const shown = cases.filter((one) => (ended || runs(one.state)) && (!mine || one.handledByMe));
  const asBoard = view === "board" && !ended;
  return (
    <>
      <div class="sm-row sm-noprint">
        <RadioGroup
          label={tr("Hoe wil je de zaken zien?", "How do you want to see the cases?")}
          value={view}
          onValue={choose}
          choices={[
            { value: "board", label: tr("Als bord", "As a board") },
            { value: "list", label: tr("Als lijst", "As a list") },
          ]}
        />
        <div>
          <CheckBox label={tr("Alleen wat ik behandel", "Only those that I handle")} checked={mine} onChecked={setMine} />
          <CheckBox label={tr("Ook zaken die klaar zijn (als lijst)", "Also those that have ended (as a list)")} checked={ended} onChecked={setEnded} />
        </div>
      </div>
      {shown.length === 0 ? (
        <Empty>
          <P>{tr("Er zijn geen zaken om te laten zien. Een zaak open je vanuit een melding of een signaal, of met de knop hierboven.", "There are no cases to show. A case is opened from a report or a signal, or with the button above.")}</P>
        </Empty>
      ) : asBoard ? (
        <Board cases={shown} />
      ) : (
        <List cases={shown} />
      )}
    </>
  );
}

export function CasesPage() {
  const session = useSession();
  const handles = session.kind === "signed-in" && session.session.role === Role.BEHANDELAAR;
  const loaded = useLoad(
    (signal) =>
      everyPage(async (pageToken) => {
        const page = await api.case.listCases({ pageToken, pageSize: 500 }, { signal });
        return { items: page.cases, next: page.nextPageToken };
      }),
    [],
  );
  return (
    <Page
      title={tr("Zaken", "Cases")}
      lead={tr("Wat we uitzoeken: beide kanten worden gehoord, en twee mensen sluiten een zaak samen.", "What is being looked into: both sides are heard, and two people close a case together.")}
    >
      <div class="sm-row sm-noprint">
        {handles && (
          <Button kind="primary" onClick={() => go("/signalering/zaken/nieuw")}>
            {tr("Open een zaak", "Open a case")}
          </Button>
        )}
        <Link href="/signalering/maatregelen">{tr("Maatregelen die lopen", "Measures that run")}</Link>
        <Link href="/menukaart">{tr("Menukaart", "Menukaart")}</Link>
      </div>
      <Shown of={loaded}>{(cases) => <Cases cases={cases} />}</Shown>
    </Page>
  );
}
