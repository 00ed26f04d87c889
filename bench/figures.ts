/** Medians of paired runs. */

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const mid = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[mid] ?? Number.NaN) : ((sorted[mid - 1] ?? 0) + (sorted[mid] ?? 0)) / 2;
}

/** The median of the ratios pair by pair: holds when the machine's speed drifts. */
export function ratio(peer: readonly number[], ours: readonly number[]): number {
  return median(peer.map((p, i) => p / (ours[i] ?? Number.NaN)));
}

export function round(n: number, digits = 3): number {
  return Number(n.toPrecision(digits));
}
