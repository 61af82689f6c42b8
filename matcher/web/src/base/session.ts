// Who is signed in, in every tab. Kept in memory alone.
import { useEffect, useState } from "preact/hooks";
import type { Session } from "~gen/stagematch/v1/auth_pb.ts";

/** unknown: not asked yet. over: it was there and ended; the page stays, and asks to sign in again. */
export type SessionState = { kind: "unknown" } | { kind: "none" } | { kind: "signed-in"; session: Session } | { kind: "over"; session: Session };

const listeners = new Set<() => void>();
const otherTabs = new BroadcastChannel("stagematch-session");
let state: SessionState = { kind: "unknown" };

function become(next: SessionState): void {
  state = next;
  for (const tell of listeners) tell();
}

export function sessionNow(): SessionState {
  return state;
}

export function signedIn(session: Session): void {
  become({ kind: "signed-in", session });
  otherTabs.postMessage("changed");
}

export function signedOut(): void {
  become({ kind: "none" });
  otherTabs.postMessage("ended");
}

export function noSession(): void {
  become({ kind: "none" });
}

export function foundSession(session: Session): void {
  become({ kind: "signed-in", session });
}

export function sessionOver(): void {
  if (state.kind === "signed-in") become({ kind: "over", session: state.session });
}

/** Whoever signs in as another, or out, in one tab does so in all: what stood in the others must not stay. */
otherTabs.onmessage = () => location.reload();

export function useSession(): SessionState {
  const [now, set] = useState(state);
  useEffect(() => {
    const tell = () => set(state);
    listeners.add(tell);
    tell();
    return () => void listeners.delete(tell);
  }, []);
  return now;
}

