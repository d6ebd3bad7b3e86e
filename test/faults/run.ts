/**
 * The long run of everything that is tried with random cases (`npm run test:faults`): prints what was tried,
 * how often, and what was lost. `--seed N` tries what a run with that seed tried, `--rounds N` so many of each.
 */
import { parseArgs } from 'node:util';
import { breakersFollowTheModel } from './breakers_model.ts';
import { configurationSurvives, largeConfigurationEnds } from './configuration_fuzz.ts';
import { monitorFollowsTheModel } from './monitor_model.ts';
import { planSortsEveryRowOnce } from './plan_model.ts';
import { holds, type Property, type Tallies } from './property.ts';
import { linesStayLines, namesStayHarmless, notesFitTheirColumn } from './texts_fuzz.ts';

const options = { seed: { type: 'string' }, rounds: { type: 'string' } } as const;
const { values } = parseArgs({ options });
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);

console.log(`seed ${seed}`);
let lost = 0;
lost += await lostIn(breakersFollowTheModel);
lost += await lostIn(planSortsEveryRowOnce);
lost += await lostIn(monitorFollowsTheModel);
lost += await lostIn(configurationSurvives);
lost += await lostIn(largeConfigurationEnds);
lost += await lostIn(namesStayHarmless);
lost += await lostIn(notesFitTheirColumn);
lost += await lostIn(linesStayLines);
console.log(lost === 0 ? 'lost: nothing' : `lost: ${lost} of the above`);
process.exitCode = lost === 0 ? 0 : 1;

async function lostIn<Part>(property: Property<Part>): Promise<0 | 1> {
  const cases = Number(values.rounds ?? property.long);
  const start = performance.now();
  const told = await holds(property, cases, seed).then(describe, (error: Error) => error);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const verdict = told instanceof Error ? 'ended at one that FAILED' : 'lost nothing';
  console.log(`${property.title}\n  ${cases} cases, ${seconds} s: ${verdict}`);
  console.log(told instanceof Error ? told.message : told);
  return told instanceof Error ? 1 : 0;
}

function describe(tallies: Tallies): string {
  return [...tallies]
    .sort()
    .map(([what, count]) => `${String(count).padStart(12)}  ${what}`)
    .join('\n');
}
