/**
 * state.db. Times of day in milliseconds UTC; monotonic ones in milliseconds since the boot named beside
 * them. A process stands as "PID START_TIME BOOT", which is never used anew.
 */
export const SCHEMA = `
  CREATE TABLE IF NOT EXISTS breaker (
    name TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    opened_at_ms INTEGER,          -- monotonic; NULL: closed
    boot_id TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS restarts (
    name TEXT PRIMARY KEY,
    times_ms TEXT NOT NULL,        -- monotonic, a JSON list, oldest first
    is_flapping INTEGER NOT NULL,  -- 1: the breaker opened because of them
    boot_id TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS attempt (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    name TEXT NOT NULL,
    strategy TEXT NOT NULL,
    attempt INTEGER NOT NULL,      -- 0: pre_restart_command
    command TEXT NOT NULL,         -- secrets masked
    outcome TEXT NOT NULL,         -- running, passed, verified, failed, interrupted
    reason TEXT NOT NULL,
    duration_ms INTEGER,
    output TEXT NOT NULL,          -- the last lines, secrets masked
    service TEXT NOT NULL,         -- the service's process that makes it
    command_process TEXT           -- the command's process, which leads its process group
  ) STRICT;
  CREATE INDEX IF NOT EXISTS attempt_by_name ON attempt (name, id);
  CREATE TABLE IF NOT EXISTS healed (
    alarm_id TEXT PRIMARY KEY,
    seen TEXT NOT NULL
  ) STRICT;
`;

/** The tables, for whoever copies them. */
export const TABLES = ['breaker', 'restarts', 'attempt', 'healed'];

/** Statements that can't be prepared where a table of that name is somebody else's. */
export const EXPECTED_COLUMNS = [
  'SELECT name, failures, opened_at_ms, boot_id FROM breaker',
  'SELECT name, times_ms, is_flapping, boot_id FROM restarts',
  `SELECT id, at_ms, name, strategy, attempt, command, outcome, reason, duration_ms, output, service,
          command_process FROM attempt`,
  'SELECT alarm_id, seen FROM healed',
];
