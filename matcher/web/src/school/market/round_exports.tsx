// Files of a published round: the result with names for the own schools, and all that is needed to compute it again.
import { toJsonString } from "@bufbuild/protobuf";
import { ExportRoundResponseSchema, type Round } from "~gen/stagematch/v1/round_pb.ts";
import { api } from "~/base/api.ts";
import { save } from "~/base/csv.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { Button, Outcome, P, Section } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";

const byteOrderMark = Uint8Array.of(0xef, 0xbb, 0xbf);
const exportMs = 120_000;

function fileName(round: Round, what: string): string {
  const name = round.name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  return `${name || "ronde"}-${what}`;
}

function withMark(csv: Uint8Array): Uint8Array {
  const file = new Uint8Array(byteOrderMark.length + csv.length);
  file.set(byteOrderMark);
  file.set(csv, byteOrderMark.length);
  return file;
}

export function RoundExports({ round }: { round: Round }) {
  const results = useAction(async () => {
    const { csv } = await api.round.exportResults({ roundId: round.roundId }, { timeoutMs: exportMs });
    save(fileName(round, "resultaat.csv"), "text/csv;charset=utf-8", withMark(csv));
    say(tr("Het bestand staat bij je downloads.", "The file is with your downloads."));
  });
  const record = useAction(async (_: string, kind: "json" | "csv") => {
    const answer = await api.round.exportRound({ roundId: round.roundId }, { timeoutMs: exportMs });
    if (kind === "json") save(fileName(round, "controle.json"), "application/json", toJsonString(ExportRoundResponseSchema, answer));
    else {
      const files: readonly (readonly [string, Uint8Array])[] = [
        ["students.csv", answer.studentsCsv],
        ["placements.csv", answer.placementsCsv],
        ["matches.csv", answer.matchesCsv],
        ["pc4.csv", answer.pc4Csv],
      ];
      for (const [name, content] of files) save(fileName(round, name), "text/csv;charset=utf-8", content);
    }
    say(tr("De bestanden staan bij je downloads.", "The files are with your downloads."));
  });
  return (
    <Section title={tr("Bestanden", "Files")}>
      <P>
        {tr(
          "Het resultaat met namen is voor je eigen scholen. Bewaar het veilig: dat je de namen ophaalt, wordt vastgelegd.",
          "The result with names is for your own schools. Keep it safe: that you fetch the names is recorded.",
        )}
      </P>
      <div class="sm-row">
        <Button busy={results.busy} onClick={() => void results.run()}>
          {tr("Resultaat met namen (Excel, CSV)", "Result with names (Excel, CSV)")}
        </Button>
      </div>
      <Outcome of={results} />
      <P>
        {tr(
          "Met de controlebestanden kan iedereen de ronde narekenen. Er staan geen namen of studentnummers in. Ze zijn precies zoals ze verzegeld zijn; open ze niet in Excel om ze te bewaren.",
          "With the control files anybody can compute the round again. They hold no names or student numbers. They are exactly as they were sealed; do not open them in Excel to save them.",
        )}
      </P>
      <div class="sm-row">
        <Button busy={record.busy} onClick={() => void record.run("json")}>
          {tr("Alles in één bestand (JSON)", "All in one file (JSON)")}
        </Button>
        <Button busy={record.busy} onClick={() => void record.run("csv")}>
          {tr("Losse bestanden (CSV)", "Separate files (CSV)")}
        </Button>
      </div>
      <Outcome of={record} />
      <P quiet>
        {tr("Narekenen: ", "To compute it again: ")}
        <span class="sm-mono">stagematch verify --export {fileName(round, "controle.json")}</span>
      </P>
    </Section>
  );
}
