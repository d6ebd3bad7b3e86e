const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** The whole seconds of `90s`, `15m`, `2h` or `3d`; undefined if the text is not a time span. */
export function secondsIn(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  return unit === undefined ? undefined : Number(digits) * SECONDS[unit as keyof typeof SECONDS];
}
