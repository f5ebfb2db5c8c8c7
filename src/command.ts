/** A command of `npx entrepot`. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** Loaded when it is asked for: the list of commands needs none of them. Gives the exit code. */
  readonly load: () => Promise<(argv: readonly string[]) => Promise<number>>;
}
