// All proposals of the school: filtered by state and round, and approved many at a time.
import { useMemo, useState } from "preact/hooks";
import { ProposalState, type Proposal } from "~gen/stagematch/v1/proposal_pb.ts";
import { api, everyPage } from "~/base/api.ts";
import { saveCsv } from "~/base/csv.ts";
import { count, day, due, number } from "~/base/format.ts";
import { tr, useLanguage } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { go, Link } from "~/base/router.tsx";
import { proposalWord } from "~/base/words.ts";
import { SelectField, TextField } from "~/ui/fields.tsx";
import { Badge, Button, Dialog, Empty, P, Page, Shown } from "~/ui/parts.tsx";
import { VirtualTable, type VirtualColumn } from "~/ui/virtual.tsx";
import { allPlacements } from "../market/scope.ts";
import { allProposals } from "./all.ts";
import { ApproveMany, type Replace } from "./approve_many.tsx";
import { Explanation } from "./explanation.tsx";
import { askNames, studentOf } from "./names.ts";
import { nameOrNumber, sortName } from "./person.ts";
import { plain } from "./student_rows.ts";

type Row = { proposal: Proposal; place: string; name: string; sort: string; number: string; text: string };
type Titles = ReadonlyMap<string, string>;

export function ProposalsPage() {
  const [heard, setHeard] = useState(0);
  const loaded = useLoad(async (signal) => {
    const [proposals, places, rounds] = await Promise.all([
      allProposals(signal, undefined, setHeard),
      allPlacements(signal).catch(() => []), // only for what places are called
      everyPage(async (pageToken) => {
        const page = await api.round.listRounds({ pageSize: 1000, pageToken }, { signal });
        return { items: page.rounds, next: page.nextPageToken };
      }),
    ]);
    await askNames(proposals.map((one) => one.stagevraagId)).catch(() => undefined); // without names it is still of use
    return { proposals, rounds, titles: new Map(places.map((place) => [place.placementId, place.title] as const)) };
  }, []);
  const replace: Replace = (changed) => {
    if (!loaded.data) return;
    const by = new Map(changed.map((one) => [one.proposalId, one]));
    loaded.set({ ...loaded.data, proposals: loaded.data.proposals.map((one) => by.get(one.proposalId) ?? one) });
  };
  return (
    <Page title={tr("Voorstellen", "Proposals")} lead={tr("Een voorstel is een student bij een plek. De school keurt goed, daarna kijkt het bedrijf zonder naam.", "A proposal is a student at a place. The school approves, then the company looks without a name.")}>
      <Shown of={loaded} what={tr(`Voorstellen ophalen: ${number(heard)}`, `Reading proposals: ${number(heard)}`)}>
        {({ proposals, rounds, titles }) =>
          proposals.length === 0 ? (
            <Empty>
              <P>{tr("Er zijn nog geen voorstellen. Ze komen er als je een ronde bekendmaakt.", "There are no proposals yet. They come when you publish a round.")}</P>
              <P>
                <Link href="/school/rondes">{tr("Naar de rondes", "To the rounds")}</Link>
              </P>
            </Empty>
          ) : (
            <Proposals proposals={proposals} titles={titles} rounds={rounds.map((round) => ({ value: round.roundId, label: round.name }))} replace={replace} />
          )
        }
      </Shown>
    </Page>
  );
}

function rowOf(proposal: Proposal, titles: Titles): Row {
  const student = studentOf(proposal.stagevraagId);
  const name = nameOrNumber(student);
  const code = student?.studentNumber ?? "";
  const place = titles.get(proposal.placementId) || proposal.leerplaats;
  return { proposal, place, name, sort: sortName(student?.identity) || code, number: code, text: plain(`${name} ${code} ${proposal.companyName} ${place} ${proposal.leerplaats} ${proposal.candidate}`) };
}

const states = Object.values(ProposalState).filter((state): state is ProposalState => typeof state === "number" && state > 0);
const collator = new Intl.Collator("nl");

