import { test } from 'node:test';
import { heal } from './load.ts';

test('a hundred of five hundred in alarm at once are healed, and checks and answers keep their time', async (t) => {
  const waves = [
    { alarms: 100, atOnce: 8 },
    { alarms: 10, atOnce: 1 },
    { alarms: 40, atOnce: 40 },
  ];
  await heal({ processes: 500, waves, seed: 1, say: (line) => t.diagnostic(line) });
});
