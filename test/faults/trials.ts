/** All that `npm run test:faults` tries, the longest first, so that the cores are busy to the end. */
import { databaseFails } from './database/database_trial.ts';
import { endurance } from './endurance/endurance.ts';
import { load } from './load/load.ts';
import { breakersFollowTheModel } from './model/breakers_model.ts';
import { monitorFollowsTheModel } from './model/monitor_model.ts';
import { planSortsEveryRowOnce } from './model/plan_model.ts';
import { holds, type Property, tellTallies } from './property.ts';
import { resources } from './resources/resources.ts';
import { charsets } from './texts/charsets_trial.ts';
import { configurationSurvives, largeConfigurationEnds } from './texts/configuration_fuzz.ts';
import { binaryShowsWhatItMeans } from './texts/shown_by_the_binary.ts';
import { linesStayLines, namesStayHarmless, notesFitTheirColumn } from './texts/texts_fuzz.ts';
import type { Row, Trial } from './trial.ts';
import { units } from './units/units_trial.ts';

export const TRIALS: readonly Trial[] = [
  endurance,
  databaseFails,
  resources,
  units,
  load,
  trialOf('configuration', configurationSurvives),
  charsets,
  trialOf('shown-configuration', binaryShowsWhatItMeans),
  trialOf('monitor', monitorFollowsTheModel),
  trialOf('breakers', breakersFollowTheModel),
  trialOf('plan', planSortsEveryRowOnce),
  trialOf('large-configuration', largeConfigurationEnds),
  trialOf('names', namesStayHarmless),
  trialOf('notes', notesFitTheirColumn),
  trialOf('lines', linesStayLines),
];

/** Many random cases of a property; the first that fails is thrown, made small. */
function trialOf<Part>(name: string, property: Property<Part>): Trial {
  return {
    name,
    title: property.title,
    async run({ seed, rounds = property.long, say }): Promise<Row[]> {
      tellTallies(await holds(property, rounds, seed), say);
      return [{ what: property.title, times: rounds, lost: 0 }];
    },
  };
}
