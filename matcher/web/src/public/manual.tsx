// The API's manual, made from the comments of its .proto files.
import { useEffect, useState } from "preact/hooks";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Details, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { TextField } from "~/ui/fields.tsx";
import { type Entry, find, type ManualFile } from "./manual.ts";

const loadManual = async () => (await import("~gen/manual.json")).default as ManualFile[];

const example = `curl -X POST ORIGIN/stagematch.v1.CatalogService/ListReasons \\
  -H 'Content-Type: application/json' -d '{"event":"student_declines"}'`;

function TypeLink({ name, known }: { name: string; known: ReadonlySet<string> }) {
  const short = name.split(".").at(-1) ?? name;
  return known.has(short) ? (
    <a class="nl-link" href={`#${short}`}>
      {short}
    </a>
  ) : (
    <>{short}</>
  );
}

function ServiceEntry({ entry, known }: { entry: Entry; known: ReadonlySet<string> }) {
  return (
    <>
      {entry.methods.map((method) => (
        <div key={method.name} id={`${entry.name}/${method.name}`} class="sm-manual__item">
          <h4 class="nl-heading nl-heading--level-4">{method.name}</h4>
          <p class="sm-mono">
            POST /stagematch.v1.{entry.name}/{method.name}
          </p>
          <p class="nl-paragraph sm-manual__about">{method.about}</p>
          <p class="nl-paragraph sm-mono">
            <TypeLink name={method.request} known={known} /> → {method.stream && "stream "}
            <TypeLink name={method.response} known={known} />
          </p>
        </div>
      ))}
    </>
  );
}

function Members({ entry, known }: { entry: Entry; known: ReadonlySet<string> }) {
  if (entry.members.length === 0) return <P quiet>{tr("Zonder velden.", "Without fields.")}</P>;
  return (
    <dl class="utrecht-data-list utrecht-data-list--rows">
      {entry.members.map((member) => (
        <div key={member.name} class="utrecht-data-list__item">
          <dt class="utrecht-data-list__item-key sm-mono">
            {member.name}
            {member.type && (
              <span class="sm-quiet">
                {" "}
                {member.repeated && "repeated "}
                <TypeLink name={member.type} known={known} />
              </span>
            )}
          </dt>
          <dd class="utrecht-data-list__item-value utrecht-data-list__item-value--html-dd sm-manual__about">{member.about}</dd>
        </div>
      ))}
    </dl>
  );
}

const kinds = { service: () => tr("dienst", "service"), message: () => tr("bericht", "message"), enum: () => tr("opsomming", "enum") };

function EntryView({ entry, known }: { entry: Entry; known: ReadonlySet<string> }) {
  return (
    <div id={entry.name} class="sm-manual__item sm-stack">
      <h3 class="nl-heading nl-heading--level-3">
        {entry.name} <span class="sm-quiet">{kinds[entry.kind]()}</span>
      </h3>
      {entry.about && <p class="nl-paragraph sm-manual__about">{entry.about}</p>}
      {entry.kind === "service" ? <ServiceEntry entry={entry} known={known} /> : <Members entry={entry} known={known} />}
    </div>
  );
}

function Manual({ files }: { files: readonly ManualFile[] }) {
  const [words, setWords] = useState("");
  const everything = find(files, "");
  const known = new Set(everything.map(({ name }) => name));
  const found = find(files, words);
  // An anchor in the address is there only now.
  useEffect(() => document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView(), []);
  return (
    <>
      <TextField label={tr("Zoek een aanroep, bericht of veld", "Search a call, message or field")} type="search" value={words} onValue={setWords} />
      <p class="sm-quiet" role="status">
        {tr(`${found.length} van ${everything.length} onderdelen`, `${found.length} of ${everything.length} parts`)}
      </p>
      {files.map((file) => {
        const entries = found.filter((entry) => entry.file === file.file);
        return entries.length === 0 ? null : (
          <Section key={file.file} title={file.file.replace(".proto", "")}>
            {!words && <p class="nl-paragraph sm-manual__about">{file.about}</p>}
            {entries.map((entry) => (
              <EntryView key={entry.name} entry={entry} known={known} />
            ))}
          </Section>
        );
      })}
    </>
  );
}

export function ManualPage() {
  const manual = useLoad(loadManual, []);
  return (
    <Page title={tr("De API", "The API")} lead={tr("Alles wat deze site doet, kan een ander systeem ook. Elke aanroep met uitleg, gemaakt uit de definitie zelf (de uitleg is in het Engels).", "Everything that this site does, another system can do too. Every call with its explanation, made from the definition itself.")}>
      <Section title={tr("Beginnen", "To begin")}>
        <P>{tr("Connect-protocol over HTTP: een POST met JSON of protobuf. Wie iets verandert, stuurt een request_id mee; dan gebeurt het één keer. Een token voor een systeem maak je in je account.", "The Connect protocol over HTTP: a POST with JSON or protobuf. What changes something carries a request_id; then it happens once. You make a token for a system in your account.")}</P>
        <pre class="sm-code" tabIndex={0} aria-label={tr("Voorbeeld", "Example")}>
          {example.replace("ORIGIN", location.origin)}
        </pre>
        <Details summary={tr("Fouten", "Errors")}>
          <P>{tr("Een fout heeft een code en een Refusal: wat er mis is en wat je kunt doen, in het Nederlands en Engels.", "An error has a code and a Refusal: what is wrong and what to do, in Dutch and English.")}</P>
        </Details>
      </Section>
      <Shown of={manual}>{(files) => <Manual files={files} />}</Shown>
    </Page>
  );
}
