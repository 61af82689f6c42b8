// The places: those that were entered here, and all that are open for matching.
import { useEffect, useMemo, useState } from "preact/hooks";
import type { GetCatalogResponse } from "~gen/stagematch/v1/operation_pb.ts";
import { type Placement, PlacementState } from "~gen/stagematch/v1/placement_pb.ts";
import { qualificationText, useCatalog } from "~/base/catalog.ts";
import { saveCsv } from "~/base/csv.ts";
import { count } from "~/base/format.ts";
import { language, tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { go, Link } from "~/base/router.tsx";
import { leerwegText, placementWord } from "~/base/words.ts";
import { SelectField, TextField } from "~/ui/fields.tsx";
import { Badge, Button, Empty, P, Page, Shown } from "~/ui/parts.tsx";
import { type VirtualColumn, VirtualTable } from "~/ui/virtual.tsx";
import { freeSeats } from "~/market/seats.ts";
import { allPlacements } from "./scope.ts";

type Filter = { text: string; state: string; qualification: string };
type Row = { placement: Placement; words: string };

const order = new Intl.Collator("nl");

/* "2027-02-01" as "1-2-2027": a table has no room for the month in full. */
const shortDay = (iso: string) => new Date(`${iso}T00:00:00Z`).toLocaleDateString(language() === "nl" ? "nl-NL" : "en-GB", { timeZone: "UTC" });

const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export function rowsOf(placements: readonly Placement[], catalog: GetCatalogResponse | undefined): Row[] {
  return placements
    .map((placement) => ({
      placement,
      words: plain([placement.companyName, placement.title, placement.leerbedrijf, placement.leerplaats, placement.postcode, ...placement.tags, ...placement.qualifications.map((code) => qualificationText(catalog, code))].join(" ")),
    }))
    .sort((a, b) => order.compare(a.placement.companyName, b.placement.companyName) || order.compare(a.placement.title, b.placement.title));
}

export function filtered(rows: readonly Row[], filter: Filter): Row[] {
  const words = plain(filter.text).split(/\s+/).filter(Boolean);
  const state = Number(filter.state);
  return rows.filter(
    ({ placement, words: in_ }) =>
      (state === 0 || placement.state === state) && (filter.qualification === "" || placement.qualifications.includes(filter.qualification)) && words.every((word) => in_.includes(word)),
  );
}

function stateBadge(placement: Placement) {
  const word = placementWord(placement.state);
  return placement.state === PlacementState.PUBLISHED && placement.seatsSuspended > 0 ? <Badge tone="warning">{tr("Wacht op bedrijf", "Waits for company")}</Badge> : <Badge tone={word.tone}>{word.text}</Badge>;
}

const columnsOf = (catalog: GetCatalogResponse | undefined): VirtualColumn<Row>[] => [
  { name: tr("Bedrijf", "Company"), width: "minmax(9rem, 1fr)", cell: ({ placement }) => <Link href={`/school/plekken/${placement.placementId}`}>{placement.companyName}</Link> },
  { name: tr("Plek", "Place"), width: "minmax(9rem, 1fr)", cell: ({ placement }) => placement.title || placement.leerplaats },
  { name: tr("Opleiding", "Study"), width: "minmax(9rem, 1fr)", cell: ({ placement }) => placement.qualifications.map((code) => qualificationText(catalog, code)).join(", ") },
  { name: tr("Periode", "Period"), width: "13.5rem", cell: ({ placement }) => `${shortDay(placement.startDate)} – ${shortDay(placement.endDate)}` },
  { name: tr("Vrij", "Free"), width: "6.5rem", number: true, cell: ({ placement }) => tr(`${freeSeats(placement)} van ${placement.capacity}`, `${freeSeats(placement)} of ${placement.capacity}`) },
  { name: tr("Staat", "State"), width: "13.5rem", cell: ({ placement }) => stateBadge(placement) },
];

function exportRows(rows: readonly Row[]): void {
  saveCsv(
    "plekken.csv",
    ["leerbedrijf", "leerplaats", "bedrijfsnaam", "titel", "opleidingen", "leerweg", "postcode", "van", "tot", "uren", "plaatsen", "bezet", "vrij", "staat"],
    rows.map(({ placement: p }) => [p.leerbedrijf, p.leerplaats, p.companyName, p.title, p.qualifications.join(" "), leerwegText(p.leerweg), p.postcode, p.startDate, p.endDate, p.hoursPerWeek, p.capacity, p.seatsTaken, freeSeats(p), placementWord(p.state).text]),
  );
}

function Filters({ filter, set, qualifications, catalog }: { filter: Filter; set: (filter: Filter) => void; qualifications: readonly string[]; catalog: GetCatalogResponse | undefined }) {
  const states = [PlacementState.DRAFT, PlacementState.PUBLISHED, PlacementState.PAUSED, PlacementState.WITHDRAWN];
  return (
    <div class="sm-columns" role="search">
      <TextField label={tr("Zoek op bedrijf, plek of postcode", "Search company, place or postcode")} type="search" value={filter.text} onValue={(text) => set({ ...filter, text })} />
      <SelectField
        label={tr("Staat", "State")}
        value={filter.state}
        onValue={(state) => set({ ...filter, state })}
        choices={[{ value: "0", label: tr("Alle", "All") }, ...states.map((state) => ({ value: String(state), label: placementWord(state).text }))]}
      />
      <SelectField
        label={tr("Opleiding", "Study")}
        value={filter.qualification}
        onValue={(qualification) => set({ ...filter, qualification })}
        choices={[{ value: "", label: tr("Alle", "All") }, ...qualifications.map((code) => ({ value: code, label: qualificationText(catalog, code) }))]}
      />
    </div>
  );
}

/* Kept while the visit lasts, so that whoever comes back from a place finds the list as it was. */
let lastFilter: Filter = { text: "", state: "0", qualification: "" };

function PlacementList({ placements }: { placements: readonly Placement[] }) {
  const catalog = useCatalog().data;
  const [filter, setFilter] = useState(lastFilter);
  useEffect(() => void (lastFilter = filter), [filter]);
  const rows = useMemo(() => rowsOf(placements, catalog), [placements, catalog]);
  const shown = useMemo(() => filtered(rows, filter), [rows, filter]);
  const columns = useMemo(() => columnsOf(catalog), [catalog]);
  const qualifications = useMemo(() => [...new Set(placements.flatMap((placement) => placement.qualifications))].sort(), [placements]);
  const paused = rows.filter(({ placement }) => placement.state === PlacementState.PAUSED).length;
  return (
    <>
      {paused > 0 && filter.state === "0" && (
        <div class="sm-row">
          <Button onClick={() => setFilter({ ...filter, state: String(PlacementState.PAUSED) })}>
            {tr(`${count(paused, "plek wacht", "plekken wachten")} op een telefoontje`, `${count(paused, "place waits", "places wait")} for a call`)}
          </Button>
        </div>
      )}
      <Filters filter={filter} set={setFilter} qualifications={qualifications} catalog={catalog} />
      <div class="sm-row sm-row--between">
        <span role="status">{count(shown.length, tr("plek", "place"), tr("plekken", "places"))}</span>
        <Button kind="subtle" onClick={() => exportRows(shown)}>
          {tr("Bewaar deze lijst (CSV)", "Save this list (CSV)")}
        </Button>
      </div>
      {shown.length === 0 ? (
        <Empty>
          <P>{tr("Niets gevonden. Zoek op iets anders of haal een filter weg.", "Nothing found. Search for something else or take a filter away.")}</P>
          <div>
            <Button onClick={() => setFilter({ text: "", state: "0", qualification: "" })}>{tr("Laat alles zien", "Show all")}</Button>
          </div>
        </Empty>
      ) : (
        <VirtualTable caption={tr("Plekken", "Places")} columns={columns} rows={shown} rowKey={({ placement }) => placement.placementId} open={({ placement }) => go(`/school/plekken/${placement.placementId}`)} />
      )}
    </>
  );
}

export function PlacementsPage() {
  const placements = useLoad((signal) => allPlacements(signal), []);
  return (
    <Page title={tr("Plekken", "Places")} lead={tr("Alle plekken die open zijn voor matching, en de plekken die jouw school invoerde.", "All places that are open for matching, and those that your school entered.")}>
      <div class="sm-row">
        <Button kind="primary" onClick={() => go("/school/plekken/nieuw")}>
          {tr("Nieuwe plek namens een bedrijf", "New place on behalf of a company")}
        </Button>
        <Button onClick={() => go("/school/plekken/importeren")}>{tr("Uit een bestand", "From a file")}</Button>
      </div>
      <Shown of={placements} what={tr("Plekken laden…", "Loading places…")}>
        {(all) =>
          all.length === 0 ? (
            <Empty>
              <P>{tr("Er zijn nog geen plekken. Nodig een bedrijf uit, voer een plek in of kies een bestand.", "There are no places yet. Invite a company, enter a place or choose a file.")}</P>
            </Empty>
          ) : (
            <PlacementList placements={all} />
          )
        }
      </Shown>
    </Page>
  );
}
