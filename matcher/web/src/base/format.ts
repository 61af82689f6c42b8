// Numbers, dates and counts as people write them, in Dutch or English.
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { language, tr } from "./language.ts";

const zone = "Europe/Amsterdam";
const locale = () => (language() === "nl" ? "nl-NL" : "en-GB");

export function number(value: number | bigint): string {
  return new Intl.NumberFormat(locale()).format(value);
}

export function euros(cents: number): string {
  return new Intl.NumberFormat(locale(), { style: "currency", currency: "EUR" }).format(cents / 100);
}

/** "1 student", "2.340 studenten". */
export function count(value: number | bigint, one: string, many: string): string {
  return `${number(value)} ${Number(value) === 1 ? one : many}`;
}

/** "2027-02-01" as "1 februari 2027"; what is no date comes back as it is. */
export function day(iso: string): string {
  const [year, month, date] = iso.split("-").map(Number);
  if (!year || !month || !date) return iso;
  return new Intl.DateTimeFormat(locale(), { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(
    Date.UTC(year, month - 1, date),
  );
}

export function period(from: string, to: string): string {
  return `${day(from)} ${tr("t/m", "to")} ${day(to)}`;
}

export function dateOf(time: Timestamp | undefined): Date | undefined {
  return time ? new Date(Number(time.seconds) * 1000 + time.nanos / 1e6) : undefined;
}

export function moment(time: Timestamp | Date | undefined): string {
  const date = time instanceof Date ? time : dateOf(time);
  if (!date) return "";
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short", timeZone: zone }).format(date);
}

/** A term in words: "vandaag", "morgen", "maandag 8 februari". A term ends at the first instant of the day behind its last day. */
export function due(time: Timestamp | undefined, now = new Date()): string {
  const end = dateOf(time);
  if (!end) return "";
  const date = new Date(end.getTime() - 1);
  const dayOf = (at: Date) => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(at);
  if (dayOf(date) === dayOf(now)) return tr("vandaag", "today");
  if (dayOf(date) === dayOf(new Date(now.getTime() + 86_400_000))) return tr("morgen", "tomorrow");
  return new Intl.DateTimeFormat(locale(), { weekday: "long", day: "numeric", month: "long", timeZone: zone }).format(date);
}

/** Today as "2027-02-01", here. */
export function today(now = new Date()): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(now);
}
