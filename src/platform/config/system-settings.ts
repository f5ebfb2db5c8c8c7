import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { z } from 'zod';
import { ConfigError } from './config-error.js';

/**
 * How outside systems are reached: one section for each system in a JSON or YAML file. The platform knows no section;
 * the module that owns one hands in its schema. Secrets stand in it by name, never by value.
 */
export class SystemSettings {
  constructor(
    private readonly sections: Readonly<Record<string, unknown>>,
    private readonly origin = 'the settings of outside systems',
  ) {}

  /** Reads the file; no path, no sections. Throws ConfigError. */
  static fromFile(path: string | undefined): SystemSettings {
    if (path === undefined) return new SystemSettings({});
    const sections = readYaml(path);
    if (typeof sections !== 'object' || sections === null || Array.isArray(sections)) {
      throw new ConfigError([`ENTREPOT_SYSTEMS_FILE: ${path} must hold an object with one section for each system.`]);
    }
    return new SystemSettings({ ...sections }, path);
  }

  has(system: string): boolean {
    return Object.hasOwn(this.sections, system);
  }

  /** The section as its owner's schema reads it. Throws ConfigError with a sentence for each bad value. */
  section<T>(system: string, schema: z.ZodType<T>): T {
    const parsed = schema.safeParse(this.has(system) ? this.sections[system] : undefined);
    if (parsed.success) return parsed.data;
    throw new ConfigError(
      parsed.error.issues.map((issue) => `${this.origin}: ${[system, ...issue.path].join('.')}: ${issue.message}.`),
    );
  }
}

function readYaml(path: string): unknown {
  try {
    // JSON is YAML, so one reader serves both.
    return parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new ConfigError([`ENTREPOT_SYSTEMS_FILE: ${path} cannot be read: ${why}`]);
  }
}
