/** What many samples of one figure come to. */
export interface Summary {
  readonly count: number;
  readonly median: number;
  /** A quarter of the samples are below the first, a quarter above the second. */
  readonly quartiles: readonly [lower: number, upper: number];
}

export function summaryOf(samples: readonly number[]): Summary {
  if (samples.length === 0 || !samples.every(Number.isFinite)) {
    throw new Error(`no figures to sum up: ${samples.join(', ')}`);
  }
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    count: sorted.length,
    median: quantile(sorted, 0.5),
    quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)],
  };
}

/** Between two samples, as far from each as the share says. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]] as [number, number];
  return below + (above - below) * (place - Math.floor(place));
}
