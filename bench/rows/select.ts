import { checkOften, empty, type Watcher } from '../contenders/watcher.ts';
import { NO_TABLE, type RowOf, type Take } from '../row.ts';

const TIME = 'on the server';
const SCANS = 'full scans';

interface Question {
  readonly contender: 'service' | 'shell';
  readonly watcher: Watcher;
  readonly sql: string;
}

export const select: RowOf = ({ manyProcesses, alarms }) => ({
  number: 6,
  word: 'select',
  title: `${manyProcesses} processes in the table, ${alarms} in alarm: the SELECT of a check`,
  how:
    'The statement as it reached the server, by its general log; timed by the server itself (SHOW PROFILES); full scans ' +
    'are those that EXPLAIN tells of.',
  figures: { [TIME]: 'ms', [SCANS]: '' },
  without: { monit: NO_TABLE, supervisord: NO_TABLE, floor: '' },
  eagerness: 3,
  goals: [
    { says: 'at most 5 ms', unit: 'ms', value: (median) => median('service', TIME), atMost: 5 },
    { says: 'no full scan', unit: '', value: (median) => median('service', SCANS), atMost: 0 },
  ],
  async open({ service, shell }) {
    const questions: Question[] = [];
    for (const [contender, watcher] of [
      ['service', service],
      ['shell', shell],
    ] as const) {
      await empty(watcher.database);
      await watcher.start();
      questions.push({ contender, watcher, sql: await selectOf(watcher) });
      await watcher.stop();
      await fillMany(watcher, manyProcesses, alarms);
    }
    return {
      takes: questions.map(takeOf),
      notes: () => Promise.all(questions.map(explained)),
      async close() {
        await empty(service.database);
        await empty(shell.database);
      },
    };
  },
});

/** What a check of it asks the server. */
async function selectOf(watcher: Watcher): Promise<string> {
  const { database } = watcher;
  await database.sql("SET GLOBAL log_output = 'TABLE', GLOBAL general_log = 1");
  try {
    await checkOften(watcher, 1);
    const [row] = await database.sql(
      `SELECT CONVERT(argument USING utf8mb4) AS argument FROM mysql.general_log
        WHERE command_type IN ('Query', 'Execute') AND argument LIKE '%FROM STATUS_PROCESS%JOIN%'
          AND argument NOT LIKE '%general_log%'
        ORDER BY event_time DESC LIMIT 1`,
    );
    if (row === undefined) {
      throw new Error('the server was sent no such SELECT');
    }
    return row.argument;
  } finally {
    await database.sql('SET GLOBAL general_log = 0');
    await database.sql('TRUNCATE mysql.general_log');
  }
}

/** Names of usual length, and notes. */
async function fillMany({ database }: Watcher, processes: number, alarms: number): Promise<void> {
  await database.sql(
    "INSERT INTO PROCESE (process_id, process_name) SELECT seq, CONCAT('process-', seq) FROM seq_1_to_100000 WHERE seq <= ?",
    [processes],
  );
  await database.sql(
    `INSERT INTO STATUS_PROCESS (process_id, alarma, notes)
     SELECT process_id, process_id % ? = 0, 'Web server - Restarted at 2026-01-01 00:00:00' FROM PROCESE`,
    [processes / alarms],
  );
  await database.sql('ANALYZE TABLE PROCESE, STATUS_PROCESS');
}

function takeOf({ contender, watcher, sql }: Question): Take {
  const { database } = watcher;
  return {
    contender,
    async measure() {
      await database.sql('SET profiling = 1');
      await database.sql(sql);
      await database.sql('SET profiling = 0');
      const profiles = await database.sql('SHOW PROFILES');
      const last = profiles.findLast(({ Query }) => /^\s*SELECT\b/i.test(Query));
      const plan = await database.sql(`EXPLAIN ${sql}`);
      const scans = plan.filter(({ type }) => type === 'ALL' || type === 'index').length;
      return { [TIME]: 1000 * Number(last?.Duration), [SCANS]: scans };
    },
  };
}

async function explained({ contender, watcher, sql }: Question): Promise<string> {
  const plan = await watcher.database.sql(`EXPLAIN ${sql}`);
  const columns = ['table', 'type', 'key', 'rows', 'Extra'];
  const lines = plan.map((row) => columns.map((column) => `${column}: ${row[column]}`).join(', '));
  return [`EXPLAIN of the ${contender}’s:`, '', ...lines.map((line) => `    ${line}`)].join('\n');
}
