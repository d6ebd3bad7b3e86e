import { type Command, JSON_OPTION, type Option } from './command.ts';

const ALL: Option = { type: 'boolean', help: 'every process in the database' };
const UNIT: Option = {
  type: 'string',
  placeholder: 'UNIT',
  help: 'the process of this systemd unit, if any',
};
const NOTE: Option = { type: 'string', placeholder: 'TEXT', help: 'replace the notes with this' };

/** Every command by its name. The code of each is loaded when it is called. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  run: {
    summary: 'the service, in the foreground',
    options: {
      once: { type: 'boolean', help: 'one check, wait for its restarts, exit' },
      'dry-run': {
        type: 'boolean',
        help: 'restart and write nothing; print what would be done',
      },
    },
    run: async (values) => (await import('./run.ts')).run(values),
  },
  'check-config': {
    summary: 'read and check the configuration',
    options: {
      show: { type: 'boolean', help: 'print the effective settings, secrets masked' },
      database: { type: 'boolean', help: 'also connect, and check tables and privileges' },
      explain: {
        type: 'string',
        placeholder: 'NAME|ID',
        help: 'where each setting of a process comes from, and what a restart acts on now',
      },
      ...JSON_OPTION,
    },
    run: async (values) => (await import('./check_config.ts')).checkConfig(values),
  },
  status: {
    summary: 'how the running service and the processes are',
    operands: { placeholder: 'NAME|ID…', max: 100 },
    options: {
      watch: { type: 'boolean', help: 'show it every 2 seconds, until Ctrl-C' },
      ...JSON_OPTION,
    },
    run: async (values, operands) => (await import('./status.ts')).status(values, operands),
  },
  check: {
    summary: 'run the health check of processes now',
    operands: { placeholder: 'NAME|ID…', max: 100, orOptions: [] },
    options: JSON_OPTION,
    run: async (values, operands) => (await import('./check.ts')).check(values, operands),
  },
  restart: {
    summary: 'restart processes now, in alarm or not, and wait for the outcome',
    operands: { placeholder: 'NAME|ID…', max: 100, orOptions: [] },
    options: {},
    run: async (values, operands) => (await import('./restart.ts')).restart(values, operands),
  },
  'check-now': {
    summary: 'have the running service check now',
    options: {
      wait: { type: 'boolean', help: 'wait for the restarts, and print what came of it' },
    },
    run: async (values) => (await import('./check_now.ts')).checkNow(values),
  },
  'breaker reset': {
    summary: 'close circuit breakers, and forget the failures',
    operands: { placeholder: 'NAME|ID…', max: 100, orOptions: ['all'] },
    options: { all: { type: 'boolean', help: 'every breaker that is open or has failures' } },
    run: async (values, operands) =>
      (await import('./breaker_reset.ts')).breakerReset(values, operands),
  },
  list: {
    summary: 'the processes in the database',
    operands: { placeholder: 'NAME|ID…', max: Number.POSITIVE_INFINITY },
    options: JSON_OPTION,
    run: async (values, operands) => (await import('./list.ts')).list(values, operands),
  },
  'alarm set': {
    summary: 'raise alarms, and have them seen to at once',
    operands: {
      placeholder: 'NAME|ID…',
      max: Number.POSITIVE_INFINITY,
      orOptions: ['all', 'unit'],
    },
    options: {
      all: ALL,
      unit: UNIT,
      note: NOTE,
      create: { type: 'boolean', help: 'add a NAME that is not in the database' },
      yes: { type: 'boolean', help: 'with --all: do not ask' },
    },
    run: async (values, operands) => (await import('./alarm.ts')).setAlarm(values, operands),
  },
  'alarm clear': {
    summary: 'take alarms back',
    operands: {
      placeholder: 'NAME|ID…',
      max: Number.POSITIVE_INFINITY,
      orOptions: ['all', 'unit'],
    },
    options: { all: ALL, unit: UNIT, note: NOTE },
    run: async (values, operands) => (await import('./alarm.ts')).clearAlarm(values, operands),
  },
  history: {
    summary: 'the recorded restarts, newest first',
    operands: { placeholder: 'NAME|ID…', max: 100 },
    options: {
      number: {
        type: 'string',
        short: 'n',
        placeholder: 'N',
        help: 'at most so many (default 20)',
      },
      since: {
        type: 'string',
        placeholder: 'TIME',
        help: 'of the last 90s, 15m, 2h or 3d',
      },
      failed: { type: 'boolean', help: 'only those that failed or were interrupted' },
      ...JSON_OPTION,
    },
    run: async (values, operands) => (await import('./history.ts')).history(values, operands),
  },
  'test-alarm': {
    summary: 'a menu to try out alarms',
    options: {},
    run: async (values) => (await import('./test_alarm.ts')).testAlarm(values),
  },
  demo: {
    summary: 'a demonstration that needs no database, no root, no set-up',
    options: {},
    run: async () => (await import('./demo.ts')).demo(),
  },
};

export const DEFAULT_COMMAND = 'run';
