// Files as a coördinator has them: CSV as a Dutch Excel writes it, and XLSX. And how a file is given to a page and taken from it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

export function csvFile(name, rows) {
  const cell = (value) => (/[;"\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  return { name, mimeType: "text/csv", buffer: Buffer.from(`\uFEFF${rows.map((row) => row.map(cell).join(";")).join("\r\n")}\r\n`) };
}

const crcTable = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc >>> 0;
});
const crc32 = (bytes) => (bytes.reduce((crc, byte) => (crc >>> 8) ^ crcTable[(crc ^ byte) & 0xff], 0xffffffff) ^ 0xffffffff) >>> 0;

/* A ZIP archive whose parts are stored as they are. */
function zip(parts) {
  const pieces = [];
  const directory = [];
  let offset = 0;
  for (const [name, text] of Object.entries(parts)) {
    const [path, data] = [Buffer.from(name), Buffer.from(text)];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(path.length, 22);
    const head = Buffer.concat([Buffer.from("PK\x03\x04"), common, path, data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02"), Buffer.from([20, 0]), common, tail, path]));
    pieces.push(head);
    offset += head.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...pieces, listed, Buffer.from("PK\x05\x06"), end]);
}

const escaped = (text) => text.replace(/[<>&"]/g, (sign) => ({ "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;" })[sign]);
const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const relations = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"';
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const heading = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';

/** One sheet; a cell that is a number stands in it as one, everything else as text. */
export function xlsxFile(name, rows) {
  const column = (i) => String.fromCharCode(65 + i); // up to 26 columns
  const cell = (value, at) => (typeof value === "number" ? `<c r="${at}"><v>${value}</v></c>` : `<c r="${at}" t="inlineStr"><is><t>${escaped(value)}</t></is></c>`);
  const lines = rows.map((row, y) => `<row r="${y + 1}">${row.map((value, x) => cell(value, `${column(x)}${y + 1}`)).join("")}</row>`);
  const types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  const buffer = zip({
    "[Content_Types].xml": `${heading}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${types}.worksheet+xml"/></Types>`,
    "_rels/.rels": `${heading}<Relationships ${relations}><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    "xl/workbook.xml": `${heading}<workbook ${main} xmlns:r="${office}"><sheets><sheet name="Blad1" sheetId="1" r:id="r1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `${heading}<Relationships ${relations}><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    "xl/worksheets/sheet1.xml": `${heading}<worksheet ${main}><sheetData>${lines.join("")}</sheetData></worksheet>`,
  });
  return { name, mimeType: `${types}.sheet`, buffer };
}

/** The file that a page asks for when something is pressed. */
export async function give(page, press, file) {
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), press()]);
  await chooser.setFiles(file);
}

/** The file that the page gives when something is pressed: its name and its text. */
export async function take(page, press) {
  const [download] = await Promise.all([page.waitForEvent("download"), press()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
}

/** A CSV file that a Dutch Excel opens with a double click, and that runs no formula there; gives its rows. */
export function readExcelCsv({ name, text }) {
  assert.match(name, /\.csv$/);
  assert.ok(text.startsWith("\uFEFF"), `${name} begins with a byte order mark`);
  const lines = text.slice(1).split("\r\n").filter(Boolean);
  const rows = lines.map((line) => line.split(/;(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((cell) => cell.replace(/^"|"$/g, "").replaceAll('""', '"')));
  assert.ok(rows.length > 1 && rows.every((row) => row.length === rows[0].length), `${name}: rows of one length, parted by ;`);
  for (const cell of rows.slice(1).flat()) assert.ok(!/^[=+@\t\r]/.test(cell) && (!cell.startsWith("-") || /^-?\d/.test(cell)), `${name}: ${cell} would run as a formula`);
  return rows;
}
