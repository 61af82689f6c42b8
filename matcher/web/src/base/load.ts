// What a page shows comes from a call; what it does is a call that happens once.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { insist, isLoggedOut, mayPass, newRequestId } from "./request.ts";
import { useSession } from "./session.ts";

export type Loaded<T> = { data?: T; error?: unknown; loading: boolean; reload: () => void; set: (data: T) => void };

/** Asks `load` for what a page shows, again when a value of `on` is another, and when somebody signed in again. */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, on: readonly unknown[]): Loaded<T> {
  const [state, setState] = useState<{ data?: T; error?: unknown; loading: boolean }>({ loading: true });
  const [turn, setTurn] = useState(0);
  const session = useSession();
  useEffect(() => {
    const leaving = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    load(leaving.signal).then(
      (data) => leaving.signal.aborted || setState({ data, loading: false }),
      (error) => leaving.signal.aborted || setState((before) => ({ data: before.data, error, loading: false })),
    );
    return () => leaving.abort();
  }, [turn, session.kind === "over", ...on]);
  const reload = useCallback(() => setTurn((n) => n + 1), []);
  const set = useCallback((data: T) => setState({ data, loading: false }), []);
  return { ...state, reload, set };
}

export type Action<A extends unknown[]> = { run: (...given: A) => Promise<boolean>; busy: boolean; error?: unknown; done: boolean; clear: () => void };

/**
 * A change. While it runs a second click does nothing; after a failure that says nothing of whether it happened, the next try with
 * the same arguments carries the same request id, so nothing is done twice.
 */
export function useAction<A extends unknown[]>(act: (requestId: string, ...given: A) => Promise<unknown>): Action<A> {
  const [state, setState] = useState<{ busy: boolean; error?: unknown; done: boolean }>({ busy: false, done: false });
  const running = useRef(false);
  const pending = useRef<{ id: string; given: string } | null>(null);
  const run = useCallback(
    async (...given: A): Promise<boolean> => {
      if (running.current) return false;
      running.current = true;
      setState({ busy: true, done: false });
      const key = JSON.stringify(given, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
      if (pending.current?.given !== key) pending.current = { id: newRequestId(), given: key };
      try {
        await insist(pending.current.id, (id) => act(id, ...given));
        pending.current = null;
        setState({ busy: false, done: true });
        return true;
      } catch (error) {
        if (!mayPass(error) && !isLoggedOut(error)) pending.current = null;
        setState({ busy: false, error, done: false });
        return false;
      } finally {
        running.current = false;
      }
    },
    [act],
  );
  const clear = useCallback(() => setState({ busy: false, done: false }), []);
  return { ...state, run, clear };
}

/** Reads a stream for as long as the page is there; begins again behind its last event when it was cut off. */
export function useWatch<E extends { seq: bigint; heartbeat: boolean }>(
  watch: (afterSeq: bigint, signal: AbortSignal) => AsyncIterable<E>,
  event: (event: E) => void,
  on: readonly unknown[],
): { live: boolean } {
  const [live, setLive] = useState(false);
  const session = useSession();
  useEffect(() => {
    const leaving = new AbortController();
    const read = async () => {
      let seq = 0n;
      for (let failures = 0; !leaving.signal.aborted; failures++) {
        try {
          for await (const next of watch(seq, leaving.signal)) {
            failures = 0;
            seq = next.seq;
            setLive(true);
            if (!next.heartbeat) event(next);
          }
          setLive(false);
          return; // it ended by itself: nothing more to come
        } catch (error) {
          setLive(false);
          if (!mayPass(error)) return;
        }
        await new Promise((done) => setTimeout(done, Math.min(15_000, 500 * 2 ** Math.min(failures, 5)) * (0.5 + Math.random())));
      }
    };
    void read();
    return () => leaving.abort();
  }, [session.kind === "over", ...on]);
  return { live };
}
