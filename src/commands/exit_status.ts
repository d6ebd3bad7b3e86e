/** The exit statuses of every command. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** `status`: the service does not run. */
  notRunning: 3,
  /** EX_CONFIG of sysexits.h; the unit does not restart on it. */
  configuration: 78,
} as const;
