/** A start in poor surroundings. */
import { type Kind, lacksNothing } from './kind.ts';
import { Survivor } from './survivor.ts';

const POOR = [
  { PATH: '' },
  { PATH: 'bin:.' },
  { TMPDIR: '/nowhere' },
  { HOME: '', TZ: 'No/Where' },
];

export const poorSurroundings: Kind = {
  what: 'started with an empty or relative PATH, without HOME, or without a folder for temporary files',
  quick: 1,
  long: 8,
  lacks: lacksNothing,
  run: ({ times, random }) =>
    Survivor.with(async (survivor) => {
      survivor.configure();
      for (let round = 0; round < times; round++) {
        const env = POOR[round % POOR.length] as Record<string, string>;
        await survivor.start({ env });
        await survivor.heals(1 + random(10));
        await survivor.unharmed();
        await survivor.stop();
      }
    }),
};
