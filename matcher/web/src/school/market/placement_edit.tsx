// Entering, changing and copying a place on behalf of a company.
import { useMemo, useState } from "preact/hooks";
import type { Placement } from "~gen/stagematch/v1/placement_pb.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Link, type Params } from "~/base/router.tsx";
import { onePlacement } from "~/market/own.ts";
import { copyOf, type Draft, draftOf, emptyDraft } from "~/market/place_draft.ts";
import { PlaceForm } from "~/market/place_form.tsx";
import { Form, TextField } from "~/ui/fields.tsx";
import { Button, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { Pick } from "~/ui/pick.tsx";
import { OnBehalf } from "./on_behalf.tsx";
import { allPlacements } from "./scope.ts";

const home = "/school/plekken";
const toPlaces = () => <Link href={home}>{tr("Plekken", "Places")}</Link>;
const isLeerbedrijf = (id: string) => /^[A-Za-z0-9._-]{1,20}$/.test(id);

/** The newest place of each company, by its id. */
export function companiesOf(placements: readonly Placement[]): Map<string, Placement> {
  const companies = new Map<string, Placement>();
  for (const placement of placements) companies.set(placement.leerbedrijf, placement);
  return companies;
}

function ChooseCompany({ placements, choose }: { placements: readonly Placement[]; choose: (leerbedrijf: string, known?: Placement) => void }) {
  const companies = useMemo(() => companiesOf(placements), [placements]);
  const [id, setId] = useState("");
  const [tried, setTried] = useState(false);
  const wrong = !isLeerbedrijf(id.trim());
  return (
    <Section title={tr("Voor welk bedrijf?", "For which company?")}>
      <Pick
        label={tr("Zoek een bedrijf dat al plekken heeft", "Find a company that has places already")}
        items={[...companies.values()].map((placement) => ({ value: placement.leerbedrijf, label: `${placement.companyName} (${placement.leerbedrijf})` }))}
        taken={[]}
        onPick={(leerbedrijf) => choose(leerbedrijf, companies.get(leerbedrijf))}
      />
      <Form
        label={tr("Een ander bedrijf", "Another company")}
        onSubmit={() => {
          setTried(true);
          if (!wrong) choose(id.trim(), companies.get(id.trim()));
        }}
      >
        <TextField
          label={tr("Of vul het leerbedrijf-id in", "Or enter the leerbedrijf id")}
          help={tr("Het nummer bij SBB, zoals 100077736.", "The number at SBB, such as 100077736.")}
          error={tried && wrong ? tr("Een leerbedrijf-id heeft ten hoogste 20 letters of cijfers.", "A leerbedrijf id has at most 20 letters or digits.") : undefined}
          value={id}
          onValue={setId}
        />
        <div>
          <Button type="submit">{tr("Verder met dit bedrijf", "Go on with this company")}</Button>
        </div>
      </Form>
    </Section>
  );
}

export function NewPlacementPage() {
  const placements = useLoad((signal) => allPlacements(signal), []);
  const [start, setStart] = useState<{ draft: Draft; known: boolean } | null>(null);
  return (
    <Page title={tr("Nieuwe plek namens een bedrijf", "New place on behalf of a company")} back={toPlaces()}>
      {start ? (
        <>
          <OnBehalf company={start.draft.companyName || start.draft.leerbedrijf} />
          <PlaceForm start={start.draft} scope={[start.draft.leerbedrijf]} knowsCompany={start.known} home={home} />
        </>
      ) : (
        <>
          <P>{tr("Kan het bedrijf het zelf? Nodig dan een contactpersoon uit: dat scheelt jou werk.", "Can the company do it itself? Then invite a contact: that saves you work.")}</P>
          <Shown of={placements}>{(all) => <ChooseCompany placements={all} choose={(leerbedrijf, known) => setStart({ draft: emptyDraft(leerbedrijf, known), known: known !== undefined })} />}</Shown>
        </>
      )}
    </Page>
  );
}

function Edit({ params, title, copy }: { params: Params; title: string; copy: boolean }) {
  const id = params.id ?? "";
  const place = useLoad((signal) => onePlacement(id, signal), [id]);
  return (
    <Page title={title} back={<Link href={`${home}/${id}`}>{tr("Deze plek", "This place")}</Link>}>
      <Shown of={place}>
        {(found) => (
          <>
            <OnBehalf company={found.companyName} />
            {copy ? <PlaceForm start={copyOf(found)} scope={[found.leerbedrijf]} knowsCompany home={home} /> : <PlaceForm start={draftOf(found)} scope={[found.leerbedrijf]} changes={found} knowsCompany home={home} />}
          </>
        )}
      </Shown>
    </Page>
  );
}

export const EditPlacementPage = ({ params }: { params: Params }) => <Edit params={params} title={tr("Plek bewerken", "Edit the place")} copy={false} />;
export const CopyPlacementPage = ({ params }: { params: Params }) => <Edit params={params} title={tr("Plek kopiëren", "Copy the place")} copy />;
