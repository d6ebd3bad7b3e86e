import type { LoggingSettings } from '../configuration/keys.ts';
import type { LogSettings } from '../log/logger.ts';

/** The section [logging] as the logger takes it. A dry run shows its steps whatever the level, and writes no file. */
export function logSettings(logging: LoggingSettings, isDryRun: boolean): LogSettings {
  const { log_level } = logging;
  return {
    file: isDryRun ? undefined : logging.log_file,
    maxBytes: logging.max_log_size * 1024,
    filesToKeep: logging.log_files_to_keep,
    level: isDryRun && log_level !== 'DEBUG' ? 'INFO' : log_level,
    format: logging.log_format,
  };
}
