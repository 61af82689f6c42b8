// Dates for somebody's own agenda (RFC 5545): whole days, with a reminder.

export type AgendaEntry = { uid: string; day: string; title: string; text: string; remindHours?: number };

const escape = (text: string) => text.replace(/[\\;,]/g, (c) => `\\${c}`).replace(/\r?\n/g, "\\n");

/** At most 75 octets a line; what is longer goes on behind a space. */
function fold(line: string): string {
  const bytes = new TextEncoder().encode(line);
  if (bytes.length <= 75) return line;
  const parts: string[] = [];
  let part = "";
  let size = 0;
  for (const char of line) {
    const width = new TextEncoder().encode(char).length;
    if (size + width > (parts.length === 0 ? 75 : 74)) {
      parts.push(part);
      part = "";
      size = 0;
    }
    part += char;
    size += width;
  }
  return [...parts, part].join("\r\n ");
}

function nextDay(iso: string): string {
  const at = new Date(`${iso}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + 1);
  return at.toISOString().slice(0, 10);
}

export function toIcs(entries: readonly AgendaEntry[], now = new Date()): string {
  const stamp = now.toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
  const compact = (iso: string) => iso.replaceAll("-", "");
  const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Stagematch//NL", "CALSCALE:GREGORIAN"];
  for (const entry of entries)
    lines.push(
      "BEGIN:VEVENT",
      `UID:${entry.uid}@stagematch`,
      `DTSTAMP:${stamp}`,
      `DTSTART;VALUE=DATE:${compact(entry.day)}`,
      `DTEND;VALUE=DATE:${compact(nextDay(entry.day))}`,
      `SUMMARY:${escape(entry.title)}`,
      `DESCRIPTION:${escape(entry.text)}`,
      "BEGIN:VALARM",
      "ACTION:DISPLAY",
      `DESCRIPTION:${escape(entry.title)}`,
      `TRIGGER:-PT${entry.remindHours ?? 15}H`,
      "END:VALARM",
      "END:VEVENT",
    );
  return `${[...lines, "END:VCALENDAR"].map(fold).join("\r\n")}\r\n`;
}
