// One proposal: what it is, what to do now, why this one, and what the company saw.
import { type Proposal, ProposalState } from "~gen/stagematch/v1/proposal_pb.ts";
import type { Stagevraag } from "~gen/stagematch/v1/student_pb.ts";
import { api } from "~/base/api.ts";
import { reasonText, skillText, useAllReasons, useCatalog } from "~/base/catalog.ts";
import { due, period } from "~/base/format.ts";
import { toIcs } from "~/base/ics.ts";
import { save } from "~/base/csv.ts";
import { tr } from "~/base/language.ts";
import { Link } from "~/base/router.tsx";
import { proposalRuns, proposalWord } from "~/base/words.ts";
import { Contacts } from "~/public/contacts.tsx";
import { AsksForMore } from "~/ui/asks_for_more.tsx";
import { Alert, Badge, Button, DataList, Details, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { agendaOf } from "./agenda.ts";
import { Answer } from "./answer.tsx";
import { CheckIns } from "./checkin.tsx";
import { IntroductionPart } from "./introduction.tsx";
import { usePolled } from "./mine.tsx";
import { ShownView } from "./shown.tsx";
import { WhyThis } from "./why.tsx";

export type Place = { proposal: Proposal; stagevraag: Stagevraag; title: string; description: string };

/* Title and description stand with the offers, as long as the place is one of them. */
async function loadPlace(proposalId: string): Promise<Place> {
  const { proposal } = await api.proposal.getProposal({ proposalId });
  if (!proposal) throw new Error("no proposal");
  const [{ stagevraag }, offers] = await Promise.all([
    api.student.getStagevraag({ stagevraagId: proposal.stagevraagId }),
    api.student.listOffers({ stagevraagId: proposal.stagevraagId, pageSize: 1000 }).catch(() => undefined),
  ]);
  if (!stagevraag) throw new Error("no stagevraag");
  const offer = offers?.offers.find((one) => one.placementId === proposal.placementId);
  return { proposal, stagevraag, title: offer?.title ?? "", description: offer?.description ?? "" };
}

export const usePlace = (proposalId: string) => usePolled(() => loadPlace(proposalId), [proposalId]);

function Facts({ place }: { place: Place }) {
  const { proposal, stagevraag, title, description } = place;
  const profile = stagevraag.profile;
  const items: [string, preact.ComponentChildren][] = [[tr("Bedrijf", "Company"), proposal.companyName]];
  if (title) items.push([tr("Plek", "Place"), title]);
  if (description) items.push([tr("Wat je er doet", "What you do there"), description]);
  if (profile) {
    items.push([tr("Periode", "Period"), period(profile.startDate, profile.endDate)]);
    items.push([tr("Uren per week", "Hours a week"), String(profile.hoursPerWeek)]);
  }
  if (proposal.rank) items.push([tr("Op jouw lijst", "On your list"), tr(`nummer ${proposal.rank}`, `number ${proposal.rank}`)]);
  return <DataList items={items} />;
}

function Ended({ proposal }: { proposal: Proposal }) {
  const reasons = useAllReasons();
  const catalog = useCatalog();
  const reason = reasons.data?.find((known) => known.code === proposal.reason);
  return (
    <Section title={tr("Dit voorstel is gestopt", "This proposal ended")}>
      {reason && (
        <P>
          {tr("De reden:", "The reason:")} {reasonText(reason)}
          {proposal.criterion && ` (${skillText(catalog.data, proposal.criterion)})`}.
        </P>
      )}
      <P>{tr("Deze plek krijg je niet opnieuw aangeboden. Zoek je nog? Dan doe je vanzelf weer mee zodra er een plek vrij is die past.", "This place is not offered to you again. Still looking? Then you take part again by yourself as soon as a place that fits is free.")}</P>
      <Object school={proposal.school} open />
    </Section>
  );
}

/* How to object: to whom, and what happens then. */
function Object({ school, open }: { school: string; open?: boolean }) {
  return (
    <Details open={open} summary={tr("Ik ben het er niet mee eens, of er ging iets niet goed", "I do not agree, or something went wrong")}>
      <ol class="sm-list">
        <li>{tr("Praat eerst met je stagecoördinator of vertrouwenspersoon. De school moet iets doen, niet alleen luisteren.", "Talk with your coördinator or confidential adviser first. The school must act, not only listen.")}</li>
        <li>{tr("De school kan laten nakijken wat er is besloten, door wie en waarom. Elke beslissing staat vast in een logboek.", "The school can have it looked up what was decided, by whom and why. Every decision stands in a ledger.")}</li>
        <li>{tr("Ging het om discriminatie, dan kun je dat ook melden buiten je school. Je naam gaat niet naar het bedrijf als jij dat niet wilt.", "If it was discrimination you can also report it outside your school. Your name does not go to the company unless you agree.")}</li>
      </ol>
      <Contacts school={school} kinds={["school", "vertrouwenspersoon"]} />
      <P>
        <Link href="/hulp">{tr("Alle plekken waar je kunt melden", "All places where you can report")}</Link>
      </P>
    </Details>
  );
}

/* The school entered what the student told it. */
function AnsweredForYou({ proposal }: { proposal: Proposal }) {
  const no = proposal.state === ProposalState.DECLINED;
  return (
    <Alert tone="info">
      <p class="nl-paragraph">
        {no
          ? tr("Je school heeft voor je nee gezegd tegen deze plek.", "Your school declined this place for you.")
          : tr("Je school heeft dit voor je bevestigd.", "Your school confirmed this for you.")}{" "}
        {tr("Klopt dat niet? Bel dan meteen je stagecoördinator. Je kunt ook hieronder zien hoe je bezwaar maakt.", "Is that not right? Then call your coördinator at once. Below you also see how to object.")}
      </p>
    </Alert>
  );
}

const waiting: Partial<Record<ProposalState, () => string>> = {
  [ProposalState.PROPOSED]: () => tr("Je school kijkt eerst of dit voorstel goed is. Je hoeft nu niets te doen.", "Your school first looks whether this proposal is good. There is nothing to do now."),
  [ProposalState.APPROVED]: () => tr("Het bedrijf kijkt nu, zonder je naam te zien. Je hoeft nu niets te doen.", "The company now looks, without seeing your name. There is nothing to do now."),
  [ProposalState.CONFIRMED]: () => tr("Deze plek is bevestigd. Je stagecoördinator geeft nu je naam, e-mail en telefoon aan het bedrijf. Daarna plannen jullie een kennismaking.", "This place is confirmed. Your coördinator now gives your name, e-mail and telephone to the company. Then you plan to meet."),
  [ProposalState.PLACED]: () => tr("De plek is van jou.", "The place is yours."),
  [ProposalState.STARTED]: () => tr("Je stage loopt.", "Your internship runs."),
  [ProposalState.COMPLETED]: () => tr("Je stage is afgerond.", "Your internship is completed."),
};

function Agenda({ place }: { place: Place }) {
  const entries = agendaOf(place);
  if (entries.length === 0) return null;
  return (
    <div class="sm-row">
      <Button onClick={() => save("stage.ics", "text/calendar;charset=utf-8", toIcs(entries))}>{tr("Zet in mijn agenda", "Put in my calendar")}</Button>
      <span class="sm-quiet">{entries.map((entry) => entry.title).join(", ")}</span>
    </div>
  );
}

function Body({ place, reload }: { place: Place; reload: () => void }) {
  const { proposal } = place;
  const word = proposalWord(proposal.state);
  const alive = proposalRuns(proposal.state) || proposal.state === ProposalState.COMPLETED;
  const next = waiting[proposal.state];
  const met = proposal.state === ProposalState.RELEASED || proposal.state === ProposalState.PLACED;
  return (
    <>
      <div class="sm-row">
        <Badge tone={word.tone}>{proposal.state === ProposalState.ACCEPTED ? tr("Wacht op jou", "Waits for you") : word.text}</Badge>
        {proposal.dueTime && proposal.state === ProposalState.ACCEPTED && <span>{tr(`Zeg ja of nee uiterlijk ${due(proposal.dueTime)}`, `Say yes or no by ${due(proposal.dueTime)}`)}</span>}
      </div>
      {proposal.onBehalfOfStudent && <AnsweredForYou proposal={proposal} />}
      {next && <Alert tone={proposal.state >= ProposalState.PLACED ? "ok" : "info"}>{next()}</Alert>}
      <Section title={tr("De plek", "The place")}>
        <Facts place={place} />
        {alive && <Agenda place={place} />}
      </Section>
      {proposal.state === ProposalState.ACCEPTED && <Answer proposal={proposal} changed={reload} />}
      {proposal.state === ProposalState.RELEASED && <IntroductionPart proposal={proposal} changed={reload} />}
      {met && (
        <P>
          <Link href={`/student/voorstellen/${proposal.proposalId}/kennismaking`}>{tr("Bereid je kennismaking voor (ook om te printen)", "Prepare to meet (also for printing)")}</Link>
        </P>
      )}
      <CheckIns proposal={proposal} changed={reload} />
      {!alive && <Ended proposal={proposal} />}
      <WhyThis roundId={proposal.roundId} stagevraagId={proposal.stagevraagId} placementId={proposal.placementId} />
      <ShownView proposal={proposal} />
      {alive && (
        <Section title={tr("Vragen of niet eens?", "Questions, or do you not agree?")}>
          <Object school={proposal.school} />
          <AsksForMore proposalId={proposal.proposalId} />
          {proposal.state < ProposalState.PLACED && (
            <P>
              <Link href="/student/stoppen">{tr("Ik heb zelf een plek, of ik wil stoppen met zoeken", "I found a place myself, or want to stop looking")}</Link>
            </P>
          )}
        </Section>
      )}
    </>
  );
}

export function ProposalPage({ params }: { params: Record<string, string> }) {
  const place = usePlace(params.id ?? "");
  const back = <Link href="/student/voorstellen">{tr("← Alle voorstellen", "← All proposals")}</Link>;
  return (
    <Page title={tr("Een plek voor jou", "A place for you")} back={back}>
      <Shown of={place}>{(found) => <Body place={found} reload={place.reload} />}</Shown>
    </Page>
  );
}
