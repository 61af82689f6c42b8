// The places where somebody can go, what each does, and how to reach it.
import type { ReportChoice } from "~gen/stagematch/v1/report_pb.ts";
import { useCatalog } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { Link } from "~/base/router.tsx";
import { Card, Heading, P } from "~/ui/parts.tsx";
import { choiceName, choiceText } from "./words.ts";

/* A school's own people are on the page with all help, where one chooses the school. */
const ofSchools = ["school", "vertrouwenspersoon"];

function Reach({ kind }: { kind: string }) {
  const catalog = useCatalog();
  if (ofSchools.includes(kind)) return <Link href="/hulp">{tr("Zo bereik je hen", "How to reach them")}</Link>;
  const contact = catalog.data?.contacts.find((known) => known.kind === kind);
  return contact?.url ? (
    <a class="nl-link" href={contact.url} rel="noreferrer" target="_blank">
      {contact.url.replace(/^https?:\/\/(www\.)?/, "")} <span class="sm-hidden">{tr("(opent in een nieuw venster)", "(opens in a new window)")}</span>
    </a>
  ) : null;
}

export function RouteList({ routes, level = 3 }: { routes: readonly ReportChoice[]; level?: 3 | 4 }) {
  return (
    <ul class="sm-cards sm-cards--grid">
      {routes.map((route) => (
        <li key={route.code}>
          <Card calm>
            <Heading level={level}>{choiceName(route)}</Heading>
            <P>{choiceText(route)}</P>
            <Reach kind={route.basis} />
          </Card>
        </li>
      ))}
    </ul>
  );
}