function Proposals({ proposals, titles, rounds, replace }: { proposals: readonly Proposal[]; titles: Titles; rounds: { value: string; label: string }[]; replace: Replace }) {
  const waiting = proposals.some((one) => one.state === ProposalState.PROPOSED);
  const [state, setState] = useState<ProposalState>(waiting ? ProposalState.PROPOSED : ProposalState.UNSPECIFIED);
  const [round, setRound] = useState("");
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [why, setWhy] = useState<Row | null>(null);
  const chosenLanguage = useLanguage();
  const rows = useMemo(() => proposals.map((one) => rowOf(one, titles)).sort((a, b) => collator.compare(a.sort, b.sort)), [proposals, titles]);
  const shown = useMemo(() => {
    const words = plain(search).split(/\s+/).filter(Boolean);
    return rows.filter(
      ({ proposal, text }) => (!state || proposal.state === state) && (!round || proposal.roundId === round) && !hidden.has(proposal.proposalId) && words.every((word) => text.includes(word)),
    );
  }, [rows, state, round, search, hidden]);
  const choose = (id: string, on: boolean) =>
    setChosen((before) => {
      const next = new Set(before);
      if (on) next.add(id);
      else next.delete(id);
      return next;
    });
  const columns = useMemo(() => columnsOf(chosen, choose, setWhy).filter((column) => !state || column.name !== stateName()), [chosen, chosenLanguage, state]);
  const approvable = shown.filter((row) => row.proposal.state === ProposalState.PROPOSED);
  const selection = rows.filter((row) => chosen.has(row.proposal.proposalId) && row.proposal.state === ProposalState.PROPOSED).map((row) => row.proposal);
  return (
    <div class="sm-stack">
      <search class="sm-columns sm-columns--end">
        <TextField label={tr("Zoek", "Search")} help={tr("Student, nummer of bedrijf", "Student, number or company")} type="search" autocomplete="off" value={search} onValue={setSearch} />
        <SelectField
          label={tr("Waar het staat", "Where it stands")}
          value={String(state)}
          onValue={(value) => setState(Number(value))}
          choices={[{ value: "0", label: tr("Alles", "All") }, ...states.map((one) => ({ value: String(one), label: proposalWord(one).text }))]}
        />
        <SelectField label={tr("Ronde", "Round")} value={round} onValue={setRound} choices={[{ value: "", label: tr("Alle rondes", "All rounds") }, ...rounds]} />
      </search>
      <div class="sm-row sm-row--between">
        <span role="status">{count(shown.length, tr("voorstel", "proposal"), tr("voorstellen", "proposals"))}{selection.length > 0 && ` · ${number(selection.length)} ${tr("gekozen", "chosen")}`}</span>
        <div class="sm-row">
          {approvable.length > 0 && <Button onClick={() => setChosen(new Set(approvable.map((row) => row.proposal.proposalId)))}>{tr("Kies deze allemaal", "Choose all of these")}</Button>}
          {chosen.size > 0 && <Button onClick={() => setChosen(new Set())}>{tr("Kies niets", "Choose none")}</Button>}
          <Button onClick={() => save(shown)}>{tr("Bewaar als CSV", "Save as CSV")}</Button>
        </div>
      </div>
      <ApproveMany proposals={selection} replace={replace} hide={setHidden} clear={() => setChosen(new Set())} />
      {shown.length === 0 ? (
        <Empty>
          <P>{tr("Hier staat niets. Kies een andere stand of ronde.", "There is nothing here. Choose another state or round.")}</P>
        </Empty>
      ) : (
        <VirtualTable caption={tr("Voorstellen", "Proposals")} columns={columns} rows={shown} rowKey={(row) => row.proposal.proposalId} open={(row) => go(`/school/voorstellen/${row.proposal.proposalId}`)} selected={(row) => chosen.has(row.proposal.proposalId)} />
      )}
      <Dialog open={why !== null} close={() => setWhy(null)} title={why ? tr(`Waarom ${why.proposal.companyName}?`, `Why ${why.proposal.companyName}?`) : ""}>
        {why && <Explanation roundId={why.proposal.roundId} stagevraagId={why.proposal.stagevraagId} placementId={why.proposal.placementId} />}
        <Button onClick={() => setWhy(null)}>{tr("Sluiten", "Close")}</Button>
      </Dialog>
    </div>
  );
}

/* Of one state alone the column would say the same in every row. */
const stateName = () => tr("Waar het staat", "Where it stands");

function columnsOf(chosen: ReadonlySet<string>, choose: (id: string, on: boolean) => void, why: (row: Row) => void): VirtualColumn<Row>[] {
  return [
    {
      name: tr("Kies", "Choose"),
      width: "4.5rem",
      cell: ({ proposal, name }) =>
        proposal.state === ProposalState.PROPOSED && (
          <label class="sm-tick">
            <input type="checkbox" class="utrecht-checkbox utrecht-checkbox--html-input" checked={chosen.has(proposal.proposalId)} onChange={(event) => choose(proposal.proposalId, event.currentTarget.checked)} aria-label={tr(`Kies ${name} bij ${proposal.companyName}`, `Choose ${name} at ${proposal.companyName}`)} />
          </label>
        ),
    },
    { name: tr("Student", "Student"), width: "minmax(11rem, 2fr)", cell: (row) => <Link href={`/school/voorstellen/${row.proposal.proposalId}`}>{row.sort || tr("zonder naam", "without a name")}</Link> },
    { name: tr("Bedrijf en plek", "Company and place"), width: "minmax(13rem, 3fr)", cell: ({ proposal, place }) => `${proposal.companyName}, ${place}` },
    { name: tr("Keus", "Choice"), width: "4.5rem", number: true, cell: ({ proposal }) => proposal.rank },
    {
      name: tr("Uitleg", "Explanation"),
      width: "8rem",
      cell: (row) => (
        <button type="button" class="nl-button nl-button--subtle" onClick={() => why(row)} aria-label={tr(`Waarom ${row.proposal.companyName} voor ${row.name}`, `Why ${row.proposal.companyName} for ${row.name}`)}>
          {tr("Waarom?", "Why?")}
        </button>
      ),
    },
    {
      name: stateName(),
      width: "13.5rem",
      cell: ({ proposal }) => {
        const word = proposalWord(proposal.state);
        return <Badge tone={word.tone}>{word.text}</Badge>;
      },
    },
    { name: tr("Uiterlijk", "By"), width: "13rem", cell: ({ proposal }) => (proposal.state <= ProposalState.STARTED ? due(proposal.dueTime) : "") },
  ];
}

function save(rows: readonly Row[]): void {
  saveCsv(
    "voorstellen.csv",
    ["school", "studentnummer", "naam", "leerbedrijf", "leerplaats", "bedrijfsnaam", "keus", "status", "reden", "kennismaking"],
    rows.map(({ proposal, name, number }) => [
      proposal.school,
      number,
      name,
      proposal.leerbedrijf,
      proposal.leerplaats,
      proposal.companyName,
      proposal.rank,
      proposalWord(proposal.state).text,
      proposal.reason,
      proposal.introduction?.date ? day(proposal.introduction.date) : "",
    ]),
  );
}
