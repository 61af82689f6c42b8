// A school's own figures, exact and as they are now: for its own staff.
import { useState } from "preact/hooks";
import { api, everyPage } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Link } from "~/base/router.tsx";
import { useSession } from "~/base/session.ts";
import { TakenOne } from "~/review/case_measures.tsx";
import { useCaseLists } from "~/review/case_words.ts";
import { SelectField } from "~/ui/fields.tsx";
import { Alert, Card, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { termText } from "./figures.ts";
import { ShownFigures, useSchoolName } from "./shown.tsx";

function One({ school, term }: { school: string; term: string }) {
  const answer = useLoad((signal) => api.monitor.getOwnFigures({ school, term }, { signal }), [school, term]);
  return (
    <Shown of={answer}>
      {(found) =>
        found.term && (
          <ShownFigures
            key={`${school}-${term}`}
            figures={found}
            term={found.term}
            small={undefined}
            name={tr("eigen-cijfers", "own-figures")}
            none={tr("Er zijn nog geen studenten in deze periode.", "There are no students in this term yet.")}
          />
        )
      }
    </Shown>
  );
}

/* What was agreed with companies, and how their decisions moved since: counts with their uncertainty, never as proof. */
function Measures({ school }: { school: string }) {
  const lists = useCaseLists();
  const taken = useLoad(
    (signal) =>
      everyPage(async (pageToken) => {
        const page = await api.measure.listTakenMeasures({ pageToken, pageSize: 200 }, { signal });
        return { items: page.taken.filter((one) => one.school === school), next: page.nextPageToken };
      }),
    [school],
  );
  return (
    <Section title={tr("Maatregelen en wat er daarna veranderde", "Measures and what changed after them")}>
      <Shown of={taken}>
        {(measures) =>
          measures.length === 0 ? (
            <P>{tr("Er zijn nog geen maatregelen genomen.", "No measures were taken yet.")}</P>
          ) : (
            <ul class="sm-cards">
              {measures.map((one) => (
                <li key={one.measureId}>
                  <Card>
                    <P quiet>{one.leerbedrijf}</P>
                    <TakenOne of={one} lists={lists.data} />
                  </Card>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </Section>
  );
}

export function OwnFiguresPage() {
  const session = useSession();
  const scope = session.kind === "signed-in" || session.kind === "over" ? session.session.scope : [];
  const schoolName = useSchoolName();
  const terms = useLoad((signal) => api.monitor.listMonitorTerms({}, { signal }), []);
  const [school, setSchool] = useState(scope[0] ?? "");
  const [term, setTerm] = useState("");
  return (
    <Page
      title={tr("Cijfers van je school", "Figures of your school")}
      lead={tr("Alleen over de studenten van je eigen school, zoals het nu is.", "Of the students of your own school alone, as it is now.")}
    >
      <Alert tone="warning">
        <p class="nl-paragraph">
          {tr("Deze cijfers zijn precies. Deel ze niet buiten de school: bij kleine groepen is te zien om wie het gaat.", "These figures are exact. Do not share them outside the school: in small groups it shows whom they are about.")}{" "}
          <Link href="/monitor">{tr("De openbare monitor kun je wel delen.", "The public monitor may be shared.")}</Link>
        </p>
      </Alert>
      <Shown of={terms}>
        {({ terms: all }) => {
          const newest = [...all].reverse();
          if (newest.length === 0) return <P>{tr("Er is nog geen periode.", "There is no term yet.")}</P>;
          return (
            <>
              {scope.length > 1 && (
                <SelectField label={tr("Welke school?", "Which school?")} value={school} choices={scope.map((brin) => ({ value: brin, label: schoolName(brin) }))} onValue={setSchool} />
              )}
              {newest.length > 1 && (
                <SelectField
                  label={tr("Welk half jaar?", "Which term?")}
                  value={term || (newest[0]?.term ?? "")}
                  choices={newest.map((known) => ({ value: known.term, label: termText(known) }))}
                  onValue={setTerm}
                />
              )}
              <One school={school} term={term} />
              <Measures school={school} />
            </>
          );
        }}
      </Shown>
    </Page>
  );
}
