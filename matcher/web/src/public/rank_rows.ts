// How many students got which choice, as the service tells it: small counts stand with the next, the last ones with the one before.

/** Choices `from` to `to` together. */
export type RankRow = { from: number; to: number; students: bigint };

export function rankRows(counts: readonly bigint[]): RankRow[] {
  const rows: RankRow[] = [];
  let from = 1;
  counts.forEach((students, i) => {
    if (students === 0n) return;
    rows.push({ from, to: i + 1, students });
    from = i + 2;
  });
  const last = rows.at(-1);
  if (last) last.to = counts.length;
  return rows;
}
