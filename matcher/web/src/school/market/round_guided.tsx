// A round without ceremony: one button does every step up to the result, and tells what happened in each.
import { useEffect, useRef, useState } from "preact/hooks";
import { type Round, RoundState } from "~gen/stagematch/v1/round_pb.ts";
import { useCatalog } from "~/base/catalog.ts";
import { number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import type { GetCatalogResponse } from "~gen/stagematch/v1/operation_pb.ts";
import { Alert, Button, Outcome, P, Progress, Section } from "~/ui/parts.tsx";
import { type Done, runRound, serviceCalls } from "./round_run.ts";
import { PasteNonce, SaveNonces } from "./round_lots.tsx";
import { schoolText } from "./scope.ts";

const waitMs = 700;

const short = (hex: string) => `${hex.slice(0, 16)}…`;

function doneText(done: Done, catalog: GetCatalogResponse | undefined): string {
  const { round } = done;
  const school = done.school ? schoolText(catalog, done.school) : "";
  const part = round.commitments.find((one) => one.school === done.school);
  switch (done.step) {
    case "opened":
      return tr("De ronde is geopend.", "The round was opened.");
    case "committed":
      return tr(
        `Het lot van ${school} is gemaakt en vastgelegd. Openbaar is nu alleen de vingerafdruk: ${short(part?.commitment ?? "")}`,
        `The lot of ${school} was made and committed to. Only its fingerprint is public now: ${short(part?.commitment ?? "")}`,
      );
    case "sealed":
      return tr(
        `Verzegeld: ${number(round.studentCount)} studenten en ${number(round.seatCount)} plekken doen mee. Vingerafdruk van de gegevens: ${short(round.inputDigest)}`,
        `Sealed: ${number(round.studentCount)} students and ${number(round.seatCount)} places take part. Fingerprint of the data: ${short(round.inputDigest)}`,
      );
    case "revealed":
      return tr(`Het lot van ${school} is onthuld. Iedereen kan nagaan dat het bij de vingerafdruk hoort.`, `The lot of ${school} was revealed. Everybody can check that it fits the fingerprint.`);
    case "lottery":
      return tr(`De loting is getrokken uit de gegevens en de loten: ${short(round.seed)}`, `The lottery was drawn from the data and the lots: ${short(round.seed)}`);
    case "solved":
      return tr(
        `Berekend en gecontroleerd: ${number(round.matchedCount)} van ${number(round.studentCount)} studenten krijgen een voorstel.`,
        `Solved and checked: ${number(round.matchedCount)} of ${number(round.studentCount)} students get a proposal.`,
      );
  }
}

const order: readonly RoundState[] = [RoundState.DRAFT, RoundState.OPEN, RoundState.SEALED, RoundState.REVEALED, RoundState.SOLVING, RoundState.VERIFIED];

function busyText(state: RoundState): string {
  switch (state) {
    case RoundState.OPEN:
      return tr("Loten vastleggen en gegevens verzegelen…", "Committing lots and sealing the data…");
    case RoundState.SEALED:
      return tr("Loten onthullen…", "Revealing lots…");
    case RoundState.SOLVING:
      return tr("Rekenen en controleren… Dit kan even duren.", "Solving and checking… This may take a while.");
    default:
      return tr("Bezig met de ronde…", "Working on the round…");
  }
}

/** `round` as the page knows it; `changed` is told what became of it. For rounds whose schools are all one's own. */
export function GuidedRun({ round, changed }: { round: Round; changed: (round: Round) => void }) {
  const catalog = useCatalog();
  const [told, setTold] = useState<readonly Done[]>([]);
  const leaving = useRef(new AbortController());
  useEffect(() => () => leaving.current.abort(), []);
  const run = useAction(async () => {
    const tell = (done: Done) => {
      setTold((before) => [...before, done]);
      changed(done.round);
    };
    changed(await runRound(serviceCalls, round, tell, { waitMs, signal: leaving.current.signal }));
  });
  const at = order.indexOf(round.state);
  const mayRun = round.state <= RoundState.SEALED || (round.state === RoundState.REVEALED && !round.beacon);
  if (told.length === 0 && !mayRun) return null;
  return (
    <Section title={tr("In één keer", "In one go")}>
      {told.length === 0 && (
        <P>
          {tr(
            "Alle scholen van deze ronde zijn van jou. Dan kan het zonder ceremonie: één knop maakt de loten, verzegelt, onthult en rekent. Daarna kijk je naar het resultaat. Er gaat nog niets naar studenten of bedrijven.",
            "All schools of this round are yours. So it can be done without ceremony: one button makes the lots, seals, reveals and solves. Then you look at the result. Nothing goes to students or companies yet.",
          )}
        </P>
      )}
      {run.busy && round.state < RoundState.VERIFIED && <Progress label={busyText(round.state)} value={Math.max(0, at)} max={order.length - 1} />}
      {told.length > 0 && (
        <ol class="sm-list" aria-live="polite" aria-label={tr("Wat er gebeurde", "What happened")}>
          {told.map((done) => (
            <li key={`${done.step}${done.school ?? ""}`}>{doneText(done, catalog.data)}</li>
          ))}
        </ol>
      )}
      <Outcome of={run} />
      {mayRun && !run.busy && (
        <div>
          <Button kind="primary" onClick={() => void run.run()}>
            {told.length > 0 || round.state > RoundState.OPEN ? tr("Ga verder", "Go on") : tr("Doe alles tot het resultaat", "Do all up to the result")}
          </Button>
        </div>
      )}
      <SaveNonces round={round} />
      {round.state === RoundState.SEALED && !run.busy && <PasteNonce round={round} />}
      {round.state === RoundState.VERIFIED && told.length > 0 && !run.busy && (
        <Alert tone="ok" live>
          {tr("Het resultaat is er. Bekijk het hieronder en maak de ronde dan bekend.", "The result is there. Look at it below, and publish the round.")}
        </Alert>
      )}
    </Section>
  );
}
