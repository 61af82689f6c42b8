// Makes gen/ from the API's .proto files: messages and services for connect-web, and the comments for the manual.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { manualOf } from "./manual.mjs";

const here = dirname(dirname(fileURLToPath(import.meta.url)));
const proto = resolve(process.env.STAGEMATCH_PROTO ?? join(here, "../../proto"));
const out = join(here, "gen");
const files = readdirSync(join(proto, "stagematch/v1")).filter((name) => name.endsWith(".proto")).sort();

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const made = spawnSync(
  "protoc",
  ["-I", proto, `--es_out=${out}`, "--es_opt=target=ts", ...files.map((name) => `stagematch/v1/${name}`)],
  {
    stdio: "inherit",
    env: { ...process.env, PATH: join(here, "node_modules/.bin") + delimiter + process.env.PATH },
  },
);
if (made.error) throw new Error(`protoc does not start (${made.error.message}); install protobuf-compiler`);
if (made.status !== 0) process.exit(made.status ?? 1);
const manual = manualOf(files.map((name) => ({ name, text: readFileSync(join(proto, "stagematch/v1", name), "utf8") })));
writeFileSync(join(out, "manual.json"), JSON.stringify(manual));
