import { isDeepStrictEqual } from 'node:util';
import {
  inForce,
  scopesOf,
  type OperationPolicy,
  type PolicyChange,
  type PolicyChanges,
  type PolicyInForce,
} from './operation-policy.js';

/** All declared operations of this process's adapters, and what operators changed of them. */
export class OutsidePolicies {
  private readonly declared = new Map<string, OperationPolicy>();
  private changesOf = new Map<string, Map<string, PolicyChange>>();
  private readonly cached = new Map<string, PolicyInForce>();
  /** The last numbers in force: the same object as long as they are the same, so that what is built on them stays. */
  private readonly numbers = new Map<string, OperationPolicy>();

  /** Again by another client of the same adapter does nothing; by another adapter it throws. */
  declare(policies: readonly OperationPolicy[]): void {
    for (const policy of policies) {
      const key = keyOf(policy.system, policy.operation);
      const known = this.declared.get(key);
      if (known !== undefined && known !== policy) throw new Error(`the operation ${key} is declared twice`);
      this.declared.set(key, policy);
    }
  }

  /** Throws for an operation that no adapter declared: nothing goes out that no policy holds for. */
  of(system: string, operation: string): PolicyInForce {
    const key = keyOf(system, operation);
    const cached = this.cached.get(key);
    if (cached !== undefined) return cached;
    const declared = this.declared.get(key);
    if (declared === undefined) throw new Error(`the operation ${key} is not declared in its adapter's policies`);
    const found = inForce(declared, this.changesOf.get(system) ?? new Map<string, PolicyChange>());
    const before = this.numbers.get(key);
    const policy = before !== undefined && isDeepStrictEqual(before, found.policy) ? before : found.policy;
    this.numbers.set(key, policy);
    const kept = { ...found, policy };
    this.cached.set(key, kept);
    return kept;
  }

  /** The changes as they are stored now; replaces those before. */
  replaceChanges(changes: readonly PolicyChange[]): void {
    const bySystem = new Map<string, Map<string, PolicyChange>>();
    for (const change of changes) {
      const ofSystem = bySystem.get(change.system) ?? new Map<string, PolicyChange>();
      bySystem.set(change.system, ofSystem.set(change.operation, change));
    }
    this.changesOf = bySystem;
    this.cached.clear();
  }

  /** An operator set this number for the operation or a group that it is in. */
  isChanged(system: string, operation: string, number: keyof PolicyChanges): boolean {
    const ofSystem = this.changesOf.get(system);
    if (ofSystem === undefined) return false;
    const { policy } = this.of(system, operation);
    return scopesOf(policy).some((scope) => ofSystem.get(scope)?.changes[number] !== undefined);
  }

  change(system: string, operation: string): PolicyChange | undefined {
    return this.changesOf.get(system)?.get(operation);
  }

  changes(): readonly PolicyChange[] {
    return [...this.changesOf.values()].flatMap((ofSystem) => [...ofSystem.values()]);
  }

  /** As declared, by system and operation. */
  all(): readonly OperationPolicy[] {
    return [...this.declared.values()].toSorted((a, b) =>
      keyOf(a.system, a.operation).localeCompare(keyOf(b.system, b.operation)),
    );
  }

  /** The operations that a call of the port leads to. */
  ofUse(system: string, use: string): readonly OperationPolicy[] {
    return [...this.declared.values()].filter((policy) => policy.system === system && policy.uses?.includes(use));
  }
}

function keyOf(system: string, operation: string): string {
  return `${system} ${operation}`;
}
