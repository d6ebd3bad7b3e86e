/** A start in poor surroundings. */
import { type Kind, lacksNothing } from './kind.ts';
import { Patient } from './patient.ts';

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
    Patient.with(async (patient) => {
      patient.configure();
      for (let round = 0; round < times; round++) {
        const env = POOR[round % POOR.length] as Record<string, string>;
        await patient.start({ env });
        await patient.heals(1 + random(10));
        await patient.unharmed();
        await patient.stop();
      }
    }),
};
