// What everyone may see of a round, and the lottery computed again in the reader's own browser.
import type { GetPublicRoundResponse } from "~gen/stagematch/v1/round_pb.ts";
import { RoundMode, RoundState } from "~gen/stagematch/v1/round_pb.ts";
import { api } from "~/base/api.ts";
import { qualificationText, schoolText, useCatalog } from "~/base/catalog.ts";
import { number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Link } from "~/base/router.tsx";
import { roundWord } from "~/base/words.ts";
import { Alert, Badge, DataList, Details, P, Page, Section, Shown, Table } from "~/ui/parts.tsx";
import { canHash } from "./bytes.ts";
import { CheckProof } from "./check_proof.tsx";
import { Ranks } from "./ranks.tsx";
import { drawSeed, type PartCheck, type SeedCheck } from "./seed.ts";

const notYet = () => tr("nog niet bekend", "not known yet");

const modes: Record<RoundMode, readonly [string, string]> = {
  [RoundMode.UNSPECIFIED]: ["", ""],
  [RoundMode.BLIND]: ["Het bedrijf zegt akkoord of maakt bezwaar, zonder namen te zien", "The company agrees or objects, without seeing names"],
  [RoundMode.DIRECT]: ["Het bedrijf beslist niet: na de school is de student aan de beurt", "The company does not decide: after the school it is the student's turn"],
};

const mechanisms: Record<string, readonly [string, string]> = {
  stb: ["Uitgestelde toewijzing met één loting (stb)", "Deferred acceptance with a single lottery (stb)"],
  kiraly: ["Király's methode: meer studenten geplaatst, minder eerste keuzes", "Király's method: more students placed, fewer first choices"],
};

function About({ round }: { round: GetPublicRoundResponse }) {
  const catalog = useCatalog();
  const schoolName = (code: string) => schoolText(catalog.data, code);
  const mechanism = mechanisms[round.mechanism];
  return (
    <DataList
      items={[
        [tr("Scholen", "Schools"), round.schools.map(schoolName).join(", ")],
        [tr("Opleidingen", "Study programmes"), round.qualifications.map((code) => qualificationText(catalog.data, code)).join(", ")],
        [tr("Wie beslist na de match", "Who decides after the match"), tr(...modes[round.mode])],
        [tr("Manier van koppelen", "How it matches"), mechanism ? tr(...mechanism) : round.mechanism],
      ]}
    />
  );
}

/** A count that is 0 while there are others is withheld: few people would be behind a difference. */
function Counts({ round }: { round: GetPublicRoundResponse }) {
  if (round.state < RoundState.VERIFIED) return <P>{tr("De uitkomst is er nog niet.", "There is no result yet.")}</P>;
  const shown = (value: bigint) => (value > 0n ? number(value) : tr("niet getoond: te weinig studenten", "not shown: too few students"));
  return (
    <>
      <DataList
        items={[
          [tr("Studenten", "Students"), shown(round.studentCount)],
          [tr("Plaatsen", "Seats"), shown(round.seatCount)],
          [tr("Gekoppeld", "Matched"), shown(round.matchedCount)],
        ]}
      />
      <Ranks counts={round.rankCounts} matched={round.matchedCount} />
    </>
  );
}

const checkWords: Record<PartCheck, readonly [nl: string, en: string, tone: "positive" | "negative" | "neutral"]> = {
  ok: ["klopt", "right", "positive"],
  wrong: ["klopt niet", "wrong", "negative"],
  waiting: ["wacht op het getal", "waits for the number", "neutral"],
};

function Verdict({ seed, of }: { seed: SeedCheck; of: GetPublicRoundResponse }) {
  const parts = seed.parts.every((part) => part.check === "ok");
  if (!of.seed) return <Alert>{tr("De loting is nog niet getrokken. Kom terug als de ronde berekend is.", "The lottery is not drawn yet. Come back once the round is solved.")}</Alert>;
  if (parts && seed.seed === of.seed.toLowerCase())
    return (
      <Alert tone="ok" live>
        {tr("Nagerekend in je eigen browser: de loting volgt precies uit wat vooraf vastlag.", "Computed in your own browser: the lottery follows exactly from what was fixed in advance.")}
      </Alert>
    );
  return (
    <Alert tone="error">
      {tr("De loting volgt niet uit wat hier staat. Meld dit bij een school van de ronde.", "The lottery does not follow from what stands here. Report this to a school of the round.")} <Link href="/hulp">{tr("Contact", "Contact")}</Link>
    </Alert>
  );
}

function Commitments({ round, seed }: { round: GetPublicRoundResponse; seed: SeedCheck }) {
  const catalog = useCatalog();
  const rows = [...round.commitments].sort((a, b) => (a.school < b.school ? -1 : 1));
  const checkOf = (school: string): PartCheck => seed.parts.find((part) => part.school === school)?.check ?? "waiting";
  return (
    <Table
      caption={tr("Het deel van elke school in de loting", "Each school's part in the lottery")}
      columns={[
        { name: tr("School", "School"), cell: (row) => schoolText(catalog.data, row.school) },
        { name: tr("Vooraf vastgelegd", "Fixed in advance"), cell: (row) => (row.commitment ? <code class="sm-mono">{row.commitment}</code> : notYet()) },
        {
          name: tr("Daarna getoond", "Shown afterwards"),
          cell: (row) => (
            <>
              {row.nonce ? <code class="sm-mono">{row.nonce}</code> : notYet()}
              {row.withheld && <span class="sm-quiet"> {tr("(niet op tijd getoond, vervangen volgens de regel)", "(not shown in time, replaced by the rule)")}</span>}
            </>
          ),
        },
        {
          name: tr("Controle", "Check"),
          cell: (row) => {
            const word = checkWords[checkOf(row.school)];
            return <Badge tone={word[2]}>{tr(word[0], word[1])}</Badge>;
          },
        },
      ]}
      rows={rows}
      rowKey={(row) => row.school}
    />
  );
}

