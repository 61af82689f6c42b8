// The check-ins of a stage: who answered what, and the days on which the next ones are, for one's own agenda.
import { Side } from "~gen/stagematch/v1/proposal_pb.ts";
import { save } from "~/base/csv.ts";
import { day, moment } from "~/base/format.ts";
import { toIcs } from "~/base/ics.ts";
import { tr } from "~/base/language.ts";
import { Badge, Button, P, Section, Table } from "~/ui/parts.tsx";
import { answerWord, checkInDays, checkInQuestions, momentText } from "./check_in_words.ts";
import type { Whole } from "./proposal_page.tsx";

export function CheckIns({ whole: { proposal, stagevraag, placement } }: { whole: Whole }) {
  const days = checkInDays(stagevraag?.profile?.startDate ?? placement?.startDate ?? "", stagevraag?.profile?.endDate ?? placement?.endDate ?? "");
  const questions = checkInQuestions();
  const rows = proposal.checkIns.map((one) => ({ one, key: `${one.moment}-${one.side}` }));
  const agenda = () =>
    save(
      "check-ins.ics",
      "text/calendar;charset=utf-8",
      toIcs(
        days.map((one) => ({
          uid: `${proposal.proposalId}-${one.moment}`,
          day: one.day,
          title: `${momentText(one.moment)}: ${proposal.companyName}`,
          text: `${location.origin}/school/voorstellen/${proposal.proposalId}`,
        })),
      ),
    );
  return (
    <Section title={tr("Check-ins", "Check-ins")}>
      {rows.length === 0 ? (
        <P>{tr("Er zijn nog geen antwoorden. De student en het bedrijf krijgen er vanzelf een taak voor.", "There are no answers yet. The student and the company get a task for it by themselves.")}</P>
      ) : (
        <Table
          caption={tr("Antwoorden van student en bedrijf", "Answers of student and company")}
          rows={rows}
          rowKey={(row) => row.key}
          columns={[
            { name: tr("Wanneer", "When"), cell: ({ one }) => momentText(one.moment) },
            { name: tr("Wie", "Who"), cell: ({ one }) => (one.side === Side.STUDENT ? tr("Student", "Student") : tr("Bedrijf", "Company")) },
            ...questions.map((name, i) => ({
              name,
              cell: ({ one }: (typeof rows)[number]) => {
                const word = answerWord(one.answers[i] ?? 0);
                return <Badge tone={word.tone}>{word.text}</Badge>;
              },
            })),
            { name: tr("Gegeven op", "Given on"), cell: ({ one }) => moment(one.answerTime) },
          ]}
        />
      )}
      {days.length > 0 && (
        <>
          <ul class="sm-list">
            {days.map((one) => (
              <li key={one.moment}>
                {momentText(one.moment)}: {day(one.day)}
              </li>
            ))}
          </ul>
          <div>
            <Button onClick={agenda}>{tr("Zet de check-ins in mijn agenda", "Add the check-ins to my calendar")}</Button>
          </div>
        </>
      )}
    </Section>
  );
}
