import { gzipSync } from 'node:zlib';
import type { SeededRandom } from '../support/seeded-random.js';
import { HOSTILE_NAMES, hostileValue } from './hostile-values.js';
import { containersOf, placesOf, WireObject, type WireJson } from './wire-json.js';

const CHANGES_MAX = 4;
/** What has grown so large is changed no further: copies of copies would fill the memory of the one who sends. */
const PLACES_MAX = 5_000;
const FLIPS_MAX = 8;
const GARBAGE_BYTES_MAX = 64;
/** As many entries as bodies may have, and more. */
const COPIES = [2, 3, 60, 1_200] as const;

type JsonChange = (json: WireJson, random: SeededRandom) => WireJson;

/** Changes the given body; gives it, or what it was replaced by. */
export function mutateJson(json: WireJson, random: SeededRandom): WireJson {
  let changed = json;
  const changes = random.int(1, CHANGES_MAX + 1);
  for (let change = 0; change < changes && placesOf(changed).length < PLACES_MAX; change += 1)
    changed = random.pick(JSON_CHANGES)(changed, random);
  return changed;
}

const replaceValue: JsonChange = (json, random) => {
  const places = placesOf(json);
  if (places.length === 0) return hostileValue(random);
  random.pick(places).put(hostileValue(random));
  return json;
};

const replaceLeaf: JsonChange = (json, random) => {
  const leaves = placesOf(json).filter(({ value }) => !(value instanceof WireObject) && !Array.isArray(value));
  if (leaves.length > 0) random.pick(leaves).put(hostileValue(random));
  return json;
};

const changeContainer: JsonChange = (json, random) => {
  const containers = containersOf(json);
  if (containers.length === 0) return json;
  const container = random.pick(containers);
  if (container instanceof WireObject) changeMembers(container, random);
  else changeEntries(container, random);
  return json;
};

function changeMembers({ members }: WireObject, random: SeededRandom): void {
  const at = random.int(0, members.length + 1);
  const member = members[at];
  switch (random.int(0, 5)) {
    case 0:
      members.splice(at, 1);
      break;
    case 1:
      members.splice(at, 0, [random.pick(HOSTILE_NAMES), hostileValue(random)]);
      break;
    case 2:
      // The same name twice: with the same value, or with another.
      if (member !== undefined) members.push([member[0], random.chance(0.5) ? member[1] : hostileValue(random)]);
      break;
    case 3:
      if (member !== undefined) member[0] = random.chance(0.5) ? member[0].toUpperCase() : random.pick(HOSTILE_NAMES);
      break;
    default:
      members.splice(0, members.length);
  }
}

function changeEntries(entries: WireJson[], random: SeededRandom): void {
  const entry = entries[random.int(0, entries.length + 1)];
  switch (random.int(0, 4)) {
    case 0:
      entries.splice(random.int(0, entries.length + 1), 1);
      break;
    case 1:
      entries.push(hostileValue(random));
      break;
    case 2:
      if (entry !== undefined) entries.push(...Array.from({ length: random.pick(COPIES) }, () => entry));
      break;
    default:
      entries.splice(0, entries.length);
  }
}

/** Puts a value of the body at another place of it: of the right form somewhere, and wrong here. */
const swapValues: JsonChange = (json, random) => {
  const places = placesOf(json);
  if (places.length < 2) return json;
  const leaves = places.filter(({ value }) => !(value instanceof WireObject) && !Array.isArray(value));
  if (leaves.length < 2) return json;
  random.pick(leaves).put(random.pick(leaves).value);
  return json;
};

const wrapRoot: JsonChange = (json, random) => random.pick<WireJson>([[json], new WireObject([['data', json]]), null]);

const JSON_CHANGES: readonly JsonChange[] = [
  replaceValue,
  replaceValue,
  replaceLeaf,
  replaceLeaf,
  replaceLeaf,
  changeContainer,
  changeContainer,
  changeContainer,
  swapValues,
  wrapRoot,
];

type ByteChange = (bytes: Buffer, random: SeededRandom) => Buffer;

export function mutateBytes(bytes: Buffer, random: SeededRandom): Buffer {
  return random.pick(BYTE_CHANGES)(bytes, random);
}

const flip: ByteChange = (bytes, random) => {
  const changed = Buffer.from(bytes);
  for (let flips = random.int(1, FLIPS_MAX + 1); flips > 0 && changed.length > 0; flips -= 1) {
    const at = random.int(0, changed.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << random.int(0, 8));
  }
  return changed;
};

const garbage: ByteChange = (bytes, random) => {
  const at = random.int(0, bytes.length + 1);
  const noise = Buffer.from(Array.from({ length: random.int(1, GARBAGE_BYTES_MAX) }, () => random.int(0, 256)));
  return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
};

const BYTE_CHANGES: readonly ByteChange[] = [
  flip,
  flip,
  flip,
  garbage,
  (bytes, random) => bytes.subarray(0, random.int(0, bytes.length + 1)),
  (bytes, random) => bytes.subarray(random.int(0, bytes.length + 1)),
  (bytes) => Buffer.concat([bytes, bytes]),
  (bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]),
  (bytes) => Buffer.from(bytes.toString('utf8'), 'utf16le'),
  (bytes) => Buffer.from(bytes.toString('utf8'), 'latin1'),
  (bytes) => gzipSync(bytes),
  (bytes) => gzipSync(bytes).subarray(0, 20),
  () => Buffer.alloc(0),
];
