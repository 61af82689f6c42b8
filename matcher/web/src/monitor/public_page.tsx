// The monitor for everyone: the figures of a half year, fixed and protected.
import { toJsonString } from "@bufbuild/protobuf";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import { GetMonitorResponseSchema, type GetMonitorResponse } from "~gen/stagematch/v1/monitor_pb.ts";
import { api } from "~/base/api.ts";
import { save } from "~/base/csv.ts";
import { moment } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { go, Link, type Params } from "~/base/router.tsx";
import { useSession } from "~/base/session.ts";
import { SelectField } from "~/ui/fields.tsx";
import { Empty, P, Page, Shown } from "~/ui/parts.tsx";
import { termText } from "./figures.ts";
import { Protection } from "./protection.tsx";
import { ShownFigures } from "./shown.tsx";

function Frozen({ answer }: { answer: GetMonitorResponse }) {
  const { term } = answer;
  if (!term) return null;
  return (
    <>
      <P>
        {tr(`Periode: ${termText(term)}. Geteld en vastgelegd op ${moment(term.freezeTime)}.`, `Term: ${termText(term)}. Counted and fixed on ${moment(term.freezeTime)}.`)}
      </P>
      <ShownFigures
        key={term.term}
        figures={answer}
        term={term}
        small={answer.protection?.threshold ?? 10}
        name="monitor"
        json={() => save(`monitor-${term.term}.json`, "application/json", toJsonString(GetMonitorResponseSchema, answer, { prettySpaces: 2 }))}
        none={tr("In dit half jaar deden te weinig studenten mee om cijfers te laten zien.", "In this term too few students took part to show figures.")}
      />
      <Protection of={answer.protection} />
    </>
  );
}

function OneTerm({ term }: { term: string }) {
  const answer = useLoad((signal) => api.monitor.getMonitor({ term }, { signal }), [term]);
  return <Shown of={answer}>{(found) => <Frozen answer={found} />}</Shown>;
}

/* Staff of a school have exact figures of their own students, elsewhere. */
function OwnLink() {
  const session = useSession();
  const role = session.kind === "signed-in" ? session.session.role : Role.UNSPECIFIED;
  const path = role === Role.COORDINATOR ? "/school/cijfers" : role === Role.VERTROUWENSPERSOON || role === Role.BEHANDELAAR ? "/signalering/monitor" : "";
  return path === "" ? null : (
    <P>
      <Link href={path}>{tr("Bekijk de precieze cijfers van je eigen school", "See the exact figures of your own school")}</Link>
    </P>
  );
}

export function MonitorPage({ params }: { params: Params }) {
  const terms = useLoad((signal) => api.monitor.listMonitorTerms({}, { signal }), []);
  return (
    <Page title={tr("Monitor", "Monitor")} lead={tr("Hoe gaat het met stages? Cijfers per half jaar, voor iedereen. Niemand is erin te herkennen.", "How are internships doing? Figures of a half year, for everyone. Nobody can be recognised in them.")}>
      <OwnLink />
      <Shown of={terms}>
        {({ terms: all }) => {
          const frozen = all.filter((term) => term.frozen).reverse();
          const chosen = frozen.find((term) => term.term === params.term) ?? frozen[0];
          if (!chosen)
            return (
              <Empty>
                <P>{tr("Er zijn nog geen cijfers. Ze komen een paar weken nadat een half jaar voorbij is.", "There are no figures yet. They come a few weeks after a term is over.")}</P>
                <P>
                  <Link href="/uitleg">{tr("Lees hoe Stagematch werkt", "Read how Stagematch works")}</Link>
                </P>
              </Empty>
            );
          return (
            <>
              {frozen.length > 1 && (
                <SelectField
                  label={tr("Welk half jaar?", "Which term?")}
                  value={chosen.term}
                  choices={frozen.map((term) => ({ value: term.term, label: termText(term) }))}
                  onValue={(term) => go(`/monitor/${term}`)}
                />
              )}
              <OneTerm term={chosen.term} />
            </>
          );
        }}
      </Shown>
    </Page>
  );
}
