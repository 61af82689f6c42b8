// What was written to and fro, the oldest first. Text as it was typed, and nothing but text.
import type { ReportMessage } from "~gen/stagematch/v1/report_pb.ts";
import { moment } from "~/base/format.ts";
import { tr } from "~/base/language.ts";

/** `reporterReads`: the reader is the reporter, otherwise the school. */
export function Messages({ text, messages, reporterReads }: { text: string; messages: readonly ReportMessage[]; reporterReads?: boolean }) {
  const who = (fromReporter: boolean) => (fromReporter ? (reporterReads ? tr("Jij", "You") : tr("De melder", "The reporter")) : reporterReads ? tr("Je school", "Your school") : tr("Wij", "Us"));
  const all = [{ fromReporter: true, text, when: "" }, ...messages.map((message) => ({ fromReporter: message.fromReporter, text: message.text, when: moment(message.time) }))];
  return (
    <ol class="sm-letters">
      {all.map((letter, i) => (
        <li key={i} class={`sm-letters__one${letter.fromReporter === Boolean(reporterReads) ? " sm-letters__one--own" : ""}`}>
          <strong>{who(letter.fromReporter)}</strong> {letter.when && <span class="sm-quiet">{letter.when}</span>}
          <p class="nl-paragraph sm-report__text">{letter.text}</p>
        </li>
      ))}
    </ol>
  );
}
