/** The results as a page, which a terminal shows as well. Pure. */
import type { Result } from './measure.ts';
import { CONTENDERS, type Contender, type Unit } from './row.ts';
import { type Summary, summaryOf } from './statistics.ts';
import { inWords, type Verdict, verdictsOf } from './verdicts.ts';

/** One row: its figures, its goals, and what else is to be seen. */
export function sectionOf(result: Result): string {
  const { row, notes, failure } = result;
  const parts = [
    `## ${row.number}. ${row.title} (\`${row.word}\`)`,
    row.how,
    ...(failure === undefined ? [] : [`**Not measured to its end:** ${failure.split('\n')[0]}`]),
    table(['contender', 'figure', 'median', 'quartiles', 'samples', 'ratio'], figureLines(result)),
    table(['goal', 'measured', ''], verdictsOf(result).map(cellsOf)),
    ...(row.tried === undefined ? [] : [row.tried]),
    ...notes,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Every goal in one table. */
export function overviewOf(results: readonly Result[]): string {
  const lines = results.flatMap((result) =>
    verdictsOf(result).map((verdict) => [
      `${result.row.number} ${result.row.word}`,
      ...cellsOf(verdict),
    ]),
  );
  return `${table(['row', 'goal', 'measured', ''], lines)}\n`;
}

function cellsOf({ says, value, isMet }: Verdict): string[] {
  return [says, value, isMet ? 'met' : '**not met**'];
}

/** The whole page. `circumstances`: what it was measured on and with, as pairs. */
export function pageOf(
  results: readonly Result[],
  circumstances: readonly (readonly [string, string])[],
): string {
  return [
    '# Side by side',
    '`npm run bench` wrote this page; [CONTRIBUTING.md](../CONTRIBUTING.md) says how to measure anew.',
    'Each row measures its contenders in turn, again and again, in one run on one machine. The ratio is to the service’s figure of the ' +
      'same name. `shell` is [reference.sh](reference.sh), the service of the guide as a plain script; `floor` is Node alone.',
    table(['', ''], circumstances),
    overviewOf(results).trimEnd(),
    results.map(sectionOf).join('\n').trimEnd(),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function figureLines(result: Result): string[][] {
  return CONTENDERS.flatMap((contender) => linesOf(contender, result));
}

function linesOf(contender: Contender, { row, series }: Result): string[][] {
  const reason = row.without[contender];
  if (reason !== undefined) {
    return reason === '' ? [] : [[contender, `no such thing: ${reason}`, '', '', '', '']];
  }
  return series
    .filter((one) => one.contender === contender)
    .map(({ figure, samples }) => {
      const { median, quartiles, count } = summaryOf(samples);
      const unit = row.figures[figure] ?? '';
      const ours = series.find((one) => one.contender === 'service' && one.figure === figure);
      const ratio = ours && contender !== 'service' ? ratioOf(median, ours.samples) : '';
      const spread = spreadOf(quartiles, unit);
      return [contender, figure, inWords(median, unit), spread, String(count), ratio];
    });
}

/** The unit once, where it is the same. */
function spreadOf([lower, upper]: Summary['quartiles'], unit: Unit): string {
  const [from, to] = [inWords(lower, unit), inWords(upper, unit)];
  const [number, itsUnit] = from.split(' ');
  return itsUnit !== undefined && to.endsWith(` ${itsUnit}`)
    ? `${number} – ${to}`
    : `${from} – ${to}`;
}

function ratioOf(median: number, ours: readonly number[]): string {
  const base = summaryOf(ours).median;
  return base === 0 ? '' : inWords(median / base, '');
}

/** Markdown, its columns in line. */
function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...lines].map((line) => line[column]?.length ?? 0)),
  );
  const row = (line: readonly string[]) =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [row(head), rule, ...lines.map(row)].join('\n');
}
