// The terms of the monitor, for the operator: which are fixed, and fixing one that is over.
import { useState } from "preact/hooks";
import type { MonitorTerm } from "~gen/stagematch/v1/monitor_pb.ts";
import { api } from "~/base/api.ts";
import { moment, today } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { Link } from "~/base/router.tsx";
import { termText } from "~/monitor/figures.ts";
import { Badge, Button, Dialog, Empty, Outcome, P, Page, Shown, Table } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";

const pollMs = 1000;

/* Counting takes a moment: it is asked for until it is done, for a minute at most. */
async function untilFrozen(term: string): Promise<void> {
  for (let i = 0; i < 60; i++) {
    const { terms } = await api.monitor.listMonitorTerms({});
    if (terms.some((known) => known.term === term && known.frozen)) return;
    await new Promise((done) => setTimeout(done, pollMs));
  }
}

function Close({ term, reload }: { term: MonitorTerm; reload: () => void }) {
  const [asking, ask] = useState(false);
  const close = useAction(async (requestId) => {
    await api.monitor.closeMonitorTerm({ requestId, term: term.term });
    await untilFrozen(term.term);
    say(tr("De cijfers liggen vast.", "The figures are fixed."));
    ask(false);
    reload();
  });
  return (
    <>
      <Button onClick={() => ask(true)}>{tr("Cijfers vastleggen", "Fix the figures")}</Button>
      <Dialog open={asking} title={tr("Cijfers vastleggen?", "Fix the figures?")} close={() => ask(false)}>
        <P>{tr("De cijfers worden nu geteld en openbaar. Daarna veranderen ze nooit meer, ook niet als er nog iets bij komt.", "The figures are counted now and become public. After that they never change, also where something is added.")}</P>
        <Outcome of={close} />
        <div class="sm-row">
          <Button onClick={() => ask(false)}>{tr("Nog niet", "Not yet")}</Button>
          <Button kind="primary" busy={close.busy} onClick={() => void close.run()}>
            {tr("Ja, leg ze vast", "Yes, fix them")}
          </Button>
        </div>
      </Dialog>
    </>
  );
}

export function MonitorTermsPage() {
  const terms = useLoad((signal) => api.monitor.listMonitorTerms({}, { signal }), []);
  return (
    <Page
      title={tr("Monitor", "Monitor")}
      lead={tr("Een half jaar wordt vanzelf geteld, een paar weken nadat het voorbij is. Wil je niet wachten, dan kan het ook nu.", "A term is counted by itself a few weeks after it is over. If you do not want to wait, it can be done now.")}
    >
      <Shown of={terms}>
        {({ terms: all }) =>
          all.length === 0 ? (
            <Empty>
              <P>{tr("Er is nog geen half jaar.", "There is no term yet.")}</P>
            </Empty>
          ) : (
            <Table
              caption={tr("Half jaren, het nieuwste eerst", "Terms, the newest first")}
              rows={[...all].reverse()}
              rowKey={(term) => term.term}
              columns={[
                { name: tr("Periode", "Term"), cell: (term) => (term.frozen ? <Link href={`/monitor/${term.term}`}>{termText(term)}</Link> : termText(term)) },
                {
                  name: tr("Stand", "State"),
                  cell: (term) =>
                    term.frozen ? <Badge tone="positive">{tr("Vastgelegd", "Fixed")}</Badge> : term.lastDate < today() ? <Badge tone="info">{tr("Voorbij", "Over")}</Badge> : <Badge>{tr("Loopt", "Runs")}</Badge>,
                },
                { name: tr("Vastgelegd op", "Fixed on"), cell: (term) => moment(term.freezeTime) },
                { name: tr("Doen", "Do"), cell: (term) => !term.frozen && term.lastDate < today() && <Close term={term} reload={terms.reload} /> },
              ]}
            />
          )
        }
      </Shown>
    </Page>
  );
}
