import type { z } from 'zod';
import type { SettingType } from './setting-types.js';

/** The texts of the settings so far, by environment name. */
export type SettingTexts = Readonly<Record<string, string | undefined>>;

/** A default that depends on settings that stand earlier in the table. */
export interface DerivedDefault {
  /** For the documentation. */
  readonly says: string;
  readonly from: (texts: SettingTexts) => string | undefined;
}

export interface SettingOptions {
  readonly env: string;
  readonly group: string;
  /** Command line option, without dashes; it wins over the environment. */
  readonly flag?: string;
  /** Stands in the help text for the option's value; an option without it is a switch. */
  readonly flagValue?: string;
  readonly default?: string | DerivedDefault;
  /** The reason why the setting must be given now, or undefined. */
  readonly requiredBecause?: (texts: SettingTexts) => string | undefined;
  readonly secret?: true;
  readonly description: string;
}

/** One row of the settings table: the schema, the printed configuration and the documentation are all made from it. */
export interface Setting<T> extends SettingOptions {
  readonly typeSays: string;
  readonly schema: z.ZodType<T>;
}

export type SettingsTable = Readonly<Record<string, Setting<unknown>>>;

export type ConfigOf<Table extends SettingsTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Setting<infer T> ? T : never;
};

/** A setting that always has a value. */
export function setting<T>(
  type: SettingType<T>,
  options: SettingOptions & { readonly default: string | DerivedDefault },
): Setting<T> {
  return { ...options, typeSays: type.says, schema: type.schema };
}

/** A setting that may be absent. */
export function optionalSetting<T>(type: SettingType<T>, options: SettingOptions): Setting<T | undefined> {
  return { ...options, typeSays: type.says, schema: type.schema.optional() };
}
