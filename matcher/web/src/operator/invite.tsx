// Inviting a coördinator: name, address, and the schools that it is for.
import { useState } from "preact/hooks";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import { InvitationForm } from "~/account/invitation.tsx";
import { useCatalog } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { TextField } from "~/ui/fields.tsx";
import { isSchool, schoolsOf } from "./schools.ts";

export function Invite({ invited }: { invited: () => void }) {
  const [typed, setTyped] = useState("");
  const catalog = useCatalog();
  const codes = schoolsOf(typed);
  const names = codes.map((code) => catalog.data?.schools.find((school) => school.code === code)?.name ?? "");
  return (
    <InvitationForm
      role={Role.COORDINATOR}
      scope={codes}
      problem={codes.length > 0 && codes.every(isSchool) ? undefined : tr("Vul een BRIN in, zoals 25PT.", "Enter a BRIN, such as 25PT.")}
      example={tr("naam@school.nl", "name@school.nl")}
      button={tr("Uitnodigen", "Invite")}
      done={() => {
        setTyped("");
        invited();
      }}
    >
      {(problem) => (
        <TextField
          label={tr("School (BRIN)", "School (BRIN)")}
          help={names.filter(Boolean).join(", ") || tr("Meer scholen? Zet een spatie ertussen.", "More schools? Put a space between them.")}
          autocomplete="off"
          error={problem}
          value={typed}
          onValue={setTyped}
        />
      )}
    </InvitationForm>
  );
}
