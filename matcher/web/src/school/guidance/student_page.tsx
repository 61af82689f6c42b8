// One stagevraag: where the student is on the path, what is next, who it is, and what the school can do.
import { ProposalState, type Proposal } from "~gen/stagematch/v1/proposal_pb.ts";
import { StagevraagState, type Stagevraag } from "~gen/stagematch/v1/student_pb.ts";
import { api, everyPage } from "~/base/api.ts";
import { qualificationText, schoolText, useCatalog } from "~/base/catalog.ts";
import { day, period } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { type Loaded, useLoad } from "~/base/load.ts";
import { Link, type Params } from "~/base/router.tsx";
import { daysText, leerwegText, proposalRuns, proposalWord, stagevraagWord } from "~/base/words.ts";
import { Alert, Badge, DataList, P, Page, Section, Shown, Steps, Table } from "~/ui/parts.tsx";
import { SaveProof } from "~/ui/save_proof.tsx";
import { Explanation } from "./explanation.tsx";
import { useNames } from "./names.ts";
import { fullName } from "./person.ts";
import { nextStep, phaseOf, phases, phaseText, proposalNow } from "./phase.ts";
import { Levels } from "./student_levels.tsx";
import { StudentActions } from "./student_actions.tsx";
import { Wishes } from "./student_wishes.tsx";

export function StudentPage({ params }: { params: Params }) {
  const id = params.id ?? "";
  const loaded = useLoad(async (signal) => {
    const { stagevraag } = await api.student.getStagevraag({ stagevraagId: id }, { signal });
    if (!stagevraag) throw new Error("an answer without a stagevraag");
    return stagevraag;
  }, [id]);
  return (
    <Page title={tr("Student", "Student")} back={<Link href="/school/studenten">{tr("Alle studenten", "All students")}</Link>}>
      <Shown of={loaded}>{(stagevraag) => <Whole stagevraag={stagevraag} changed={loaded.set} reload={loaded.reload} />}</Shown>
    </Page>
  );
}

type Changed = (stagevraag: Stagevraag) => void;

function Whole({ stagevraag, changed, reload }: { stagevraag: Stagevraag; changed: Changed; reload: () => void }) {
  const proposals = useLoad(
    (signal) =>
      everyPage(async (pageToken) => {
        const page = await api.proposal.listProposals({ pageSize: 1000, pageToken, stagevraagId: stagevraag.stagevraagId }, { signal });
        return { items: page.proposals, next: page.nextPageToken };
      }),
    [stagevraag.stagevraagId, stagevraag.version],
  );
  return (
    <>
      <Path stagevraag={stagevraag} proposals={proposals.data ?? []} />
      <Proposals of={proposals} stagevraag={stagevraag} />
      <div class="sm-columns sm-columns--sections">
        <Identity stagevraag={stagevraag} />
        <Profile stagevraag={stagevraag} />
      </div>
      <Levels stagevraag={stagevraag} changed={changed} />
      <Wishes stagevraag={stagevraag} changed={changed} />
      <StudentActions stagevraag={stagevraag} changed={changed} reload={reload} />
    </>
  );
}

function Path({ stagevraag, proposals }: { stagevraag: Stagevraag; proposals: readonly Proposal[] }) {
  const phase = phaseOf(stagevraag);
  const at = stagevraag.state === StagevraagState.COMPLETED ? phases.length : phases.indexOf(phase);
  const now = proposalNow(proposals);
  const word = stagevraagWord(stagevraag.state);
  return (
    <Section title={tr("Waar de student nu is", "Where the student is now")}>
      {phase === "stopped" ? <Alert>{tr("De student zoekt niet meer.", "The student looks no more.")}</Alert> : <Steps steps={phases.map(phaseText)} now={at} />}
      <div class="sm-row">
        <Badge tone={word.tone}>{word.text}</Badge>
      </div>
      <P>{nextStep(stagevraag, now)}</P>
      {now && now.state <= ProposalState.STARTED && (
        <P>
          <Link href={`/school/voorstellen/${now.proposalId}`}>{tr("Naar het voorstel", "To the proposal")}</Link>
        </P>
      )}
    </Section>
  );
}

