// CSV that a Dutch Excel opens with a double click, and that runs no formula there.

/** A cell that a spreadsheet would take for a formula is made text by an apostrophe. */
export function safeCell(value: string): string {
  return /^[\s]*[=+\-@\t\r]/.test(value) && !/^-?\d+([.,]\d+)?$/.test(value) ? `'${value}` : value;
}

const quoted = (value: string) => (/[;"\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

/** For the service, not for a spreadsheet: the cells exactly as they are. */
export function plainCsv(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return `${[header, ...rows].map((cells) => cells.map(quoted).join(";")).join("\n")}\n`;
}

/** UTF-8 with a byte order mark, semicolons, CRLF. */
export function toCsv(header: readonly string[], rows: readonly (readonly (string | number | bigint)[])[]): string {
  const line = (cells: readonly (string | number | bigint)[]) => cells.map((cell) => quoted(safeCell(String(cell)))).join(";");
  return `\uFEFF${[header, ...rows].map(line).join("\r\n")}\r\n`;
}

/** Gives the browser a file to save. */
export function save(name: string, type: string, content: string | Uint8Array): void {
  const url = URL.createObjectURL(new Blob([content as BlobPart], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function saveCsv(name: string, header: readonly string[], rows: readonly (readonly (string | number | bigint)[])[]): void {
  save(name, "text/csv;charset=utf-8", toCsv(header, rows));
}
