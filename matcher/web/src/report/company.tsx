// Which company: a student chooses from the own proposals; others write a name, and staff may give the SBB's number.
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import { api, everyPage } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { RadioGroup, TextField } from "~/ui/fields.tsx";
import { P, Shown } from "~/ui/parts.tsx";
import { change, useDraft } from "./draft.ts";
import type { Asked } from "./questions.tsx";

const ownProposals = () =>
  everyPage(async (pageToken) => {
    const answer = await api.proposal.listProposals({ pageToken, pageSize: 1000 });
    return { items: answer.proposals, next: answer.nextPageToken };
  });

function NameField() {
  const draft = useDraft();
  return (
    <TextField
      label={tr("Naam van het bedrijf (hoeft niet)", "Name of the company (optional)")}
      value={draft.companyName}
      onValue={(companyName) => change({ companyName })}
      autocomplete="off"
      maxLength={150}
    />
  );
}

function OwnCompany() {
  const draft = useDraft();
  const proposals = useLoad(ownProposals, []);
  return (
    <Shown of={proposals}>
      {(list) => (
        <>
          {list.length > 0 && (
            <RadioGroup
              label={tr("Kies een bedrijf uit je voorstellen", "Choose a company of your proposals")}
              value={draft.proposalId}
              onValue={(proposalId) => change({ proposalId, companyName: "" })}
              choices={[...list.map((proposal) => ({ value: proposal.proposalId, label: proposal.companyName })), { value: "", label: tr("Een ander bedrijf, of ik zeg het liever niet", "Another company, or I would rather not say") }]}
            />
          )}
          {draft.proposalId === "" && <NameField />}
        </>
      )}
    </Shown>
  );
}

export function CompanyQuestion({ reporter }: Asked) {
  const draft = useDraft();
  if (reporter.signedIn && reporter.role === Role.STUDENT) return <OwnCompany />;
  return (
    <>
      <P quiet>{tr("Weet je het niet of zeg je het liever niet? Laat het dan leeg.", "Do you not know, or would you rather not say? Leave it empty.")}</P>
      <NameField />
      {reporter.signedIn && (
        <TextField
          label={tr("Leerbedrijf-id van SBB (hoeft niet)", "SBB's id of the company (optional)")}
          value={draft.leerbedrijf}
          onValue={(leerbedrijf) => change({ leerbedrijf: leerbedrijf.trim() })}
          autocomplete="off"
          maxLength={20}
        />
      )}
    </>
  );
}
