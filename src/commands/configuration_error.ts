/** The configuration cannot be used, which has been told: nothing was done. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError';
}
