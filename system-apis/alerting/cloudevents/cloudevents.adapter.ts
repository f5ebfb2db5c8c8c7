import { Inject, Injectable } from '@nestjs/common';
import { CloudEvent, HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { SecretSource } from '../../../src/platform/config/secret-source.js';
import { OutsideGate } from '../../../src/platform/outside/outside-gate.js';
import { OutsideHttp } from '../../../src/platform/outside/outside-http.js';
import type { AlertSink, ToldAlert } from '../alert-sink.port.js';
import { ALERT_WEBHOOK_POLICIES, ALERT_WEBHOOK_SYSTEM } from './cloudevents.policies.js';
import { CLOUD_EVENTS_SETTINGS, type CloudEventsSettings } from './cloudevents.settings.js';

const TELL_OPERATION = 'tell';
const TYPE_PREFIX = 'entrepot.alert';
const TYPE_VERSION = 'v1';
const OK_MIN = 200;
const OK_MAX = 299;

/** Alerts as CloudEvents 1.0, structured JSON, by signed webhooks. The shape of their data: schema/events/alert.v1.json. */
@Injectable()
export class CloudEventsAdapter implements AlertSink {
  readonly system = ALERT_WEBHOOK_SYSTEM;
  private readonly http: OutsideHttp;
  private readonly webhook: Webhook;

  constructor(
    @Inject(CLOUD_EVENTS_SETTINGS) private readonly settings: CloudEventsSettings,
    secrets: SecretSource,
    gate: OutsideGate,
  ) {
    this.http = new OutsideHttp(ALERT_WEBHOOK_SYSTEM, ALERT_WEBHOOK_POLICIES, gate, settings.timeoutMs);
    this.webhook = new Webhook(secrets.get(settings.signingSecret));
  }

  async tell({ id, happened, subject, at, data }: ToldAlert): Promise<void> {
    const event = new CloudEvent({
      id,
      source: this.settings.source,
      type: `${TYPE_PREFIX}.${happened}.${TYPE_VERSION}`,
      subject,
      time: at,
      datacontenttype: 'application/json',
      data,
    });
    const { headers, body } = HTTP.structured(event);
    const text = String(body);
    const sentAt = new Date();
    const answer = await this.http.send({
      operation: TELL_OPERATION,
      method: 'POST',
      url: this.settings.url,
      headers: {
        'content-type': String(headers['content-type']),
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1_000)),
        'webhook-signature': this.webhook.sign(id, sentAt, text),
      },
      body: text,
    });
    if (answer.status < OK_MIN || answer.status > OK_MAX) throw this.http.failure(TELL_OPERATION, answer);
  }
}
