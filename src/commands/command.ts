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

export interface Command {
  readonly summary: string;
  readonly options: Readonly<Record<string, Option>>;
  /** Resolves to the exit status. */
  readonly run: (values: OptionValues) => Promise<number>;
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
