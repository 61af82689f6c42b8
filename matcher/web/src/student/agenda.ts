// The days of a proposal that belong in the student's own agenda.
import { type Proposal, ProposalState } from "~gen/stagematch/v1/proposal_pb.ts";
import type { Stagevraag } from "~gen/stagematch/v1/student_pb.ts";
import type { AgendaEntry } from "~/base/ics.ts";
import { tr } from "~/base/language.ts";

/** "2027-02-01" and 14 as "2027-02-15". */
export function daysAfter(iso: string, days: number): string {
  const at = new Date(`${iso}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** As the service opens its check-ins: two and six weeks after the start, and a week before the end. */
export function agendaOf({ proposal, stagevraag }: { proposal: Proposal; stagevraag: Stagevraag }): AgendaEntry[] {
  const entries: AgendaEntry[] = [];
  const add = (part: string, day: string, title: string, text: string) => entries.push({ uid: `${proposal.proposalId}-${part}`, day, title, text });
  const company = proposal.companyName;
  if (proposal.introduction?.date && proposal.state === ProposalState.RELEASED)
    add("kennismaking", proposal.introduction.date, tr("Kennismaking stage", "Meeting for the internship"), company);
  const profile = stagevraag.profile;
  const placed = proposal.state === ProposalState.PLACED || proposal.state === ProposalState.STARTED;
  if (!profile?.startDate || !placed) return entries;
  if (proposal.state === ProposalState.PLACED) add("start", profile.startDate, tr("Eerste dag stage", "First day of the internship"), company);
  for (const weeks of [2, 6]) {
    const day = daysAfter(profile.startDate, weeks * 7);
    if (!profile.endDate || day <= profile.endDate)
      add(`week-${weeks}`, day, tr(`Stage: hoe gaat het na ${weeks} weken?`, `Internship: how is it after ${weeks} weeks?`), tr("Beantwoord drie vragen in Stagematch.", "Answer three questions in Stagematch."));
  }
  if (profile.endDate) add("einde", daysAfter(profile.endDate, -7), tr("Stage: laatste week", "Internship: last week"), tr("Beantwoord drie vragen in Stagematch.", "Answer three questions in Stagematch."));
  return entries;
}