function Identity({ stagevraag }: { stagevraag: Stagevraag }) {
  const student = useNames([stagevraag.stagevraagId]).student(stagevraag.stagevraagId);
  const who = student?.identity;
  return (
    <Section title={tr("Wie het is", "Who it is")}>
      <P quiet>{tr("Alleen je school ziet dit. Dat je het leest, is vastgelegd.", "Only your school sees this. That you read it is recorded.")}</P>
      <DataList
        items={[
          [tr("Naam", "Name"), fullName(who) || tr("niet bekend", "not known")],
          [tr("Studentnummer", "Student number"), student?.studentNumber ?? ""],
          [tr("Geboortedatum", "Birth date"), who?.birthDate ? day(who.birthDate) : tr("niet bekend", "not known")],
          [tr("E-mail", "E-mail"), who?.email ? <a class="nl-link" href={`mailto:${who.email}`}>{who.email}</a> : tr("niet bekend", "not known")],
          [tr("Telefoon", "Phone"), who?.phone ? <a class="nl-link" href={`tel:${who.phone.replace(/[^+\d]/g, "")}`}>{who.phone}</a> : tr("niet bekend", "not known")],
          [tr("Postcode", "Postcode"), who?.postcode ?? ""],
        ]}
      />
    </Section>
  );
}

/* Of every round that the student was in; the one that runs comes first. */
function Proposals({ of, stagevraag }: { of: Loaded<Proposal[]>; stagevraag: Stagevraag }) {
  const inRound = (list: readonly Proposal[]) => list.some((one) => one.roundId === stagevraag.roundId);
  return (
    <Section title={tr("Voorstellen", "Proposals")}>
      <Shown of={of}>
        {(list) => (
          <>
            {list.length > 0 && <ProposalTable list={[...list].sort((a, b) => Number(proposalRuns(b.state)) - Number(proposalRuns(a.state)))} />}
            {stagevraag.roundId && inRound(list) && <SaveProof roundId={stagevraag.roundId} stagevraagId={stagevraag.stagevraagId} />}
            {stagevraag.roundId && !inRound(list) && (
              <>
                <P>{tr("De student doet mee in een ronde, en kreeg nog geen plek.", "The student is in a round and got no place yet.")}</P>
                <Explanation roundId={stagevraag.roundId} stagevraagId={stagevraag.stagevraagId} />
              </>
            )}
            {!stagevraag.roundId && list.length === 0 && <P>{tr("Er zijn nog geen voorstellen.", "There are no proposals yet.")}</P>}
          </>
        )}
      </Shown>
    </Section>
  );
}

function ProposalTable({ list }: { list: readonly Proposal[] }) {
  return (
    <Table
      caption={tr("Voorstellen van deze student", "Proposals of this student")}
      rows={list}
      rowKey={(one) => one.proposalId}
      columns={[
        { name: tr("Plek", "Place"), cell: (one) => <Link href={`/school/voorstellen/${one.proposalId}`}>{`${one.companyName}, ${one.leerplaats}`}</Link> },
        { name: tr("Keus", "Choice"), number: true, cell: (one) => one.rank },
        {
          name: tr("Waar het staat", "Where it stands"),
          cell: (one) => {
            const word = proposalWord(one.state);
            return <Badge tone={word.tone}>{word.text}</Badge>;
          },
        },
      ]}
    />
  );
}

function Profile({ stagevraag: { profile, school } }: { stagevraag: Stagevraag }) {
  const catalog = useCatalog().data;
  if (!profile) return null;
  return (
    <Section title={tr("Profiel", "Profile")}>
      <DataList
        items={[
          [tr("School", "School"), schoolText(catalog, school)],
          [tr("Opleiding", "Programme"), qualificationText(catalog, profile.qualification)],
          [tr("Leerweg en leerjaar", "Leerweg and year"), `${leerwegText(profile.leerweg)}, ${tr("jaar", "year")} ${profile.year}`],
          [tr("Periode", "Period"), period(profile.startDate, profile.endDate)],
          [tr("Uren per week", "Hours a week"), profile.hoursPerWeek],
          [tr("Dagen", "Days"), daysText(profile.days, tr("maandag t/m vrijdag", "Monday to Friday"))],
          [tr("Hoe ver reizen", "How far to travel"), `${profile.maxKm || 40} km`],
          [tr("Interesses", "Interests"), profile.tags.join(", ") || tr("geen", "none")],
          [tr("Ondersteuning nodig", "Needs support"), profile.needsSupport ? tr("ja", "yes") : tr("nee", "no")],
        ]}
      />
      <P quiet>
        {tr("Klopt iets niet? Pas het aan in je eigen systeem en ", "Is something wrong? Change it in your own system and ")}
        <Link href="/school/studenten/importeren">{tr("lees het bestand opnieuw in", "import the file again")}</Link>.
      </P>
    </Section>
  );
}
