import { Query, Resolver } from '@nestjs/graphql';
import { badInput } from '../graphql-errors.js';
import type { OperationContext } from '../operation-context.js';
import { isUuid } from '../uuid.js';
import { readGlobalId } from './global-id.js';
import { KEYED_KINDS, UUID_KINDS, type Records } from './node-kinds.js';
import { RecordSources } from './record-sources.js';

/** Ids that are asked for at once. */
export const NODES_MAX = 100;

type NodeRecord = object & { readonly __typename: string };

/** Any record by its id: each kind that the caller may see is one statement, or a few, however many ids there are. */
@Resolver()
export class NodeResolver {
  constructor(private readonly sources: RecordSources) {}

  @Query('node')
  async node(_: unknown, { id }: { readonly id: string }, context: OperationContext): Promise<NodeRecord | undefined> {
    return (await this.read([id], context)).get(nameOf(id));
  }

  @Query('nodes')
  async nodes(
    _: unknown,
    { ids }: { readonly ids: readonly string[] },
    context: OperationContext,
  ): Promise<readonly (NodeRecord | undefined)[]> {
    if (ids.length > NODES_MAX) throw badInput(`"ids" must name at most ${NODES_MAX} records.`);
    const found = await this.read(ids, context);
    return ids.map((id) => found.get(nameOf(id)));
  }

  private async read(ids: readonly string[], context: OperationContext): Promise<ReadonlyMap<string, NodeRecord>> {
    const names = [...new Set(ids.map(nameOf))];
    const uuids = names.filter(isUuid);
    const { principal } = context;
    const keyed = names.flatMap((id) => {
      const read = isUuid(id) ? undefined : readGlobalId(id);
      return read === undefined ? [] : [{ id, ...read }];
    });
    const parts = await Promise.all([
      ...(uuids.length === 0
        ? []
        : UUID_KINDS.filter(({ isOpenTo }) => isOpenTo(principal)).map(({ read }) =>
            read(uuids, context, this.sources),
          )),
      ...[...Map.groupBy(keyed, ({ typename }) => typename)].map(([typename, asked]) => {
        const kind = KEYED_KINDS.get(typename);
        const fitting = asked.filter(({ key }) => key.length === kind?.parts);
        return kind === undefined || fitting.length === 0 || !kind.isOpenTo(principal)
          ? NOTHING
          : kind.read(fitting, context);
      }),
    ]);
    return new Map(parts.flatMap((records) => [...records]));
  }
}

const NOTHING: Records = new Map();

/** UUIDs are written in any case; other ids are as they are. */
function nameOf(id: string): string {
  return isUuid(id) ? id.toLowerCase() : id;
}
