import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
// @ts-expect-error a plain script
import { tokens } from "./tools/tokens.mjs";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

// No inline script, no inline style and no polyfill that would make one: the pages are served with a strict
// Content-Security-Policy.
export default defineConfig({
  plugins: [tokens(path("node_modules/@nl-design-system-unstable/voorbeeld-design-tokens/dist/theme.css"))],
  resolve: {
    alias: [
      { find: /^~gen\//, replacement: path("gen/") },
      { find: /^~\//, replacement: path("src/") },
    ],
  },
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, cssCodeSplit: true, reportCompressedSize: true },
  worker: { format: "es" },
  server: { proxy: { "/stagematch.v1.": process.env.STAGEMATCH_URL ?? "http://127.0.0.1:8080" } },
});