function Lottery({ round }: { round: GetPublicRoundResponse }) {
  const checked = useLoad(
    () => drawSeed({ inputDigest: round.inputDigest, parts: round.commitments.map(({ school, commitment, nonce, withheld }) => ({ school, commitment, nonce, withheld })), beacon: round.beacon }),
    [round],
  );
  if (!canHash()) return <Alert tone="warning">{tr("Je browser kan dit alleen op een beveiligde verbinding (https) narekenen.", "Your browser can compute this on a secure connection (https) only.")}</Alert>;
  return (
    <Shown of={checked} what={tr("Narekenen…", "Computing…")}>
      {(seed) => (
        <>
          <Verdict seed={seed} of={round} />
          <Commitments round={round} seed={seed} />
          <DataList
            items={[
              [tr("Vingerafdruk van de invoer", "Fingerprint of the input"), round.inputDigest ? <code class="sm-mono">{round.inputDigest}</code> : notYet()],
              [tr("Vingerafdruk van alle regels", "Fingerprint of all rows"), round.entriesRoot ? <code class="sm-mono">{round.entriesRoot}</code> : notYet()],
              [tr("Getal van buiten", "Number from outside"), round.beacon || tr("geen: dan vertrouw je erop dat scholen en beheerder niet samenspannen", "none: then you trust that schools and operator do not act together")],
              [tr("De loting (seed)", "The lottery (seed)"), round.seed ? <code class="sm-mono">{round.seed}</code> : notYet()],
              [tr("Zelf nagerekend", "Computed here"), seed.seed ? <code class="sm-mono">{seed.seed}</code> : notYet()],
            ]}
          />
          <Details summary={tr("Hoe is dit nagerekend?", "How was this computed?")}>
            <ol class="sm-list">
              <li>{tr("Per school: SHA-256 van de code van de school, een byte 0 en het getal. Dat moet gelijk zijn aan wat vooraf vastlag.", "For each school: SHA-256 of the school's code, a zero byte and the number. It must equal what was fixed in advance.")}</li>
              <li>{tr("Liet een school haar getal niet op tijd zien, dan komt ervoor in de plaats: SHA-256 van “stagematch/v1/withheld”, wat vooraf vastlag en de vingerafdruk van de invoer.", "Where a school did not show its number in time, it is replaced by SHA-256 of “stagematch/v1/withheld”, what was fixed in advance and the input's fingerprint.")}</li>
              <li>{tr("De loting is SHA-256 van “stagematch/v1/seed”, de vingerafdruk van de invoer, de getallen op volgorde van schoolcode, en het getal van buiten.", "The lottery is SHA-256 of “stagematch/v1/seed”, the input's fingerprint, the numbers in order of the schools' codes, and the number from outside.")}</li>
            </ol>
          </Details>
        </>
      )}
    </Shown>
  );
}

export function RoundPage({ params }: { params: Record<string, string> }) {
  const roundId = params.id ?? "";
  const round = useLoad(() => api.round.getPublicRound({ roundId }), [roundId]);
  const word = round.data && roundWord(round.data.state);
  return (
    <Page title={tr("Openbaar verslag van een ronde", "Public record of a round")} back={<Link href="/rondes">{tr("← Openbare rondes", "← Public rounds")}</Link>}>
      <Shown of={round}>
        {(found) => (
          <>
            <div class="sm-stack">
              <div class="sm-row">
                <strong>{found.name}</strong>
                {word && <Badge tone={word.tone}>{word.text}</Badge>}
              </div>
              <About round={found} />
            </div>
            <Section title={tr("Was de loting eerlijk?", "Was the lottery fair?")}>
              <Lottery round={found} />
            </Section>
            <Section title={tr("De uitkomst", "The result")}>
              <Counts round={found} />
            </Section>
            <Section title={tr("Zelf meegedaan?", "Took part yourself?")}>
              <P>
                {tr("Dan kun je nagaan dat jouw gegevens er precies zo in stonden. Log in en", "Then you can see that your data stood in it exactly so. Sign in and")}{" "}
                <Link href="/student/controle">{tr("controleer zelf", "check for yourself")}</Link>
                {tr(", of kies hier het bewijs dat je daar bewaarde.", ", or choose here the proof that you saved there.")}
              </P>
              <CheckProof roundId={roundId} root={found.entriesRoot} />
              <P quiet>{tr("Scholen en controleurs kunnen de hele ronde narekenen, zonder namen, met het programma “stagematch verify”.", "Schools and auditors can recompute the whole round, without names, with the program “stagematch verify”.")}</P>
            </Section>
          </>
        )}
      </Shown>
    </Page>
  );
}
