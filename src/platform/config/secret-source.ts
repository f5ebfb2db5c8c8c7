/** Secrets by name, from the environment or files. Throws a sentence naming what is missing; never logs a value. */
export abstract class SecretSource {
  abstract get(name: string): string;
  abstract find(name: string): string | undefined;
}
