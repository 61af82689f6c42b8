// Pictures of a page in light, in dark and on a phone, compared: with what must hold of each, with one another, and with those of an
// earlier run. And what a screen reader is told of it, compared with the file that is kept of that.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import { settled, sizes, violationsOf } from "./stage.mjs";

/** Where pictures are kept; nothing is kept otherwise. And where those of an earlier run are, to compare with. */
const keptIn = process.env.STAGEMATCH_PICTURES;
const earlierIn = process.env.STAGEMATCH_PICTURES_BEFORE;
const source = process.env.STAGEMATCH_SOURCE ? join(process.env.STAGEMATCH_SOURCE, "tests", "web") : dirname(fileURLToPath(import.meta.url));
const snapshots = join(source, "snapshots");

/** How much of an earlier picture may differ: dates and labels do, a page does not. A pixel differs from `pixelThreshold` on (0 to 1). */
const differentShareMax = 0.02;
const pixelThreshold = 0.1;
/** Mean brightness, 0 black to 1 white: dark pages are below the one, light ones above the other. */
const darkMax = 0.35;
const lightMin = 0.6;

const schemes = [
  { name: "light", viewport: sizes.desktop, colorScheme: "light" },
  { name: "dark", viewport: sizes.desktop, colorScheme: "dark" },
  { name: "mobile", viewport: sizes.mobile, colorScheme: "light" },
];

/* Text that its box does not show whole, and what sticks out of the window; what scrolls or is for screen readers alone may. */
function cutInPage() {
  const found = [];
  const width = document.documentElement.clientWidth;
  const scrolls = (element) => {
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(at);
      if ([overflowX, overflowY].some((value) => value === "auto" || value === "scroll")) return true;
    }
    return false;
  };
  for (const element of document.querySelectorAll("header *, main *, footer *")) {
    const text = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data.trim()).join(" ").trim();
    if (!text || element.closest(".sm-hidden, svg, select, dialog:not([open])") || !element.checkVisibility({ visibilityProperty: true })) continue;
    const box = element.getBoundingClientRect();
    if (box.width < 2 || scrolls(element)) continue;
    const style = getComputedStyle(element);
    const clips = style.overflowX !== "visible" || style.textOverflow === "ellipsis";
    const inline = style.display === "inline";
    if (box.left < -1 || box.right > width + 1) found.push(`outside: ${text.slice(0, 60)}`);
    else if (!inline && element.scrollWidth > element.clientWidth + 1) found.push(`wider than its box: ${text.slice(0, 60)}`);
    else if (!inline && clips && element.scrollHeight > element.clientHeight + 1) found.push(`higher than its box: ${text.slice(0, 60)}`);
  }
  return found;
}

function brightness(png) {
  let sum = 0;
  let count = 0;
  for (let at = 0; at < png.data.length; at += 4 * 97, count++) sum += 0.2126 * png.data[at] + 0.7152 * png.data[at + 1] + 0.0722 * png.data[at + 2];
  return sum / count / 255;
}

function compareWithEarlier(png, file, name) {
  if (!earlierIn || !existsSync(join(earlierIn, file))) return;
  const earlier = PNG.sync.read(readFileSync(join(earlierIn, file)));
  assert.deepEqual([png.width, png.height], [earlier.width, earlier.height], `${name}: another size than ${join(earlierIn, file)}`);
  const different = pixelmatch(earlier.data, png.data, null, png.width, png.height, { threshold: pixelThreshold });
  const share = different / (png.width * png.height);
  assert.ok(share <= differentShareMax, `${name}: ${(share * 100).toFixed(1)} % of the pixels differ from ${join(earlierIn, file)}`);
}

async function picture(page, name, scheme) {
  await page.evaluate(() => document.querySelector(".sm-toast")?.style.setProperty("visibility", "hidden")); // it comes and goes
  const dialog = page.locator("dialog[open]"); // by itself: how far the page below it is scrolled is chance
  const bytes = (await dialog.count()) > 0 ? await dialog.last().screenshot({ animations: "disabled" }) : await page.screenshot({ fullPage: true, animations: "disabled" });
  await page.evaluate(() => document.querySelector(".sm-toast")?.style.removeProperty("visibility"));
  const file = `${name}-${scheme}.png`;
  if (keptIn) {
    mkdirSync(keptIn, { recursive: true });
    writeFileSync(join(keptIn, file), bytes);
  }
  const png = PNG.sync.read(bytes);
  compareWithEarlier(png, file, `${name}-${scheme}`);
  return png;
}

