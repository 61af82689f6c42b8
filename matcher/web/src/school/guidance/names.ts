// Who the school's students are. Every name that is read is written to the vault's ledger, so each is asked for once a visit, and only
// when a page shows it. Kept in memory alone, and dropped when another person signs in.
import { useEffect, useReducer } from "preact/hooks";
import type { StudentIdentity } from "~gen/stagematch/v1/identity_pb.ts";
import { api } from "~/base/api.ts";
import { sessionNow } from "~/base/session.ts";
import { nameOrNumber } from "./person.ts";

const batch = 1000;

/** null: asked, and not ours. */
const known = new Map<string, StudentIdentity | null>();
const asked = new Map<string, Promise<void>>();
const listeners = new Set<() => void>();
let owner = "";

function forWhom(): string {
  const session = sessionNow();
  return session.kind === "signed-in" || session.kind === "over" ? session.session.accountId : "";
}

function dropOthers(): void {
  const now = forWhom();
  if (now === owner) return;
  owner = now;
  known.clear();
  asked.clear();
}

async function askBatch(ids: string[]): Promise<void> {
  const by = owner;
  try {
    const { students } = await api.identity.getIdentities({ stagevraagIds: ids });
    if (by !== owner) return;
    for (const id of ids) known.set(id, null);
    for (const student of students) known.set(student.stagevraagId, student);
  } finally {
    for (const id of ids) asked.delete(id);
    for (const tell of listeners) tell();
  }
}

/** Asks for those that are not known yet, in batches; `progress` hears how many of all are known. */
export async function askNames(ids: Iterable<string>, progress?: (done: number, all: number) => void): Promise<void> {
  dropOthers();
  const wanted = [...new Set(ids)];
  const missing = wanted.filter((id) => !known.has(id));
  const waiting = new Set(missing.map((id) => asked.get(id)).filter((ask) => ask !== undefined));
  const fresh = missing.filter((id) => !asked.has(id));
  let done = wanted.length - missing.length;
  for (let at = 0; at < fresh.length; at += batch) {
    const ids = fresh.slice(at, at + batch);
    const ask = askBatch(ids);
    for (const id of ids) asked.set(id, ask);
    await ask;
    done += ids.length;
    progress?.(done, wanted.length);
  }
  await Promise.all(waiting);
}

export function studentOf(stagevraagId: string): StudentIdentity | undefined {
  dropOthers();
  return known.get(stagevraagId) ?? undefined;
}

/** After an import or an erasure what is known may be wrong. */
export function forgetNames(ids?: Iterable<string>): void {
  if (ids) for (const id of ids) known.delete(id);
  else known.clear();
}

let gathered = new Set<string>();

/* The rows of a page ask each for their own: they are asked for together. */
function gather(ids: readonly string[]): void {
  if (gathered.size === 0)
    setTimeout(() => {
      const all = gathered;
      gathered = new Set();
      askNames(all).catch(() => undefined); // the page goes on without names
    });
  for (const id of ids) gathered.add(id);
}

/** Asks for the names of what a page shows, and draws it again when they are there. The page goes on without them where that fails. */
export function useNames(ids: readonly string[]): { name: (stagevraagId: string) => string; student: (stagevraagId: string) => StudentIdentity | undefined } {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const tell = () => draw(undefined);
    listeners.add(tell);
    return () => void listeners.delete(tell);
  }, []);
  const key = ids.join();
  useEffect(() => {
    if (ids.length > 0) gather(ids);
  }, [key]);
  return { name: (id) => nameOrNumber(studentOf(id)), student: studentOf };
}
