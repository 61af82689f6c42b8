// The exact interval of a share (Clopper and Pearson, 1934): which shares make a count of this many no surprise, either way.

const logFactorials = [0];
function logFactorial(n: number): number {
  for (let i = logFactorials.length; i <= n; i++) logFactorials.push((logFactorials[i - 1] ?? 0) + Math.log(i));
  return logFactorials[n] ?? 0;
}

/** P(X ≥ k) of n trials. */
function atLeast(k: number, n: number, share: number): number {
  if (k <= 0 || share >= 1) return 1;
  if (share <= 0) return 0;
  let sum = 0;
  for (let j = k; j <= n; j++) sum += Math.exp(logFactorial(n) - logFactorial(j) - logFactorial(n - j) + j * Math.log(share) + (n - j) * Math.log1p(-share));
  return Math.min(1, sum);
}

/** The share where `tail`, which rises with it, is `wanted`. */
function solve(tail: (share: number) => number, wanted: number): number {
  let low = 0;
  let high = 1;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (tail(middle) < wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** With this confidence the share lies between these. Without a trial it may be anything. */
export function exactInterval(events: number, trials: number, confidence = 0.95): readonly [number, number] {
  const outside = (1 - confidence) / 2;
  const low = events === 0 ? 0 : solve((share) => atLeast(events, trials, share), outside);
  const high = events >= trials ? 1 : solve((share) => atLeast(events + 1, trials, share), 1 - outside);
  return [low, high];
}
