/**
 * Measures the service beside what one would use instead (`npm run bench`), on a host with a systemd of its own, and
 * writes bench/RESULTS.md. Numbers or words on the command line choose rows, and then nothing is written;
 * `--repetitions N` measures each so often.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../test/support/binary.ts';
import { asProgram, readCommandLine } from '../test/support/command_line.ts';
import { repository } from '../test/support/repository.ts';
import { circumstancesOf } from './circumstances.ts';
import { measureRow, type Result } from './measure.ts';
import { overviewOf, pageOf, sectionOf } from './report.ts';
import type { Row } from './row.ts';
import { rowsNamed } from './rows.ts';
import { FULL, type Scale } from './scale.ts';
import { openStage, whyNoStage } from './stage.ts';

const PAGE = 'bench/RESULTS.md';

await asProgram('bench', main);

async function main(): Promise<void> {
  const { names, numbers } = readCommandLine(process.argv.slice(2), { repetitions: 1 });
  const scale = { ...FULL, ...numbers };
  const rows = rowsNamed(names, scale);
  const lacking = await whyNoStage();
  if (lacking !== false) {
    throw new Error(lacking);
  }
  console.log('building the package, and a host to measure on');
  await build();
  await measure(rows, scale, names.length === 0);
}

async function measure(rows: readonly Row[], scale: Scale, isWhole: boolean): Promise<void> {
  const stage = await openStage();
  try {
    const results: Result[] = [];
    for (const row of rows) {
      const result = await measureRow(row, stage, scale.repetitions);
      results.push(result);
      console.log(
        `${sectionOf(result)}\n(${result.seconds.toFixed(0)} s)\n${result.failure ?? ''}`,
      );
    }
    console.log(overviewOf(results));
    if (isWhole) {
      writeFileSync(join(repository, PAGE), pageOf(results, await circumstancesOf(stage, scale)));
      console.log(`written: ${PAGE}`);
    }
    process.exitCode = results.some(({ failure }) => failure !== undefined) ? 1 : 0;
  } finally {
    await stage.close();
  }
}