const mainText = (page) => page.locator("main").innerText();
const headings = (page) => page.locator("main").getByRole("heading").allInnerTexts();

/**
 * The page as it is now, looked at in light, dark and on a phone. Each: axe-core finds nothing (contrast too), nothing sticks out or is
 * cut, and the page complained of nothing; dark is dark and light is light; both say the same, and so do the headings on a phone. Where
 * STAGEMATCH_PICTURES_BEFORE names a folder with pictures of an earlier run, at most 2 % of the pixels differ from them.
 */
export async function look(page, name) {
  const before = { viewport: page.viewportSize(), colorScheme: await page.evaluate(() => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) };
  const seen = {};
  for (const scheme of schemes) {
    await page.setViewportSize(scheme.viewport);
    await page.emulateMedia({ colorScheme: scheme.colorScheme });
    await settled(page);
    const what = `${name}-${scheme.name}`;
    const bright = brightness(await picture(page, name, scheme.name));
    assert.deepEqual(await violationsOf(page, scheme.name === "dark" ? ["color-contrast"] : undefined), [], `${what}: axe-core`);
    assert.deepEqual(await page.evaluate(cutInPage), [], `${what}: cut`);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wider <= 1, `${what}: ${wider} px wider than the window`);
    seen[scheme.name] = { bright, text: await mainText(page), headings: await headings(page) };
  }
  await page.emulateMedia({ colorScheme: before.colorScheme });
  await page.setViewportSize(before.viewport);
  assert.ok(seen.light.bright >= lightMin, `${name}: light is ${seen.light.bright.toFixed(2)} bright`);
  assert.ok(seen.dark.bright <= darkMax, `${name}: dark is ${seen.dark.bright.toFixed(2)} bright`);
  assert.equal(seen.dark.text, seen.light.text, `${name}: dark says something else than light`);
  assert.deepEqual(seen.mobile.headings, seen.light.headings, `${name}: a phone has other headings`);
  assert.deepEqual(page.complaints, [], name);
}

const months = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|January|February|March|April|May|June|July|August|September|October|November|December|jan|feb|mrt|apr|jun|jul|aug|sep|okt|nov|dec|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec";
/* What differs from one run to the next. */
const varies = [
  [/\b[0-9a-f]{32}\b/g, "<id>"],
  [/\b[0-9a-f]{16}…|\b[0-9a-f]{64}\b/g, "<fingerprint>"],
  [/\b[0-9A-HJKMNP-TV-Z]{12}\b/g, "<candidate>"],
  [/\bplek-[0-9a-z]{8}\b/g, "<place>"],
  [/\b(regel|row) \d+ (van|of) /g, "$1 <number> $2 "],
  [new RegExp(`\\b\\d{1,2} (?:${months})\\b(?: \\d{4})?`, "g"), "<date>"],
  [/\b(?:ma|di|wo|do|vr|za|zo|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day) <date>/g, "<date>"],
  [/\b\d{4}-\d{2}-\d{2}\b/g, "<day>"],
  [/\b\d{1,2}[:.]\d{2}\b/g, "<time>"],
  [/\b(Kandidaat|Candidate) [0-9A-Z]{4,8}\b/g, "$1 <label>"],
  [/\b3[0-9]{4}\b/g, "<qualification>"],
  [/\bs[0-9a-z]{4,16}@student\.example/g, "<e-mail>"],
];

/**
 * What a screen reader is told of the page's main part, or of the dialog on top of it, is what snapshots/NAME.yml says. UPDATE_SNAPSHOTS=1
 * writes that file.
 */
export async function hear(page, name) {
  await settled(page);
  const dialog = page.locator("dialog[open]");
  const told = await ((await dialog.count()) > 0 ? dialog : page.locator("main")).ariaSnapshot();
  const text = `${varies.reduce((now, [pattern, word]) => now.replace(pattern, word), told)}\n`;
  const file = join(snapshots, `${name}.yml`);
  if (process.env.UPDATE_SNAPSHOTS) {
    mkdirSync(snapshots, { recursive: true });
    writeFileSync(file, text);
  }
  assert.ok(existsSync(file), `${file} is not there: UPDATE_SNAPSHOTS=1 writes it`);
  assert.equal(text, readFileSync(file, "utf8"), `${name}: a screen reader is told something else; look whether that is right, then UPDATE_SNAPSHOTS=1`);
}
