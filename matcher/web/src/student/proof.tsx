// The student's own entry in a round, proved here in the browser against what everybody sees of the round.
import type { GetEntryProofResponse, GetPublicRoundResponse } from "~gen/stagematch/v1/round_pb.ts";
import { api } from "~/base/api.ts";
import { number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { refusalOf, sayError } from "~/base/request.ts";
import { Link } from "~/base/router.tsx";
import { canHash } from "~/public/bytes.ts";
import { checkEntry, type ProofResult } from "~/public/proof.ts";
import { Alert, DataList, Details, Empty, ErrorNote, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { SaveProof } from "~/ui/save_proof.tsx";
import { ForMine } from "./mine.tsx";
import { type Field, fieldsOf } from "./row.ts";

type Checked = { proof: GetEntryProofResponse; round: GetPublicRoundResponse; result: ProofResult; fields: Field[]; row: string };

async function check(roundId: string, stagevraagId: string): Promise<Checked> {
  const [proof, round] = await Promise.all([api.round.getEntryProof({ roundId, stagevraagId }), api.round.getPublicRound({ roundId })]);
  const row = new TextDecoder().decode(proof.row);
  return { proof, round, result: await checkEntry(proof, round.entriesRoot), fields: fieldsOf(row), row };
}

function Steps({ of }: { of: Checked }) {
  const { result, proof } = of;
  return (
    <Details summary={tr("Laat elke stap zien", "Show every step")}>
      <ol class="sm-list">
        <li>
          {tr("Van jouw regel maakten we een vingerafdruk (SHA-256 van een byte 0 en de regel):", "We made a fingerprint of your row (SHA-256 of a byte 0 and the row):")} <code class="sm-mono">{result.leaf}</code>
        </li>
        {result.steps.map((step) => (
          <li key={step.hash}>
            {step.side === "left"
              ? tr("We zetten de vingerafdruk van de buren links ervoor en maakten er samen één van:", "We put the neighbours' fingerprint on the left and made one of the two:")
              : tr("We zetten de vingerafdruk van de buren rechts erachter en maakten er samen één van:", "We put the neighbours' fingerprint on the right and made one of the two:")}{" "}
            <code class="sm-mono">{step.hash}</code>
          </li>
        ))}
        <li>
          {tr(`Na ${result.steps.length} stappen staat er één vingerafdruk van alle ${number(proof.count)} regels samen. Openbaar staat er:`, `After ${result.steps.length} steps there is one fingerprint of all ${number(proof.count)} rows together. Public is:`)}{" "}
          <code class="sm-mono">{of.round.entriesRoot}</code>
        </li>
        <li>
          <strong>{result.valid ? tr("Die twee zijn gelijk.", "These two are equal.") : tr("Die twee zijn niet gelijk.", "These two are not equal.")}</strong>
        </li>
      </ol>
    </Details>
  );
}

function Result({ of, roundId, stagevraagId }: { of: Checked; roundId: string; stagevraagId: string }) {
  const { result, proof } = of;
  return (
    <>
      {result.valid ? (
        <Alert tone="ok" live>
          {tr(`Het klopt. Jouw gegevens staan precies zo in de ronde, als regel ${number(proof.index + 1)} van ${number(proof.count)}. Niemand heeft ze na het verzegelen veranderd.`, `It is right. Your data stand in the round exactly like this, as row ${number(proof.index + 1)} of ${number(proof.count)}. Nobody changed them after the sealing.`)}
        </Alert>
      ) : (
        <Alert tone="error">
          {tr("Het klopt niet. Wat de dienst laat zien past niet bij wat openbaar is. Zeg dit je stagecoördinator, en bewaar deze pagina.", "It is not right. What the service shows does not fit what is public. Tell your coördinator, and keep this page.")} <Link href="/hulp">{tr("Wie kan ik bellen?", "Who can I call?")}</Link>
        </Alert>
      )}
      <Section title={tr("Zo deed je mee", "This is how you took part")}>
        <P quiet>{tr("Dit is jouw regel in de verzegelde invoer. Je naam staat er niet in: alleen een willekeurig nummer.", "This is your row in the sealed input. Your name is not in it: only a random number.")}</P>
        {of.fields.length > 0 && <DataList items={of.fields} />}
        <Details summary={tr("De regel zelf, letter voor letter", "The row itself, to the letter")}>
          <code class="sm-mono">{of.row}</code>
        </Details>
      </Section>
      <Section title={tr("Bewaar het", "Keep it")}>
        <P>{tr("Met dit bestand kan iedereen aan wie jij het geeft nagaan hoe je meedeed, zonder in te loggen. Je naam staat er niet in.", "With this file anybody to whom you give it can see how you took part, without signing in. Your name is not in it.")}</P>
        <SaveProof roundId={roundId} stagevraagId={stagevraagId} />
      </Section>
      <Section title={tr("Hoe weet je dat?", "How do you know?")}>
        <P>{tr("Bij het verzegelen kreeg de hele lijst één vingerafdruk, en die werd openbaar. Verandert er ook maar één letter, dan wordt de vingerafdruk anders. Je browser heeft die net zelf nagerekend, vanaf jouw regel.", "When it was sealed the whole list got one fingerprint, and that was made public. If one letter changes, the fingerprint changes. Your browser just computed it itself, from your row.")}</P>
        <Steps of={of} />
        <P>
          <Link href={`/rondes/${roundId}`}>{tr("Bekijk wat openbaar is van deze ronde, ook de loting", "See what is public of this round, also the lottery")}</Link>
        </P>
      </Section>
    </>
  );
}

const refusals: Record<string, () => string> = {
  not_found: () => tr("De controle kan als de ronde bekendgemaakt is. Deze ronde is nog niet zo ver, of je zat er niet in.", "You can check once the round is published. This round is not that far yet, or you were not in it."),
};

function Check({ roundId, stagevraagId }: { roundId: string; stagevraagId: string }) {
  const checked = useLoad(() => check(roundId, stagevraagId), [roundId, stagevraagId]);
  if (!canHash()) return <Alert tone="warning">{tr("Je browser kan dit alleen op een beveiligde verbinding (https) narekenen.", "Your browser can compute this on a secure connection (https) only.")}</Alert>;
  const refusal = refusalOf(checked.error);
  if (refusal) return <Alert tone="warning">{(refusals[refusal.code] ?? (() => sayError(checked.error)))()}</Alert>;
  if (checked.error !== undefined) return <ErrorNote error={checked.error} retry={checked.reload} />;
  return (
    <Shown of={checked} what={tr("Narekenen…", "Computing…")}>
      {(of) => <Result of={of} roundId={roundId} stagevraagId={stagevraagId} />}
    </Shown>
  );
}

export function ProofPage() {
  return (
    <Page
      title={tr("Controleer zelf", "Check for yourself")}
      lead={tr("Deed je mee met de gegevens die hier staan, en heeft niemand daar iets aan veranderd? Je browser rekent het na.", "Did you take part with the data that stand here, and did nobody change them? Your browser computes it.")}
      back={<Link href="/student">{tr("← Overzicht", "← Overview")}</Link>}
    >
      <ForMine>
        {({ stagevraag }) =>
          stagevraag.roundId ? (
            <Check key={stagevraag.stagevraagId} roundId={stagevraag.roundId} stagevraagId={stagevraag.stagevraagId} />
          ) : (
            <Empty>
              <P>{tr("Je zit nu niet in een ronde. Zodra een ronde bekendgemaakt is, kun je hier controleren.", "You are in no round now. Once a round is published you can check here.")}</P>
            </Empty>
          )
        }
      </ForMine>
    </Page>
  );
}
