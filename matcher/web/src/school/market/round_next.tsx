// What a round waits for, as a button with what it does.
import { useState } from "preact/hooks";
import { type Round, RoundState } from "~gen/stagematch/v1/round_pb.ts";
import { api } from "~/base/api.ts";
import { count, number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { Link } from "~/base/router.tsx";
import { AskFirst } from "~/ui/ask.tsx";
import { Form, TextField } from "~/ui/fields.tsx";
import { Alert, Button, Outcome, P, Progress, Section } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { nonceOf } from "./nonce.ts";
import { useNonces } from "./round_lots.tsx";
import { roundEnded } from "./round_words.ts";

type StepProps = { round: Round; changed: (round: Round) => void };
type Change = { requestId: string; roundId: string; version: bigint };

/* A change of the whole round, as most are: it names the version that was seen. */
function useStep({ round, changed }: StepProps, send: (change: Change) => Promise<{ round?: Round }>, done?: string) {
  return useAction(async (requestId) => {
    const answer = await send({ requestId, roundId: round.roundId, version: round.version });
    if (answer.round) changed(answer.round);
    if (done) say(done);
  });
}

function OpenStep(props: StepProps) {
  const open = useStep(props, (change) => api.round.openRound(change), tr("De ronde is open.", "The round is open."));
  return (
    <>
      <P>{tr("Open de ronde. Daarna legt elke school haar lot vast.", "Open the round. Then each school commits to its lot.")}</P>
      <div>
        <Button kind="primary" busy={open.busy} onClick={() => void open.run()}>
          {tr("Open de ronde", "Open the round")}
        </Button>
      </div>
      <Outcome of={open} />
    </>
  );
}

function SealStep(props: StepProps) {
  const seal = useStep(props, (change) => api.round.sealRound(change));
  const missing = props.round.commitments.filter((part) => !part.commitment).length;
  return (
    <>
      <P>
        {missing > 0
          ? tr(`Nog ${count(missing, "school moet", "scholen moeten")} het lot vastleggen. Daarna kan de ronde dicht.`, `${count(missing, "school has", "schools have")} to commit to the lot. Then the round can be sealed.`)
          : tr("Alle loten liggen vast. Verzegel de ronde: daarna veranderen studenten en plekken voor deze ronde niet meer.", "All lots are committed to. Seal the round: after that students and places do not change for this round.")}
      </P>
      {missing === 0 && (
        <div>
          <Button kind="primary" busy={seal.busy} onClick={() => void seal.run()}>
            {tr("Verzegel de ronde", "Seal the round")}
          </Button>
        </div>
      )}
      <Outcome of={seal} />
    </>
  );
}

function SealedStep(props: StepProps) {
  const replace = useStep(props, (change) => api.round.replaceWithheldNonces(change), tr("De ronde gaat verder.", "The round goes on."));
  const waiting = props.round.commitments.filter((part) => !part.nonce).length;
  return (
    <>
      <P>{tr(`Nog ${count(waiting, "school moet", "scholen moeten")} het lot onthullen.`, `${count(waiting, "school has", "schools have")} to reveal the lot.`)}</P>
      <P quiet>
        {tr(
          "Is de termijn voorbij en onthult een school niet? Dan kan de ronde verder zonder dat lot. Er komt openbaar bij te staan dat het niet onthuld is.",
          "Is the term over and does a school not reveal? Then the round can go on without that lot. It is stated in public that it was not revealed.",
        )}
      </P>
      <div>
        <Button busy={replace.busy} onClick={() => void replace.run()}>
          {tr("Ga verder zonder de loten die ontbreken", "Go on without the missing lots")}
        </Button>
      </div>
      <Outcome of={replace} />
    </>
  );
}

function SolveStep(props: StepProps) {
  const [beacon, setBeacon] = useState("");
  const [tried, setTried] = useState(false);
  const solve = useStep(props, (change) => api.round.solveRound({ ...change, beacon: beacon.trim() }));
  const announced = props.round.beacon;
  const lacks = announced !== "" && beacon.trim() === "";
  return (
    <Form
      onSubmit={() => {
        setTried(true);
        if (!lacks) void solve.run();
      }}
    >
      <P>{tr("Alle loten zijn bekend. Laat de dienst de loting trekken en rekenen.", "All lots are known. Have the service draw the lottery and solve.")}</P>
      {announced && (
        <TextField
          label={tr("De uitslag die is aangekondigd", "The result that was announced")}
          help={tr(`Aangekondigd: ${announced}. Vul de uitslag in zoals iedereen hem kan nalezen.`, `Announced: ${announced}. Enter the result as everybody can read it.`)}
          error={tried && lacks ? tr("Vul de uitslag in.", "Enter the result.") : undefined}
          value={beacon}
          onValue={setBeacon}
        />
      )}
      <div>
        <Button kind="primary" type="submit" busy={solve.busy}>
          {tr("Laat berekenen", "Have it solved")}
        </Button>
      </div>
      <Outcome of={solve} />
    </Form>
  );
}

function PublishStep(props: StepProps) {
  const [asking, ask] = useState(false);
  const publish = useStep(props, (change) => api.round.publishRound(change), tr("De ronde wordt bekendgemaakt.", "The round is being published."));
  const { round } = props;
  return (
    <>
      <P>
        {tr(
          `Kijk het resultaat na. Bij bekendmaken krijgt elke match een voorstel: ${number(round.matchedCount)} in totaal. De scholen beoordelen die als eersten.`,
          `Look at the result. On publishing every match becomes a proposal: ${number(round.matchedCount)} in all. The schools review them first.`,
        )}
      </P>
      <div>
        <Button kind="primary" onClick={() => ask(true)}>
          {tr("Maak bekend", "Publish")}
        </Button>
      </div>
      <AskFirst open={asking} title={tr("Ronde bekendmaken?", "Publish the round?")} close={() => ask(false)} action={publish} yes={tr("Ja, maak bekend", "Yes, publish")} no={tr("Nog niet", "Not yet")}>
        <P>{tr("De uitslag staat dan vast en is openbaar, zonder namen. Dit kun je niet terugdraaien.", "The result is then fixed and public, without names. You cannot undo this.")}</P>
      </AskFirst>
    </>
  );
}

function CloseStep(props: StepProps) {
  const [asking, ask] = useState(false);
  const close = useStep(props, (change) => api.round.closeRound(change), tr("De ronde is gesloten.", "The round is closed."));
  return (
    <>
      <P>
        {tr("De voorstellen lopen. ", "The proposals run. ")}
        <Link href="/school/voorstellen">{tr("Naar de voorstellen", "To the proposals")}</Link>
      </P>
      <P quiet>
        {tr(
          "Wacht geen enkel voorstel meer, sluit de ronde dan. Wie geen plek heeft, kan daarna in een nieuwe ronde. Haal eerst de bestanden op: na het sluiten kan dat niet meer.",
          "When no proposal waits any more, close the round. Whoever has no place can then be in another round. Fetch the files first: after closing you cannot.",
        )}
      </P>
      <div>
        <Button onClick={() => ask(true)}>{tr("Sluit de ronde", "Close the round")}</Button>
      </div>
      <AskFirst open={asking} title={tr("Ronde sluiten?", "Close the round?")} close={() => ask(false)} action={close} yes={tr("Ja, sluit", "Yes, close")} no={tr("Nog niet", "Not yet")}>
        <P>{tr("Wie geplaatst is, blijft geplaatst. Bestanden en uitleg van deze ronde zijn daarna weg.", "Whoever is placed stays placed. Files and explanations of this round are gone after that.")}</P>
      </AskFirst>
    </>
  );
}

/** `guided`: the run in one go does every step up to the result; only what is left is offered here. */
export function NextStep({ round, changed, guided }: StepProps & { guided: boolean }) {
  const props = { round, changed };
  const title = tr("Wat nu?", "What now?");
  useNonces();
  const lost = round.commitments.some((part) => !part.nonce && nonceOf(round.roundId, part.school) === undefined);
  switch (round.state) {
    case RoundState.DRAFT:
      return guided ? null : <Section title={title}><OpenStep {...props} /></Section>;
    case RoundState.OPEN:
      return guided ? null : <Section title={title}><SealStep {...props} /></Section>;
    case RoundState.SEALED:
      return guided && !lost ? null : <Section title={title}><SealedStep {...props} /></Section>;
    case RoundState.REVEALED:
      return guided && !round.beacon ? null : <Section title={title}><SolveStep {...props} /></Section>;
    case RoundState.SOLVING:
      return guided ? null : <Progress label={tr("Er wordt gerekend en gecontroleerd. Dit kan even duren.", "It is being solved and checked. This may take a while.")} />;
    case RoundState.VERIFIED:
      return <Section title={title}><PublishStep {...props} /></Section>;
    case RoundState.PUBLISHING:
      return <Progress label={tr("De voorstellen worden gemaakt…", "The proposals are being made…")} value={Number(round.publishedCount)} max={Math.max(1, Number(round.matchedCount))} />;
    case RoundState.PUBLISHED:
      return <Section title={title}><CloseStep {...props} /></Section>;
    default:
      return null;
  }
}

export function CancelRound({ round, changed }: StepProps) {
  const [asking, ask] = useState(false);
  const cancel = useStep({ round, changed }, (change) => api.round.cancelRound(change), tr("De ronde wordt gestopt.", "The round is being cancelled."));
  if (roundEnded(round.state)) return null;
  return (
    <Section title={tr("Ronde stoppen", "Cancel the round")}>
      <P quiet>{tr("Alleen als er iets echt mis is. De ronde is daarna voorbij.", "Only where something is really wrong. The round is over after that.")}</P>
      <div>
        <Button danger onClick={() => ask(true)}>
          {tr("Stop de ronde", "Cancel the round")}
        </Button>
      </div>
      <AskFirst open={asking} title={tr("Ronde stoppen?", "Cancel the round?")} close={() => ask(false)} action={cancel} yes={tr("Ja, stop de ronde", "Yes, cancel the round")} no={tr("Nee, ga door", "No, go on")} danger>
        <Alert tone="warning">
          {round.state >= RoundState.PUBLISHED
            ? tr("Alle voorstellen die nog niet geplaatst zijn, vervallen. Wie geplaatst is, blijft geplaatst.", "All proposals that are not placed yet end. Whoever is placed stays placed.")
            : tr("Alle studenten en plekken van deze ronde zijn dan weer vrij. De uitslag vervalt.", "All students and places of this round are then free again. The result is void.")}
        </Alert>
      </AskFirst>
    </Section>
  );
}
