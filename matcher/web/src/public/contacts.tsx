// People who can help, as the school set them: with a telephone number and an address that work with one touch.
import "~/styles/contacts.css";
import type { Contact } from "~gen/stagematch/v1/operation_pb.ts";
import { useCatalog } from "~/base/catalog.ts";
import { language, tr } from "~/base/language.ts";
import { Link } from "~/base/router.tsx";
import { Alert, Card, Shown } from "~/ui/parts.tsx";

/* More schools than this are chosen from, on the page with all help. */
const schoolsInSight = 2;

const dial = (phone: string) => `tel:${phone.replace(/[^+\d]/g, "")}`;

function ContactCard({ contact }: { contact: Contact }) {
  return (
    <Card>
      <strong>{contact.name}</strong>
      <p class="nl-paragraph">{language() === "nl" ? contact.textNl : contact.textEn}</p>
      <ul class="sm-reach">
        {contact.phone && (
          <li>
            <a class="nl-link" href={dial(contact.phone)}>
              {tr("Bel", "Call")} {contact.phone}
            </a>
          </li>
        )}
        {contact.email && (
          <li>
            <a class="nl-link" href={`mailto:${contact.email}`}>
              {contact.email}
            </a>
          </li>
        )}
        {contact.url && (
          <li>
            <a class="nl-link" href={contact.url} rel="noreferrer" target="_blank">
              {contact.url.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "")} <span class="sm-hidden">{tr("(opent in een nieuw venster)", "(opens in a new window)")}</span>
            </a>
          </li>
        )}
      </ul>
    </Card>
  );
}

/** `school`: its own contacts and everybody's; undefined: of all schools. `kinds`: only these, in this order. */
export function Contacts({ school, kinds }: { school?: string; kinds?: readonly string[] }) {
  const catalog = useCatalog();
  return (
    <Shown of={catalog}>
      {({ contacts }) => {
        const fits = contacts.filter((contact) => (!school || !contact.school || contact.school === school) && (!kinds || kinds.includes(contact.kind)));
        const order = (contact: Contact) => kinds?.indexOf(contact.kind) ?? 0;
        if (fits.length === 0)
          return <Alert>{tr("Je school heeft hier nog geen contacten ingevuld. Vraag het je stagecoördinator of mentor.", "Your school has not entered contacts here yet. Ask your coördinator or mentor.")}</Alert>;
        if (new Set(fits.map((contact) => contact.school).filter(Boolean)).size > schoolsInSight)
          return <Link href="/hulp">{tr("Kies je school en zie wie je helpt", "Choose your school and see who helps you")}</Link>;
        return (
          <ul class="sm-cards sm-cards--grid">
            {[...fits]
              .sort((a, b) => order(a) - order(b))
              .map((contact) => (
                <li key={`${contact.school}/${contact.kind}/${contact.name}`}>
                  <ContactCard contact={contact} />
                </li>
              ))}
          </ul>
        );
      }}
    </Shown>
  );
}
