import type { Random } from '../../support/random.ts';
import type { Bed } from './bed.ts';

export type Moment = 'before' | 'meanwhile' | 'after';

/** Where another client is let in meanwhile, and where not. */
export const ANY_TIME: readonly Moment[] = ['before', 'meanwhile', 'after'];
export const OUTSIDE: readonly Moment[] = ['before', 'after'];

/** Something that goes wrong between the service and its database. */
export interface Fault {
  /** With its numbers, for who has to make it again. */
  readonly detail: string;
  /** When alarms can be raised, or are to be. */
  readonly moments: readonly Moment[];
  /** Resolves, once it acts, to what ends it. */
  begin(bed: Bed): Promise<() => unknown>;
}

/** A kind of fault, a row of the table. */
export interface FaultKind {
  readonly what: string;
  /** Why there is none of it here, where there is none. */
  readonly skip?: string | false;
  make(random: Random): Fault;
}
