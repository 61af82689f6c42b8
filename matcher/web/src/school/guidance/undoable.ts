// A change that can be undone for a few seconds: it is sent after that, once.
import { insist, newRequestId } from "~/base/request.ts";
import { later } from "~/ui/toast.tsx";

type Send = (requestId: string) => Promise<unknown>;

/**
 * `text` says what was done; `send`: the call, or several that belong together. `sent` is called when the service has done it; `back` when
 * it was undone or failed, with the error: what the page had changed already is to be as it was.
 */
export function undoable(text: string, send: Send | readonly Send[], back: (error?: unknown) => void, sent?: () => void): void {
  const calls = [send].flat().map((call) => ({ id: newRequestId(), call }));
  const act = async () => {
    for (const { id, call } of calls) await insist(id, call);
  };
  later(
    text,
    () => void act().then(() => sent?.(), back),
    () => back(),
  );
}
