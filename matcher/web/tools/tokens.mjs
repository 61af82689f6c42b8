// A Vite plugin: of the design tokens keeps those that the styles refer to, directly or through another token.
import { readFileSync } from "node:fs";

const definition = /(--[\w-]+)\s*:\s*([^;]+);/g;
const reference = /var\(\s*(--[\w-]+)/g;

const referencesIn = (css) => Array.from(css.matchAll(reference), (match) => match[1]);

/** The definitions of `tokens` that `styles` needs, as one rule for :root. */
export function usedTokens(tokens, styles) {
  const values = new Map(Array.from(tokens.matchAll(definition), (match) => [match[1], match[2].trim()]));
  const used = new Set();
  const open = referencesIn(styles);
  while (open.length > 0) {
    const name = open.pop();
    if (used.has(name) || !values.has(name)) continue;
    used.add(name);
    open.push(...referencesIn(values.get(name)));
  }
  return `:root{${[...used].sort().map((name) => `${name}:${values.get(name)}`).join(";")}}`;
}

/** `from`: the tokens' CSS file. They stand before everything else in each sheet whose name begins with `index`. */
export function tokens(from) {
  return {
    name: "used-tokens",
    enforce: "post",
    generateBundle(_, bundle) {
      const sheets = Object.values(bundle).filter((file) => file.fileName.endsWith(".css"));
      const all = sheets.map((file) => String(file.source)).join("\n");
      for (const sheet of sheets)
        if (/(^|\/)index-[\w-]+\.css$/.test(sheet.fileName)) sheet.source = usedTokens(readFileSync(from, "utf8"), all) + sheet.source;
    },
  };
}
