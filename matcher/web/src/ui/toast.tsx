// A short word at the bottom: what was done, or what is about to be and can still be undone.
import { useEffect, useState } from "preact/hooks";
import { tr } from "~/base/language.ts";
import { Button } from "./parts.tsx";

const undoMs = 6000;
const sayMs = 5000;

type Toast = { text: string; undo?: () => void };

let current: Toast | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
let waiting: (() => void) | null = null;
const listeners = new Set<() => void>();

function show(toast: Toast | null): void {
  current = toast;
  for (const tell of listeners) tell();
}

/** Does now what still waited to be undone. */
export function settle(): void {
  clearTimeout(timer);
  const act = waiting;
  waiting = null;
  if (current?.undo) show(null);
  act?.();
}

export function say(text: string): void {
  settle();
  show({ text });
  timer = setTimeout(() => show(null), sayMs);
}

/**
 * Does `act` a few seconds from now, unless it is undone before; at once when the page is left or the next thing is done. `undone` is
 * called where it was undone.
 */
export function later(text: string, act: () => void, undone?: () => void): void {
  settle();
  waiting = act;
  show({
    text,
    undo: () => {
      clearTimeout(timer);
      waiting = null;
      show(null);
      undone?.();
    },
  });
  timer = setTimeout(settle, undoMs);
}

addEventListener("pagehide", settle);

export function Toasts() {
  const [toast, set] = useState(current);
  useEffect(() => {
    const tell = () => set(current);
    listeners.add(tell);
    return () => void listeners.delete(tell);
  }, []);
  return (
    <div role="status" aria-live="polite">
      {toast && (
        <div class="sm-toast">
          <span>{toast.text}</span>
          {toast.undo && <Button onClick={toast.undo}>{tr("Ongedaan maken", "Undo")}</Button>}
        </div>
      )}
    </div>
  );
}
