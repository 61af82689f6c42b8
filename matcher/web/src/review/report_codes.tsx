// One-time codes for students without an account: made, shown once, printed.
import { useCallback, useState } from "preact/hooks";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import { api } from "~/base/api.ts";
import { schoolText, useCatalog } from "~/base/catalog.ts";
import { moment } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { Link } from "~/base/router.tsx";
import { useSession } from "~/base/session.ts";
import { Form, SelectField, TextField } from "~/ui/fields.tsx";
import { Alert, Button, Outcome, P, Page, Section } from "~/ui/parts.tsx";

const most = 50;

export function ReportCodesPage() {
  const session = useSession();
  const catalog = useCatalog();
  const schools = session.kind === "signed-in" ? session.session.scope : [];
  const isCoordinator = session.kind === "signed-in" && session.session.role === Role.COORDINATOR;
  const [school, choose] = useState("");
  const [count, setCount] = useState("10");
  const [made, set] = useState<{ codes: string[]; until: string } | null>(null);
  const make = useAction(
    useCallback(async (requestId: string, of: string, howMany: number) => {
      const answer = await api.report.createReportCodes({ requestId, school: of, count: howMany });
      set({ codes: answer.codes, until: moment(answer.expireTime) });
    }, []),
  );
  const wanted = Number(count);
  const fits = Number.isInteger(wanted) && wanted >= 1 && wanted <= most;
  const of = school || (schools[0] ?? "");
  return (
    <Page
      title={tr("Codes voor studenten zonder account", "Codes for students without an account")}
      lead={tr("Met zo'n code weet je dat een melding van een student van je school komt, en niet van wie. Elke code werkt één keer.", "With such a code you know that a report is of a student of your school, and not whose. Each code works once.")}
      back={isCoordinator ? <Link href="/school/collegas">{tr("Collega’s en koppelingen", "Colleagues and connections")}</Link> : <Link href="/signalering/meldingen">{tr("Meldingen", "Reports")}</Link>}
    >
      <Form onSubmit={() => void (fits && make.run(of, wanted))} label={tr("Codes maken", "Make codes")}>
        {schools.length > 1 && <SelectField label={tr("School", "School")} value={of} onValue={choose} choices={schools.map((brin) => ({ value: brin, label: schoolText(catalog.data, brin) }))} />}
        <TextField label={tr("Hoeveel codes?", "How many codes?")} help={tr("1 tot 50", "1 to 50")} inputMode="numeric" value={count} onValue={setCount} error={fits ? undefined : tr("Vul een getal van 1 tot 50 in.", "Enter a number from 1 to 50.")} />
        <Outcome of={make} />
        <Button type="submit" kind="primary" busy={make.busy}>
          {tr("Maak codes", "Make codes")}
        </Button>
      </Form>
      {made && (
        <Section title={tr("De codes", "The codes")}>
          <Alert tone="warning">{tr(`Je ziet ze nu, en daarna niet meer. Ze werken tot ${made.until}. Deel ze zo uit dat je niet weet wie welke heeft.`, `You see them now and not again. They work until ${made.until}. Hand them out so that you do not know who has which.`)}</Alert>
          <ul class="sm-list">
            {made.codes.map((code) => (
              <li key={code}>
                <code>{code}</code>
              </li>
            ))}
          </ul>
          <P quiet>{tr("Een student vult de code in op de pagina Discriminatie melden.", "A student enters the code on the page Report discrimination.")}</P>
          <Button onClick={() => print()}>{tr("Print de codes", "Print the codes")}</Button>
        </Section>
      )}
    </Page>
  );
}
