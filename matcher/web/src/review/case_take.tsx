// Taking a case: first whether there is a tie with the company. Who has one does not handle it.
import { useState } from "preact/hooks";
import type { Case } from "~gen/stagematch/v1/case_pb.ts";
import { api } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { Form, RadioGroup } from "~/ui/fields.tsx";
import { Button, Outcome, P } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";

export function CaseTake({ of, set, kind = "primary" }: { of: Case; set: (next: Case) => void; kind?: "primary" | "secondary" }) {
  const [tie, setTie] = useState("");
  const [tried, setTried] = useState(false);
  const take = useAction(async (requestId, version: bigint, tied: boolean) => {
    const { case: next } = await api.case.takeCase({ requestId, caseId: of.caseId, version, noTie: !tied, tie: tied });
    if (next) set(next);
  });
  return (
    <Form
      label={tr("Deze zaak op je nemen", "Take this case")}
      onSubmit={() => {
        setTried(true);
        if (tie) void take.run(of.version, tie === "yes").then((done) => done && say(tie === "yes" ? tr("Genoteerd. Een collega neemt de zaak.", "Noted. A colleague takes the case.") : tr("Jij behandelt deze zaak.", "You handle this case.")));
      }}
    >
      <RadioGroup
        label={tr("Heb je een band met dit bedrijf?", "Do you have a tie with this company?")}
        help={<P quiet>{tr("Bijvoorbeeld: je werkte er, je familie werkt er, je hebt er geld in, of je vulde er als stagecoördinator besluiten voor in.", "For example: you worked there, your family does, you have money in it, or as a coördinator you entered decisions for it.")}</P>}
        error={tried && !tie ? tr("Kies een antwoord.", "Choose an answer.") : undefined}
        value={tie}
        onValue={setTie}
        choices={[
          { value: "no", label: tr("Nee, ik heb er geen band mee", "No, I have no tie with it") },
          { value: "yes", label: tr("Ja. Dan neemt een collega de zaak", "Yes. Then a colleague takes the case") },
        ]}
      />
      <Outcome of={take} />
      <div class="sm-row">
        <Button kind={kind} type="submit" busy={take.busy}>
          {tie === "yes" ? tr("Meld de band", "Declare the tie") : tr("Neem de zaak", "Take the case")}
        </Button>
      </div>
    </Form>
  );
}
