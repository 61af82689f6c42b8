// Import in steps: a file, its columns, what is wrong in it, what it would change, and only then the service.
import { useState } from "preact/hooks";
import { tr } from "~/base/language.ts";
import type { Sheet } from "~/base/sheet.ts";
import { Link, useUnsaved } from "~/base/router.tsx";
import { useSession } from "~/base/session.ts";
import { today } from "~/base/format.ts";
import { Page, Steps } from "~/ui/parts.tsx";
import { CheckStep } from "./check_step.tsx";
import { ChooseStep } from "./choose_step.tsx";
import { guess, type Target } from "./columns.ts";
import { CompareStep } from "./compare_step.tsx";
import type { Constants, Issue } from "./issues.ts";
import { MapStep } from "./map_step.tsx";
import { SendStep } from "./send_step.tsx";
import type { Row } from "./validate.ts";

/** `revision`: counts what is sent; another revision is another request. */
type At =
  | { step: "choose" }
  | { step: "map"; sheet: Sheet; targets: Target[]; constants: Constants }
  | { step: "check"; sheet: Sheet; targets: Target[]; constants: Constants; rows: Row[]; said: Issue[] }
  | { step: "compare"; sheet: Sheet; targets: Target[]; constants: Constants; rows: Row[] }
  | { step: "send"; sheet: Sheet; targets: Target[]; constants: Constants; rows: Row[]; done?: boolean };

const order: readonly At["step"][] = ["choose", "map", "check", "compare", "send"];

export function ImportPage() {
  const session = useSession();
  const schools = session.kind === "signed-in" || session.kind === "over" ? session.session.scope : [];
  const [at, go] = useState<At>({ step: "choose" });
  const finished = at.step === "send" && at.done;
  useUnsaved(at.step !== "choose" && !finished, tr("Dit bestand is nog niet ingelezen. Toch weg?", "This file was not imported yet. Leave all the same?"));
  const steps = [tr("Bestand", "File"), tr("Kolommen", "Columns"), tr("Controleren", "Check"), tr("Vergelijken", "Compare"), tr("Inlezen", "Import")];
  return (
    <Page
      title={tr("Studenten inlezen", "Import students")}
      lead={tr("Lees een bestand in met een rij per stagevraag. Er wordt niets opgeslagen voordat jij dat zegt.", "Import a file with a row for each request. Nothing is stored before you say so.")}
      back={<Link href="/school/studenten">{tr("Alle studenten", "All students")}</Link>}
    >
      <Steps steps={steps} now={finished ? steps.length : order.indexOf(at.step)} />
      {at.step === "choose" && (
        <ChooseStep
          chosen={(sheet) => {
            const targets = guess(sheet.header);
            const constants: Constants = !targets.includes("school") && schools.length === 1 ? { school: schools[0] } : {};
            go({ step: "map", sheet, targets, constants });
          }}
        />
      )}
      {at.step === "map" && <MapStep {...at} schools={schools} back={() => go({ step: "choose" })} set={(targets, constants) => go({ ...at, targets, constants })} next={(rows) => go({ ...at, step: "check", rows, said: [] })} />}
      {at.step === "check" && <CheckStep key={at.said.length} rows={at.rows} said={at.said} rules={{ schools, today: today() }} back={() => go({ ...at, step: "map" })} next={() => go({ ...at, step: "compare" })} />}
      {at.step === "compare" && <CompareStep rows={at.rows.filter((row) => !row.out)} back={() => go({ ...at, step: "check", said: [] })} next={() => go({ ...at, step: "send" })} />}
      {at.step === "send" && (
        <SendStep rows={at.rows.filter((row) => !row.out)} done={() => go({ ...at, done: true })} back={() => go({ ...at, step: "compare" })} wrong={(said) => go({ ...at, step: "check", said })} again={() => go({ step: "choose" })} />
      )}
    </Page>
  );
}
