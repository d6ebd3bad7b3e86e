import { type Command, JSON_OPTION } from './command.ts';

/** Every command by its name. The code of each is loaded when it is called. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  run: {
    summary: 'the service, in the foreground',
    options: {
      once: { type: 'boolean', help: 'one check, wait for its restarts, exit' },
      'dry-run': {
        type: 'boolean',
        help: 'run no command and clear no alarm; log what would be done',
      },
    },
    run: async (values) => (await import('./run.ts')).run(values),
  },
  'check-config': {
    summary: 'read and check the configuration',
    options: {
      show: { type: 'boolean', help: 'print the effective settings, secrets masked' },
      database: { type: 'boolean', help: 'also connect, and check tables and privileges' },
      ...JSON_OPTION,
    },
    run: async (values) => (await import('./check_config.ts')).checkConfig(values),
  },
  'check-now': {
    summary: 'have the running service check now',
    options: {},
    run: async (values) => (await import('./check_now.ts')).checkNow(values),
  },
  demo: {
    summary: 'a demonstration that needs no database, no root, no set-up',
    options: {},
    run: async () => (await import('./demo.ts')).demo(),
  },
};

export const DEFAULT_COMMAND = 'run';
