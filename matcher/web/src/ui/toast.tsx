// A short word at the bottom: what was done, or what is about to be and can still be undone. It stays while a pointer or the focus is on it.
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { tr } from "~/base/language.ts";
import { isTyping } from "./keys.ts";
import { Button } from "./parts.tsx";

const undoMs = 6000;
const sayMs = 5000;

type Toast = { text: string; undo?: () => void };

let current: Toast | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
/* What the timer does, for as long as something is shown. */
let end: { act: () => void; ms: number } | null = null;
let waiting: (() => void) | null = null;
const listeners = new Set<() => void>();

function show(toast: Toast | null): void {
  current = toast;
  for (const tell of listeners) tell();
}

function endIn(act: () => void, ms: number): void {
  end = { act, ms };
  timer = setTimeout(act, ms);
}

/* Somebody is at the message: it waits, and begins its time again when they go. */
function hold(): void {
  clearTimeout(timer);
}

function release(): void {
  clearTimeout(timer);
  if (current && end) timer = setTimeout(end.act, end.ms);
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
  endIn(() => show(null), sayMs);
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
  endIn(settle, undoMs);
}

addEventListener("pagehide", settle);

export function Toasts() {
  const [toast, set] = useState(current);
  useEffect(() => {
    const tell = () => set(current);
    listeners.add(tell);
    return () => void listeners.delete(tell);
  }, []);
  // Before it is painted: what says its key obeys it.
  useLayoutEffect(() => {
    const undo = toast?.undo;
    if (!undo) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || isTyping(event.target)) return;
      event.preventDefault();
      undo();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [toast]);
  return (
    <div role="status" aria-live="polite">
      {toast && (
        <div class="sm-toast" onPointerEnter={hold} onPointerLeave={release} onFocusCapture={hold} onBlurCapture={release}>
          <span>{toast.text}</span>
          {toast.undo && (
            <>
              <Button onClick={toast.undo} aria-keyshortcuts="Control+Z">
                {tr("Ongedaan maken", "Undo")}
              </Button>
              <kbd class="sm-keys">Ctrl+Z</kbd>
            </>
          )}
        </div>
      )}
    </div>
  );
}
