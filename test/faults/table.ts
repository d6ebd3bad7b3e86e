import type { Row } from './trial.ts';

/** What became of a trial. */
export interface Verdict {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly failure?: string | undefined;
}

/** Is all well? Not where nothing was tried at all. */
export function isGood(verdicts: readonly Verdict[]): boolean {
  const rows = verdicts.flatMap((verdict) => verdict.rows);
  return (
    rows.some(({ times }) => times > 0) &&
    rows.every(({ lost }) => lost === 0) &&
    verdicts.every(({ failure }) => failure === undefined)
  );
}

/** The table at the end of the long run. */
export function tableOf(verdicts: readonly Verdict[]): string {
  const lines = verdicts.flatMap(linesOf);
  const [trialWidth, whatWidth, timesWidth] = [0, 1, 2].map((column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  ) as [number, number, number];
  return lines
    .map(([trial, what, times, lost]) =>
      [trial.padEnd(trialWidth), what.padEnd(whatWidth), times.padStart(timesWidth), lost].join(
        '  ',
      ),
    )
    .join('\n');
}

type Line = [trial: string, what: string, times: string, lost: string];

const HEADER: Line = ['TRIAL', 'WHAT WAS DONE', 'HOW OFTEN', 'LOST'];

function linesOf({ name, rows, failure }: Verdict, index: number): Line[] {
  const lines = rows.map(
    ({ what, times, lost }): Line => [
      name,
      what,
      times.toLocaleString('en-US'),
      lost === 0 ? 'nothing' : String(lost),
    ],
  );
  if (failure !== undefined) {
    lines.push([name, 'ended before its time, see above', '', 'FAILED']);
  }
  return index === 0 ? [HEADER, ...lines] : lines;
}
