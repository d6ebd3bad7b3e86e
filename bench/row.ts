/** What the bench measures, row by row. */
import type { Scale } from './scale.ts';
import type { Stage } from './stage.ts';

/** Who is measured beside the service; `floor` is the least that a program on the same Node can take. */
export const CONTENDERS = ['service', 'shell', 'monit', 'supervisord', 'floor'] as const;
export type Contender = (typeof CONTENDERS)[number];
export type Unit = 'ms' | 'bytes' | '/s' | '';

/** Figures by what they are of. */
export type Figures = Readonly<Record<string, number>>;

/** One measurement of one contender. Those of a row are made in turn, as often as there are repetitions. */
export interface Take {
  readonly contender: Contender;
  measure?(): Promise<Figures>;
  /** Makes all repetitions at once and beside the others, for what only waits and would take minutes in turn. */
  measureMany?(times: number): Promise<readonly Figures[]>;
  /** It is the same each time. */
  readonly isExact?: boolean;
}

/** The median of a figure; NaN where there is none, which meets no goal. */
export type Lookup = (contender: Contender, figure: string) => number;

export interface Goal {
  readonly says: string;
  /** What is compared, and in which unit. */
  readonly unit: Unit;
  value(median: Lookup): number;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** What a row has prepared. */
export interface Course {
  readonly takes: readonly Take[];
  /** Asked at the end: what a reader should see beside the figures. */
  notes?(): Promise<readonly string[]> | readonly string[];
  /** Leaves the stage as it was. */
  close(): Promise<void>;
}

export interface Row {
  readonly number: number;
  /** Its word on the command line. */
  readonly word: string;
  readonly title: string;
  /** How it was measured, for whoever doubts it. */
  readonly how: string;
  /** Where a goal is not met: what was tried, and where the floor is. */
  readonly tried?: string;
  /** Each figure, with its unit. */
  readonly figures: Readonly<Record<string, Unit>>;
  /** Why a contender has no figures here. */
  readonly without: Partial<Record<Contender, string>>;
  readonly goals: readonly Goal[];
  /** How many times the repetitions of the run it is worth, where it is quick and the figures jump about. */
  readonly eagerness?: number;
  open(stage: Stage): Promise<Course>;
}

/** How much is measured stands in its words too. */
export type RowOf = (scale: Scale) => Row;

export const NO_TABLE = 'reads no table of alarms';
