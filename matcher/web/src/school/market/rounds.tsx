// The rounds of the own schools, the newest first: where each stands and what comes next.
import type { Round } from "~gen/stagematch/v1/round_pb.ts";
import { useCatalog } from "~/base/catalog.ts";
import { count, moment } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { go, Link } from "~/base/router.tsx";
import { roundWord } from "~/base/words.ts";
import { Badge, Button, Card, Empty, Heading, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { nextStep, roundEnded } from "./round_words.ts";
import { allRounds, schoolText } from "./scope.ts";

function RoundCard({ round }: { round: Round }) {
  const catalog = useCatalog();
  const state = roundWord(round.state);
  const step = nextStep(round.state);
  return (
    <li>
      <Card>
        <div class="sm-card__head">
          <Heading level={3}>
            <Link href={`/school/rondes/${round.roundId}`}>{round.name}</Link>
          </Heading>
          <Badge tone={state.tone}>{state.text}</Badge>
        </div>
        <P quiet>
          {round.schools.map((school) => schoolText(catalog.data, school)).join(" · ")}
          <br />
          {count(round.qualifications.length, tr("opleiding", "study"), tr("opleidingen", "studies"))}
          {round.studentCount > 0n && ` · ${count(round.studentCount, tr("student", "student"), tr("studenten", "students"))}`}
          {round.seatCount > 0n && ` · ${count(round.seatCount, tr("plek", "place"), tr("plekken", "places"))}`}
          {` · ${tr("gemaakt", "made")} ${moment(round.createTime)}`}
        </P>
        {step && (
          <P>
            <strong>{tr("Nu:", "Now:")}</strong> {step}
          </P>
        )}
      </Card>
    </li>
  );
}

function RoundCards({ rounds }: { rounds: readonly Round[] }) {
  return (
    <ul class="sm-cards">
      {rounds.map((round) => (
        <RoundCard key={round.roundId} round={round} />
      ))}
    </ul>
  );
}

const newest = (a: Round, b: Round) => Number((b.createTime?.seconds ?? 0n) - (a.createTime?.seconds ?? 0n));

export function RoundsPage() {
  const rounds = useLoad(allRounds, []);
  return (
    <Page
      title={tr("Rondes", "Rounds")}
      lead={tr("Een ronde verdeelt de vrije plekken over de studenten die zoeken, voor iedereen volgens dezelfde regels.", "A round divides the free places among the students who are looking, by the same rules for everybody.")}
    >
      <div class="sm-row">
        <Button kind="primary" onClick={() => go("/school/rondes/nieuw")}>
          {tr("Nieuwe ronde", "New round")}
        </Button>
      </div>
      <Shown of={rounds}>
        {(all) => {
          const running = all.filter((round) => !roundEnded(round.state)).sort(newest);
          const ended = all.filter((round) => roundEnded(round.state)).sort(newest);
          if (all.length === 0)
            return (
              <Empty>
                <P>{tr("Er zijn nog geen rondes. Zijn de studenten en plekken ingevoerd? Begin dan je eerste ronde.", "There are no rounds yet. Are students and places entered? Then begin your first round.")}</P>
              </Empty>
            );
          return (
            <>
              {running.length > 0 && (
                <Section title={tr("Bezig", "Running")}>
                  <RoundCards rounds={running} />
                </Section>
              )}
              {ended.length > 0 && (
                <Section title={tr("Klaar", "Ended")}>
                  <RoundCards rounds={ended} />
                </Section>
              )}
            </>
          );
        }}
      </Shown>
    </Page>
  );
}
