/** An option's value: text, or whether it was given. */
export type OptionValues = Readonly<Record<string, string | boolean | undefined>>;

export type Option = { readonly short?: string; readonly help: string } & (
  | { readonly type: 'boolean' }
  | {
      readonly type: 'string';
      /** What stands for the value in the help. */
      readonly placeholder: string;
    }
);

/** What may stand behind a command besides options. */
export interface Operands {
  /** As the help shows them. */
  readonly placeholder: string;
  readonly max: number;
  /** The options that may stand in their place, of which one is needed then. Undefined: none is needed. */
  readonly orOptions?: readonly string[];
}

export interface Command {
  readonly summary: string;
  readonly options: Readonly<Record<string, Option>>;
  /** Undefined: it takes none. */
  readonly operands?: Operands;
  /** Resolves to the exit status. */
  readonly run: (values: OptionValues, operands: readonly string[]) => Promise<number>;
}

export const DEFAULT_CONFIGURATION = '/opt/monitor_service/config.ini';

/** What every command takes. */
export const COMMON_OPTIONS: Readonly<Record<string, Option>> = {
  config: {
    type: 'string',
    short: 'c',
    placeholder: 'FILE',
    help: `the configuration (default ${DEFAULT_CONFIGURATION})`,
  },
  help: { type: 'boolean', short: 'h', help: 'show this help' },
  version: { type: 'boolean', help: 'show the version' },
};

/** What each command takes that can print for programs. */
export const JSON_OPTION: Readonly<Record<string, Option>> = {
  json: { type: 'boolean', help: 'print JSON' },
};
