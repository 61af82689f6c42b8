// Long work in pieces, so that the page answers in between.

const sliceMs = 12;

const pause = () => new Promise<void>((done) => setTimeout(done));

/** Calls `work` for each of `items`; gives way whenever it has held the page for a moment. `progress`: 0 to 1. */
export async function inChunks<T>(items: readonly T[], work: (item: T, index: number) => void, progress?: (part: number) => void, signal?: AbortSignal): Promise<void> {
  let since = performance.now();
  for (const [i, item] of items.entries()) {
    work(item, i);
    if ((i & 31) !== 31 || performance.now() - since < sliceMs) continue;
    progress?.(i / items.length);
    await pause();
    if (signal?.aborted) throw new DOMException("left", "AbortError");
    since = performance.now();
  }
  progress?.(1);
}
