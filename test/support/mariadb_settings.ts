/** What the server and the making of its data must agree on; root may run it only when told so. */
export const DATA_SETTINGS = [
  '--no-defaults',
  '--innodb-log-file-size=4M',
  ...(process.getuid?.() === 0 ? ['--user=root'] : []),
];

/** MySQL 8's own default, which is stricter than MariaDB's. */
const STRICT_MODE = [
  'ONLY_FULL_GROUP_BY',
  'STRICT_TRANS_TABLES',
  'NO_ZERO_IN_DATE',
  'NO_ZERO_DATE',
  'ERROR_FOR_DIVISION_BY_ZERO',
  'NO_ENGINE_SUBSTITUTION',
];

/** Small and quick; a commit reaches the kernel at once, so that a killed server has lost nothing. */
export const SERVER_SETTINGS = [
  ...DATA_SETTINGS,
  '--innodb-buffer-pool-size=16M',
  '--innodb-flush-log-at-trx-commit=2',
  '--innodb-fast-shutdown=2',
  '--performance-schema=OFF',
  '--skip-log-bin',
  '--bind-address=127.0.0.1',
  '--skip-name-resolve',
  '--character-set-server=utf8mb4',
  `--sql-mode=${STRICT_MODE.join(',')}`,
];
