// What the school can do with a proposal now: one main thing, and what stops it.
import { useState } from "preact/hooks";
import { ProposalState, Side, type Proposal } from "~gen/stagematch/v1/proposal_pb.ts";
import { api } from "~/base/api.ts";
import type { ReasonEvent } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { Link } from "~/base/router.tsx";
import { AskFirst } from "~/ui/ask.tsx";
import { RadioGroup } from "~/ui/fields.tsx";
import { Button, ErrorNote, P, Section } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import type { Whole } from "./proposal_page.tsx";
import { ForStudent } from "./for_student.tsx";
import { type GivenReason, ReasonDialog } from "./reason_dialog.tsx";
import { ReleaseDialog } from "./release_dialog.tsx";
import { undoable } from "./undoable.ts";

type Props = { whole: Whole; changed: (proposal: Proposal) => void; reload: () => void };

export function ProposalActions({ whole, changed, reload }: Props) {
  const { proposal } = whole;
  const ends = { proposal, criteria: whole.criteria, changed };
  const main = mainAction(whole, changed, reload);
  const stop = stopActions(ends);
  if (!main && !stop) return null;
  return (
    <Section title={tr("Wat je nu kunt doen", "What you can do now")}>
      {main}
      {stop && <div class="sm-row">{stop}</div>}
    </Section>
  );
}

function mainAction(whole: Whole, changed: (proposal: Proposal) => void, reload: () => void) {
  switch (whole.proposal.state) {
    case ProposalState.PROPOSED:
      return <Approve key={String(whole.proposal.version)} proposal={whole.proposal} changed={changed} />;
    case ProposalState.APPROVED:
      return <Waiting state={whole.proposal.state} reload={reload} proposal={whole.proposal} />;
    case ProposalState.ACCEPTED:
      return (
        <>
          <Waiting state={whole.proposal.state} reload={reload} proposal={whole.proposal} />
          <ForStudent proposal={whole.proposal} criteria={whole.criteria} changed={changed} />
        </>
      );
    case ProposalState.CONFIRMED:
      return <Release whole={whole} changed={changed} />;
    case ProposalState.RELEASED:
      return <Waiting state={whole.proposal.state} reload={reload} proposal={whole.proposal} />;
    case ProposalState.PLACED:
      return <Ask key="start" proposal={whole.proposal} changed={changed} kind="start" />;
    case ProposalState.STARTED:
      return <Ask key="complete" proposal={whole.proposal} changed={changed} kind="complete" />;
    default:
      return null;
  }
}

type Ends = { proposal: Proposal; criteria: readonly string[]; changed: (proposal: Proposal) => void };

function stopActions(ends: Ends) {
  const withdraw = <End key="withdraw" {...ends} event="withdrawn_student" kind="withdraw" />;
  switch (ends.proposal.state) {
    case ProposalState.PROPOSED:
      return [<End key="veto" {...ends} event="school_veto" kind="veto" />, withdraw];
    case ProposalState.APPROVED:
    case ProposalState.ACCEPTED:
    case ProposalState.CONFIRMED:
    case ProposalState.RELEASED:
      return [withdraw];
    case ProposalState.PLACED:
      return [<End key="cancel" {...ends} event="cancelled_before_start" kind="cancel" />];
    case ProposalState.STARTED:
      return [<End key="early" {...ends} event="ended_early" kind="early" />];
    default:
      return null;
  }
}

function Approve({ proposal, changed }: { proposal: Proposal; changed: (proposal: Proposal) => void }) {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<unknown>();
  const approve = () => {
    setPending(true);
    setError(undefined);
    let answer: Proposal | undefined;
    undoable(
      tr("Voorstel goedgekeurd.", "Proposal approved."),
      async (requestId) => (answer = (await api.proposal.approveProposal({ requestId, proposalId: proposal.proposalId, version: proposal.version })).proposal),
      (failed) => {
        setPending(false);
        setError(failed);
      },
      () => answer && changed(answer),
    );
  };
  return (
    <div class="sm-stack">
      <P>{tr("Kijk of deze plek past. Na je goedkeuring gaat het voorstel naar het bedrijf, zonder naam.", "See whether this place suits. After your approval the proposal goes to the company, without the name.")}</P>
      {error !== undefined && <ErrorNote error={error} />}
      <div>
        <Button kind="primary" busy={pending} onClick={approve}>
          {tr("Keur goed", "Approve")}
        </Button>
      </div>
    </div>
  );
}

function Waiting({ state, proposal, reload }: { state: ProposalState; proposal: Proposal; reload: () => void }) {
  const text =
    state === ProposalState.APPROVED
      ? tr("Het bedrijf is aan zet. Antwoordt het niet, bel dan. Wat het bedrijf je vertelt, voer je namens het bedrijf in.", "It is the company's turn. If it does not answer, call. What it tells you, you enter for the company.")
      : state === ProposalState.ACCEPTED
        ? tr("De student is aan zet en kiest zelf. Antwoordt de student niet, bel dan. Lukt het de student niet om zelf te antwoorden, dan kun jij dat invoeren.", "It is the student's turn, and the student chooses. If there is no answer, call. Where the student cannot answer here, you can enter it.")
        : tr("Na de kennismaking meldt het bedrijf of de student komt. Je kunt dat ook namens het bedrijf invoeren.", "After the introduction the company says whether the student comes. You can enter that for the company too.");
  return (
    <div class="sm-stack">
      <P>{text}</P>
      <div class="sm-row">
        {state !== ProposalState.ACCEPTED && proposal.candidate && <Link href={`/school/bedrijven/kandidaten/${proposal.candidate}`}>{tr("Voer in namens het bedrijf", "Enter for the company")}</Link>}
        <Button onClick={reload}>{tr("Kijk of er iets veranderde", "See whether something changed")}</Button>
      </div>
    </div>
  );
}

