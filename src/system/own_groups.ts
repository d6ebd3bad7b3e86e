/**
 * The process groups of the commands that this service runs right now, and of programs it is about to
 * start: what is in them is never taken for a process to restart.
 */
export const ownGroups = new Set<number>();
