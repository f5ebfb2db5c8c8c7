import { setTimeout as delay } from 'node:timers/promises';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { DELIVERY_SERVICE, MATERIAL_STOCK_SERVICE, SALES_ORDER_SERVICE, type SapService } from '../sap-s4hana.wire.js';
import { describeDelivery } from './delivery-table.js';
import { DeliveryService } from './delivery.service.js';
import { isEntity } from './entity-check.js';
import { FaultControl } from './fault-control.js';
import { MaterialStockService } from './material-stock.service.js';
import { parseAddress, type ODataAddress } from './odata-request.js';
import { describeSalesOrder } from './sales-order-table.js';
import { SalesOrderService } from './sales-order.service.js';
import type { SandboxAnswer, SandboxService } from './sandbox-service.js';
import { SandboxState } from './sandbox-state.js';
import { badRequest, faultBody, SapFault } from './sap-fault.js';
import type { SandboxStock, SapSandbox, SapSandboxOptions } from './sap-sandbox.types.js';
import { SapSessions } from './sap-session.js';
import { parseEdmx, parseServiceModel, readFixture } from './service-model.js';

export type * from './sap-sandbox.types.js';

const BODY_BYTES_MAX = 5 * 1024 * 1024;
const SALES_ORDER_EDMX = readFixture('API_SALES_ORDER_SRV.edmx');
const SALES_ORDER_MODEL = parseEdmx(SALES_ORDER_EDMX);
const DELIVERY_MODEL = parseServiceModel(readFixture('API_OUTBOUND_DELIVERY_SRV.model.json'));
const MATERIAL_STOCK_MODEL = parseServiceModel(readFixture('API_MATERIAL_STOCK_SRV.model.json'));

/** Starts a server on loopback that answers as an S/4HANA system does, for the demo and for tests. */
export async function startSapSandbox(options: SapSandboxOptions = {}): Promise<SapSandbox> {
  const { host = '127.0.0.1', port = 0, user = 'ENTREPOT', password = 'entrepot-demo' } = options;
  const server = new SandboxServer(options, new SapSessions(user, password));
  const app = fastify({ bodyLimit: BODY_BYTES_MAX, forceCloseConnections: true });
  app.route({
    method: ['GET', 'HEAD', 'POST', 'PATCH'],
    url: '/*',
    handler: (request, reply) => server.handle(request, reply),
  });
  server.url = await app.listen({ host, port });
  const { faults, materials, sessions, state } = server;
  return {
    url: server.url,
    user,
    password,
    close: () => app.close(),
    salesOrders: () => state.salesOrders.all().map(describeSalesOrder),
    salesOrdersByPurchaseOrder: (key) => state.salesOrders.withPurchaseOrder(key).map(describeSalesOrder),
    deliveries: () => state.deliveries.all().map(describeDelivery),
    stock: () => state.stock.all(),
    setStock: (stock) => server.setStock(stock),
    addMaterials: (added) => {
      for (const material of added) materials.add(material);
    },
    failNext: (fault) => faults.plan(fault),
    clearFaults: () => faults.clear(),
    setDown: (down) => {
      faults.down = down;
    },
    setLatency: (ms) => {
      faults.latencyMs = ms;
    },
    expireSessions: () => sessions.expireAll(),
  };
}

class SandboxServer {
  url = '';
  readonly faults = new FaultControl();
  readonly materials: Set<string>;
  readonly state: SandboxState;
  private readonly services: Readonly<Record<SapService, SandboxService>>;

