// The columns of an import file, and which of them a school's own column is most likely to be.
import { flat } from "~/base/columns.ts";
import { tr } from "~/base/language.ts";

export type FieldKey =
  | "school"
  | "studentnummer"
  | "voornaam"
  | "tussenvoegsel"
  | "achternaam"
  | "geboortedatum"
  | "geslacht"
  | "email"
  | "telefoon"
  | "postcode"
  | "opleiding"
  | "leerweg"
  | "leerjaar"
  | "van"
  | "tot"
  | "uren"
  | "dagen"
  | "max_km"
  | "vaardigheden"
  | "tags"
  | "uitsluiten"
  | "voorkeuren";

export type Field = {
  key: FieldKey;
  required: boolean;
  /** Differs from row to row: a wrong value is never put right in several rows at once. */
  own: boolean;
  /** How systems and spreadsheets call it, besides the key: as `flat` makes them. */
  names: readonly string[];
};

const field = (key: FieldKey, names: string, { required = false, own = false } = {}): Field => ({ key, required, own, names: names.split(" ") });

export const fields: readonly Field[] = [
  field("school", "brin brincode brinnummer brinnr schoolcode instelling instellingscode instellingsbrin", { required: true }),
  field("studentnummer", "studentnr studnr nummer deelnemernummer deelnemernr leerlingnummer leerlingnr studentid ovnummer studentnumber", { required: true, own: true }),
  field("voornaam", "roepnaam voornamen firstname givenname naamvoor", { own: true }),
  field("tussenvoegsel", "tussenvoegsels voorvoegsel voorvoegsels infix tv", { own: true }),
  field("achternaam", "familienaam geslachtsnaam lastname surname naamachter", { own: true }),
  field("geboortedatum", "gebdatum gebdat birthdate dateofbirth geboren", { own: true }),
  field("geslacht", "mv gender sex"),
  field("email", "emailadres mail mailadres emailaddress schoolmail studentmail emailschool", { own: true }),
  field("telefoon", "telefoonnummer tel telnr mobiel mobielnummer gsm phone mobile", { own: true }),
  field("postcode", "pc postcodewoonadres woonpostcode zip zipcode postalcode", { required: true, own: true }),
  field("opleiding", "crebo crebocode crebonummer crebonr isat isatcode opleidingscode opleidingcode kwalificatie programme", { required: true }),
  field("leerweg", "leertraject traject bolbbl bolofbbl", { required: true }),
  field("leerjaar", "jaar studiejaar klasjaar year", { required: true }),
  field("van", "begindatum startdatum begin start datumbegin stagevan bpvbegin beginstage startstage startdate periodevan", { required: true }),
  field("tot", "einddatum eind einde tm totenmet datumeinde datumeind stagetot bpveind eindstage enddate periodetot", { required: true }),
  field("uren", "urenperweek urenweek weekuren uurperweek omvang aantaluren hoursperweek hours", { required: true }),
  field("dagen", "stagedagen werkdagen beschikbaredagen days"),
  field("max_km", "km maxafstand afstand reisafstand maxreisafstand maximaleafstand maxkilometers"),
  field("vaardigheden", "skills competenties niveaus vaardigheid"),
  field("tags", "interesses interesse trefwoorden labels kenmerken"),
  field("uitsluiten", "uitsluiting uitsluitingen nietbij excluded"),
  field("voorkeuren", "voorkeur wensen preferences keuzes"),
];

export const fieldAt = new Map(fields.map((one, i) => [one.key, i] as const));

/** What may not be read, and other data of persons that no matching needs: dropped here, before anything is sent. */
const personal: readonly string[] = [
  ..."geboorteland geboortelandouder1 geboortelandouder2 geboortelandvader geboortelandmoeder nationaliteit nationaliteit1 nationaliteit2 herkomst etniciteit".split(" "),
  ..."religie geloof godsdienst levensovertuiging geboorteplaats bsn burgerservicenummer sofinummer onderwijsnummer pgn verblijfstatus verblijfsstatus verblijfstitel".split(" "),
  ..."nationality countryofbirth ethnicity religion gezondheid medisch diagnose handicap paspoort idnummer iban rekeningnummer".split(" "),
];

/** What a file's column is taken for: a field, nothing, or personal data that is left behind. */
export type Target = FieldKey | "" | "personal";

export const isPersonal = (name: string): boolean => personal.includes(flat(name));

/** For each column of the file, in its order. Every field is used once: a column with its very name goes before one with another name for it. */
export function guess(header: readonly string[]): Target[] {
  const targets: Target[] = header.map((name) => (isPersonal(name) ? "personal" : ""));
  const used = new Set<FieldKey>();
  const take = (fits: (field: Field, name: string) => boolean) => {
    for (const [i, name] of header.entries()) {
      if (targets[i] !== "") continue;
      const found = fields.find((one) => !used.has(one.key) && fits(one, flat(name)));
      if (!found) continue;
      targets[i] = found.key;
      used.add(found.key);
    }
  };
  take((one, name) => name === flat(one.key));
  take((one, name) => one.names.includes(name));
  return targets;
}

export function fieldText(key: FieldKey): string {
  const texts: Record<FieldKey, readonly [string, string]> = {
    school: ["School (brin)", "School (brin)"],
    studentnummer: ["Studentnummer", "Student number"],
    voornaam: ["Voornaam", "First name"],
    tussenvoegsel: ["Tussenvoegsel", "Infix"],
    achternaam: ["Achternaam", "Last name"],
    geboortedatum: ["Geboortedatum", "Birth date"],
    geslacht: ["Geslacht", "Sex"],
    email: ["E-mail", "E-mail"],
    telefoon: ["Telefoon", "Phone"],
    postcode: ["Postcode", "Postcode"],
    opleiding: ["Opleiding (crebo of isat)", "Programme (crebo or isat)"],
    leerweg: ["Leerweg", "Leerweg"],
    leerjaar: ["Leerjaar", "Year"],
    van: ["Begin van de periode", "Begin of the period"],
    tot: ["Einde van de periode", "End of the period"],
    uren: ["Uren per week", "Hours a week"],
    dagen: ["Dagen", "Days"],
    max_km: ["Hoe ver reizen (km)", "How far to travel (km)"],
    vaardigheden: ["Vaardigheden", "Skills"],
    tags: ["Interesses", "Interests"],
    uitsluiten: ["Nooit voorstellen", "Never propose"],
    voorkeuren: ["Voorkeuren", "Preferences"],
  };
  return tr(...texts[key]);
}

/** Two made-up rows that are right, to begin from. */
export const sample: { header: readonly FieldKey[]; rows: readonly (readonly string[])[] } = {
  header: fields.map((one) => one.key),
  rows: [
    ["99AA", "1000001", "Noor", "de", "Vries", "2008-03-14", "v", "noor.devries@student.example", "0612345678", "1012 AB", "25656", "BOL", "2", "2027-02-01", "2027-07-09", "24", "ma di wo", "25", "samenwerken=3|rapporteren=2", "ouderen", "", ""],
    ["99AA", "1000002", "Sami", "", "Yilmaz", "2007-11-02", "m", "sami.yilmaz@student.example", "", "3011 CD", "25656", "BBL", "3", "1-2-2027", "31-1-2028", "32", "", "", "samenwerken=4", "", "", ""],
  ],
};
