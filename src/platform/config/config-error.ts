/** Settings that cannot be used: one sentence for each, naming the setting and what is allowed. No secret in it. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';

  constructor(readonly sentences: readonly string[]) {
    super(sentences.join('\n'));
    this.name = 'ConfigError';
  }
}