  constructor(
    options: SapSandboxOptions,
    readonly sessions: SapSessions,
  ) {
    const { decisionDelayMs = 300, billingDelayMs = 500, baseUnit = 'PC', decide = () => 'confirm' } = options;
    this.materials = new Set(options.materials);
    this.state = new SandboxState(options.journal);
    if (!this.state.stock.wasSet) for (const stock of options.openingStock ?? []) this.setStock(stock);
    const baseUrl = () => this.url;
    const rules = { materials: this.materials, decisionDelayMs, decide };
    this.services = {
      [SALES_ORDER_SERVICE]: new SalesOrderService(SALES_ORDER_MODEL, this.state, rules, baseUrl),
      [DELIVERY_SERVICE]: new DeliveryService(DELIVERY_MODEL, this.state, { billingDelayMs }, baseUrl),
      [MATERIAL_STOCK_SERVICE]: new MaterialStockService(
        MATERIAL_STOCK_MODEL,
        this.state,
        { materials: this.materials, baseUnit },
        baseUrl,
      ),
    };
  }

  setStock({ material, plant, quantity, ...place }: SandboxStock): void {
    const { storageLocation = '', batch = '', stockType = '01', specialStockType = '' } = place;
    this.state.record({
      kind: 'STOCK_SET',
      material,
      plant,
      storageLocation,
      batch,
      stockType,
      specialStockType,
      quantity,
    });
  }

  async handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (this.faults.latencyMs > 0) await delay(this.faults.latencyMs);
    if (this.faults.down) return reply.code(503).type('text/html').send('<html>503 Service Unavailable</html>');
    try {
      return await this.answer(request, reply);
    } catch (error) {
      if (!(error instanceof SapFault)) throw error;
      return reply.code(error.status).send(faultBody(error));
    }
  }

  private async answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (!this.sessions.isKnownUser(request.headers))
      return reply
        .code(401)
        .header('www-authenticate', 'Basic realm="SAP NetWeaver"')
        .type('text/html')
        .send('<html>401</html>');
    const address = parseAddress(request.url);
    const reading = request.method === 'GET' || request.method === 'HEAD';
    if (reading && request.headers['x-csrf-token']?.toString().toLowerCase() === 'fetch')
      reply.headers(this.sessions.issueToken());
    if (!reading && !this.sessions.hasToken(request.headers))
      return reply.code(403).header('x-csrf-token', 'Required').type('text/plain').send('CSRF token validation failed');
    const fault = this.faults.take(operationOf(request.method, address));
    if (fault?.mode === 'before') return fail(reply, fault.status);
    if (address.resource === '$metadata') return metadata(reply, address);
    const { status, body } = this.perform(request, address);
    if (fault !== undefined) return fail(reply, fault.status);
    return reply.code(status).header('dataserviceversion', '2.0').send(body);
  }

  private perform(request: FastifyRequest, address: ODataAddress): SandboxAnswer {
    const service = this.services[address.service];
    if (request.method === 'HEAD' || address.resource === '') return { status: 200, body: { d: { EntitySets: [] } } };
    if (request.method === 'GET') return service.read(address);
    const body = request.body ?? {};
    if (!isEntity(body)) throw badRequest('Error while parsing the request body');
    const write = { address, body, ifMatch: request.headers['if-match'] };
    return request.method === 'POST' ? service.post(write) : service.patch(write);
  }
}

// The names that the adapter has in its errors.
function operationOf(method: string, { resource }: ODataAddress): string {
  if (method === 'HEAD') return 'csrf-token.fetch';
  if (!resource.startsWith('A_')) return resource;
  if (method === 'GET') return `${resource}.read`;
  return `${resource}.${method === 'POST' ? 'create' : 'change'}`;
}

function metadata(reply: FastifyReply, address: ODataAddress): FastifyReply {
  if (address.service !== SALES_ORDER_SERVICE)
    throw new SapFault(
      404,
      '/IWBEP/CM_MGW_RT/020',
      'The sandbox holds the metadata document of API_SALES_ORDER_SRV alone',
    );
  return reply.type('application/xml').send(SALES_ORDER_EDMX);
}

function fail(reply: FastifyReply, status: number | undefined): FastifyReply {
  if (status !== undefined)
    return reply.code(status).send(faultBody(new SapFault(status, 'SANDBOX/001', 'Planned failure')));
  reply.hijack();
  reply.raw.destroy();
  return reply;
}
