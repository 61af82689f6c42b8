// Finds in a list by a part of a name, as people type: without capitals and accents, words in any order.

export type Item = { value: string; label: string };

const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Those in which every typed word occurs; whose name or code begins with it first. Nothing typed: nothing. */
export function found(items: readonly Item[], typed: string, taken: readonly string[] = []): Item[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const [first] = words;
  if (first === undefined) return [];
  const begins: Item[] = [];
  const rest: Item[] = [];
  for (const item of items) {
    if (taken.includes(item.value)) continue;
    const name = plain(item.label);
    const code = plain(item.value);
    if (!words.every((word) => name.includes(word) || code.includes(word))) continue;
    (name.startsWith(first) || code.startsWith(first) ? begins : rest).push(item);
  }
  return [...begins, ...rest];
}
