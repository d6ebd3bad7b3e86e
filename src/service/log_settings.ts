import type { LoggingSettings } from '../configuration/keys.ts';
import type { LogSettings } from '../log/logger.ts';

/** The section [logging] as the logger takes it. */
export function logSettings(logging: LoggingSettings): LogSettings {
  return {
    file: logging.log_file,
    maxBytes: logging.max_log_size * 1024,
    filesToKeep: logging.log_files_to_keep,
    level: logging.log_level,
    format: logging.log_format,
  };
}
