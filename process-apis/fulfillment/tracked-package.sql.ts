import type { ClientBase } from 'pg';

type Db = Pick<ClientBase, 'query'>;

/** A package that a carrier's system is to watch. */
export interface TrackedPackage {
  readonly packageId: string;
  readonly orderId: string;
  /** Who carries it, as the warehouse told it. */
  readonly carrier: string;
  readonly trackingNumber: string;
  /** Absent while it is being asked for. */
  readonly trackerId?: string;
}

/** Keeps packages before anything is asked of the carrier; known ones stay as they are. `lookAfterMs`: when to ask without being told. */
export async function insertTracked(
  db: Db,
  system: string,
  packages: readonly TrackedPackage[],
  lookAfterMs: number,
): Promise<void> {
  await db.query({
    name: 'tracked-package.insert',
    text: `insert into tracked_package (package_id, order_id, system, carrier, tracking_number, look_at)
           select package_id, order_id, $5, carrier, tracking_number, now() + $6 * interval '1 ms'
           from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) as p (package_id, order_id, carrier, tracking_number)
           order by package_id
           on conflict do nothing`,
    values: [
      packages.map((parcel) => parcel.packageId),
      packages.map((parcel) => parcel.orderId),
      packages.map((parcel) => parcel.carrier),
      packages.map((parcel) => parcel.trackingNumber),
      system,
      lookAfterMs,
    ],
  });
}

/** What was seen of a package just now. */
export interface Looked {
  readonly packageId: string;
  readonly trackerId: string;
  /** Nothing more is expected. */
  readonly over: boolean;
}

export async function noteLooked(db: Db, looked: readonly Looked[], lookAfterMs: number): Promise<void> {
  if (looked.length === 0) return;
  await db.query({
    name: 'tracked-package.looked',
    text: `update tracked_package t
           set tracker_id = l.tracker_id, look_at = case when l.over then null else now() + $4 * interval '1 ms' end
           from unnest($1::uuid[], $2::text[], $3::bool[]) as l (package_id, tracker_id, over)
           where t.package_id = l.package_id`,
    values: [
      looked.map(({ packageId }) => packageId),
      looked.map(({ trackerId }) => trackerId),
      looked.map(({ over }) => over),
      lookAfterMs,
    ],
  });
}

/**
 * The packages behind a tracker: several where boxes share a number. One that is still being asked for is found by its number.
 * Oldest first.
 */
export async function findTracked(
  db: Db,
  system: string,
  tracker: { readonly trackerId: string; readonly carrier: string; readonly trackingNumber: string },
  limit: number,
): Promise<readonly TrackedPackage[]> {
  const { rows } = await db.query<TrackedRow>({
    name: 'tracked-package.find',
    text: `select ${COLUMNS} from tracked_package
           where system = $1
             and (tracker_id = $2 or (tracker_id is null and tracking_number = $3 and lower(carrier) = lower($4)))
           order by package_id limit $5`,
    values: [system, tracker.trackerId, tracker.trackingNumber, tracker.carrier, limit],
  });
  return rows.map(toTracked);
}

/** Packages to ask about now, and none that another process took; asked about again after `againMs` when the asking fails. */
export async function takeDue(
  db: Db,
  system: string,
  limit: number,
  againMs: number,
): Promise<readonly TrackedPackage[]> {
  const { rows } = await db.query<TrackedRow>({
    name: 'tracked-package.due',
    text: `with due as (
             select package_id from tracked_package
             where system = $1 and look_at <= now()
             order by look_at limit $2 for update skip locked
           )
           update tracked_package t set look_at = now() + $3 * interval '1 ms'
           from due where t.package_id = due.package_id
           returning ${COLUMNS.split(', ')
             .map((column) => `t.${column}`)
             .join(', ')}`,
    values: [system, limit, againMs],
  });
  return rows.map(toTracked);
}

/** Asks about packages again only after `laterMs`. */
export async function putOff(db: Db, packageIds: readonly string[], laterMs: number): Promise<void> {
  if (packageIds.length === 0) return;
  await db.query({
    name: 'tracked-package.put-off',
    text: `update tracked_package set look_at = now() + $2 * interval '1 ms'
           where package_id = any($1::uuid[]) and look_at is not null`,
    values: [packageIds, laterMs],
  });
}

/** Gives up on packages that began so long ago, and forgets those of before `forgetDays`; so many at once. Gives how many it was. */
export async function endOldTracking(db: Db, giveUpDays: number, forgetDays: number, limit: number): Promise<number> {
  const { rowCount: ended } = await db.query(
    `update tracked_package set look_at = null where package_id in (
       select package_id from tracked_package
       where look_at is not null and began_at < now() - $1 * interval '1 day' limit $2)`,
    [giveUpDays, limit],
  );
  const { rowCount: forgotten } = await db.query(
    `delete from tracked_package where package_id in (
       select package_id from tracked_package where began_at < now() - $1 * interval '1 day' limit $2)`,
    [forgetDays, limit],
  );
  return Math.max(ended ?? 0, forgotten ?? 0);
}

const COLUMNS = 'package_id, order_id, carrier, tracking_number, tracker_id';

interface TrackedRow {
  readonly package_id: string;
  readonly order_id: string;
  readonly carrier: string;
  readonly tracking_number: string;
  readonly tracker_id: string | null;
}

function toTracked(row: TrackedRow): TrackedPackage {
  return {
    packageId: row.package_id,
    orderId: row.order_id,
    carrier: row.carrier,
    trackingNumber: row.tracking_number,
    ...(row.tracker_id === null ? {} : { trackerId: row.tracker_id }),
  };
}
