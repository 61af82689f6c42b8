// The company's side of cases: what a school asked, what was answered, until when an answer is waited for. Nothing else of the case comes here.
import type { CompanyCase } from "~gen/stagematch/v1/case_pb.ts";
import { api, everyPage } from "~/base/api.ts";
import { schoolText, useCatalog } from "~/base/catalog.ts";
import { due, moment } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Link } from "~/base/router.tsx";
import { Badge, Card, Empty, P, Page, Shown } from "~/ui/parts.tsx";

export const allCompanyCases = (signal: AbortSignal): Promise<CompanyCase[]> =>
  everyPage(async (pageToken) => {
    const page = await api.case.listCompanyCases({ pageToken, pageSize: 200 }, { signal });
    return { items: page.cases, next: page.nextPageToken };
  });

export const waits = (one: CompanyCase): boolean => one.open && one.dueTime !== undefined;

export function CaseTerm({ of }: { of: CompanyCase }) {
  if (of.closed) return <Badge>{tr("Gesloten", "Closed")}</Badge>;
  if (of.overdue) return <Badge tone="negative">{tr("Te laat, antwoorden kan nog", "Overdue, you can still answer")}</Badge>;
  if (waits(of)) return <Badge tone="warning">{tr(`Antwoord voor ${due(of.dueTime)}`, `Answer by ${due(of.dueTime)}`)}</Badge>;
  return <Badge tone="info">{tr("Bij de school", "With the school")}</Badge>;
}

export function CasesPage() {
  const catalog = useCatalog().data;
  const loaded = useLoad(allCompanyCases, []);
  return (
    <Page
      title={tr("Vragen van een school", "Questions of a school")}
      lead={tr("Een school wil weten hoe iets is gegaan en hoort ook jouw kant. Een vraag is geen oordeel.", "A school wants to know how something went and hears your side, too. A question is no verdict.")}
      back={<Link href="/bedrijf">{tr("‹ Taken", "‹ Tasks")}</Link>}
    >
      <Shown of={loaded}>
        {(cases) =>
          cases.length === 0 ? (
            <Empty>
              <P>{tr("Er zijn geen vragen. Je hoeft niets te doen.", "There are no questions. There is nothing to do.")}</P>
            </Empty>
          ) : (
            <ul class="sm-cards">
              {cases.map((one) => (
                <li key={one.caseId}>
                  <Card>
                    <div class="sm-card__head">
                      <Link href={`/bedrijf/vragen/${one.caseId}`} class="nl-link sm-card__link">
                        {tr(`Vraag van ${schoolText(catalog, one.school)}`, `Question of ${schoolText(catalog, one.school)}`)}
                      </Link>
                      <div class="sm-row">
                        <CaseTerm of={one} />
                      </div>
                    </div>
                    <P quiet>{moment(one.steps[0]?.time)}</P>
                  </Card>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </Page>
  );
}