function Release({ whole, changed }: { whole: Whole; changed: (proposal: Proposal) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <div class="sm-stack">
      <P>{tr("De student zei ja. Geef nu de naam en de contactgegevens vrij aan het bedrijf.", "The student said yes. Now release the name and the contact details to the company.")}</P>
      <div>
        <Button kind="primary" onClick={() => setOpen(true)}>
          {tr("Geef de gegevens vrij", "Release the details")}
        </Button>
      </div>
      <ReleaseDialog
        open={open}
        close={() => setOpen(false)}
        whole={whole}
        released={(proposal) => {
          setOpen(false);
          say(tr("De gegevens zijn vrijgegeven. Plan nu de kennismaking.", "The details were released. Now plan the introduction."));
          changed(proposal);
        }}
      />
    </div>
  );
}

function Ask({ proposal, changed, kind }: { proposal: Proposal; changed: (proposal: Proposal) => void; kind: "start" | "complete" }) {
  const [open, setOpen] = useState(false);
  const action = useAction(async (requestId) => {
    const given = { requestId, proposalId: proposal.proposalId, version: proposal.version };
    const answer = kind === "start" ? await api.proposal.startProposal(given) : await api.proposal.completeProposal(given);
    say(tr("Opgeslagen.", "Saved."));
    if (answer.proposal) changed(answer.proposal);
  });
  const text =
    kind === "start"
      ? { button: tr("De stage is begonnen", "The internship began"), ask: tr("Is de student op de eerste dag gekomen? Daarna volgen de check-ins na 2 en 6 weken.", "Did the student come on the first day? The check-ins after 2 and 6 weeks follow.") }
      : { button: tr("Rond de stage af", "Complete the internship"), ask: tr("Is de stage helemaal gedaan? Dit kun je niet terugdraaien.", "Was the whole internship done? This cannot be undone.") };
  return (
    <div>
      <Button kind="primary" onClick={() => setOpen(true)}>
        {text.button}
      </Button>
      <AskFirst open={open} close={() => setOpen(false)} title={text.button} action={action} yes={text.button}>
        <P>{text.ask}</P>
      </AskFirst>
    </div>
  );
}

type EndKind = "veto" | "withdraw" | "cancel" | "early";

function endText(kind: EndKind): { button: string; what: string } {
  switch (kind) {
    case "veto":
      return { button: tr("Houd tegen", "Stop it"), what: tr("Dit voorstel stopt. De student komt vrij voor een andere plek, en krijgt deze plek niet meer voorgesteld.", "This proposal ends. The student is free for another place and is not proposed here again.") };
    case "withdraw":
      return { button: tr("Trek de student terug", "Withdraw the student"), what: tr("Dit voorstel stopt en de plek komt vrij. Had het bedrijf de naam al, dan kan het die niet meer lezen.", "This proposal ends and the seat is free. If the company had the name, it can read it no more.") };
    case "cancel":
      return { button: tr("De stage gaat niet door", "It will not start"), what: tr("De plaatsing stopt voor het begin. Student en plek komen vrij.", "The placement ends before its start. Student and seat are free.") };
    case "early":
      return { button: tr("De stage is eerder gestopt", "It ended early"), what: tr("De stage stopt nu. De student kan weer meedoen in een ronde.", "The internship ends now. The student can be in a round again.") };
  }
}

function End({ proposal, criteria, changed, event, kind }: Ends & { event: ReasonEvent; kind: EndKind }) {
  const [open, setOpen] = useState(false);
  const [side, setSide] = useState("");
  const action = useAction(async (requestId, given: GivenReason, by: Side) => {
    const common = { requestId, proposalId: proposal.proposalId, version: proposal.version, ...given };
    const answer = await (kind === "veto"
      ? api.proposal.vetoProposal(common)
      : kind === "withdraw"
        ? api.proposal.withdrawProposal(common)
        : kind === "cancel"
          ? api.proposal.cancelBeforeStart(common)
          : api.proposal.endProposalEarly({ ...common, side: by }));
    setOpen(false);
    say(tr("Opgeslagen, met de reden.", "Saved, with the reason."));
    if (answer.proposal) changed(answer.proposal);
  });
  const text = endText(kind);
  const missing = kind === "early" && !side ? tr("Kies wie de stage stopte.", "Choose who ended the internship.") : undefined;
  return (
    <>
      <Button danger onClick={() => setOpen(true)}>
        {text.button}
      </Button>
      <ReasonDialog open={open} close={() => setOpen(false)} title={text.button} event={event} criteria={criteria} button={text.button} action={{ ...action, run: (given) => action.run(given, Number(side)) }} missing={missing}>
        <P>{text.what}</P>
        {kind === "early" && (
          <RadioGroup
            label={tr("Wie stopte?", "Who ended it?")}
            value={side}
            onValue={setSide}
            choices={[
              { value: String(Side.STUDENT), label: tr("De student", "The student") },
              { value: String(Side.COMPANY), label: tr("Het bedrijf", "The company") },
              { value: String(Side.SCHOOL), label: tr("De school", "The school") },
            ]}
          />
        )}
      </ReasonDialog>
    </>
  );
}
