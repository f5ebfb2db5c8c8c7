/** A safeguard of the hub, and how to switch it off: the text is replaced in a copy of the tree, never in the tree itself. */
export interface Guard {
  /** Short, for the table and `--only`. */
  readonly name: string;
  /** What it keeps from happening. */
  readonly keeps: string;
  readonly file: string;
  /** Must stand in the file exactly once: a guard that moved is found out here, not by a table that lies. */
  readonly find: string;
  readonly replace: string;
  /** What must fail without it, cheapest first; the first that fails has caught it. */
  readonly caughtBy: readonly Proof[];
}

/** The simulation, or one test file. */
export type Proof = { readonly sim: number } | { readonly spec: string };

export function proofName(proof: Proof): string {
  return 'sim' in proof ? `simulation (${proof.sim} seeds)` : proof.spec;
}
