import { createHmac, randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { App } from "../entities/app.ts";
import type { Store } from "../store.ts";
import { time } from "../world.ts";
import type { Delivery } from "./delivery.ts";
import { send } from "./send.ts";
import { HeldDeliveries, type WebhookFaults } from "./webhook-faults.ts";

export interface Message {
  readonly app: App;
  readonly event: string;
  readonly action: string | null;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly payload: string;
}

const KEPT = 5000;

/** Sends events to apps, at once and side by side, and keeps the list of attempts. GitHub does not try again by itself. */
export class Webhooks {
  readonly deliveries: Delivery[] = [];
  readonly faults: Required<WebhookFaults> = {
    events: null,
    drop: 0,
    duplicate: 0,
    fail: 0,
    delayMs: 0,
    reorder: 0,
  };
  readonly #held = new HeldDeliveries();
  readonly #store: Store;
  readonly #onDelivery: (delivery: Delivery) => void;
  readonly #stop = new AbortController();
  #underWay = 0;
  #waiters: (() => void)[] = [];

  constructor(store: Store, onDelivery: (delivery: Delivery) => void) {
    this.#store = store;
    this.#onDelivery = onDelivery;
  }

  send(message: Message): void {
    if (message.app.webhook === null || this.#stop.signal.aborted) return;
    const meant = this.#isMeant(message);
    if (meant && this.faults.drop > 0) {
      this.faults.drop -= 1;
      return;
    }
    const guid = randomUUID();
    const deliver = () => this.#attempt(message, { guid, redelivery: false });
    if (meant && this.faults.reorder > 0) {
      this.faults.reorder -= 1;
      void this.during(() => this.#held.hold(deliver));
      if (this.faults.reorder === 0) this.#held.release();
      return;
    }
    void deliver();
    if (meant && this.faults.duplicate > 0) {
      this.faults.duplicate -= 1;
      void deliver();
    }
  }

  /** Whether the faults speak of such an event. */
  #isMeant({ event }: Message): boolean {
    return this.faults.events?.includes(event) ?? true;
  }

  /** The same delivery again, with the same id, to where the app listens now. */
  resend(app: App, delivery: Delivery): void {
    const { event, action, installationId, repositoryId, guid } = delivery;
    const payload = delivery.request.payload;
    void this.#attempt({ app, event, action, installationId, repositoryId, payload }, { guid, redelivery: true });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#underWay > 0) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  /** Gives up what is under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#held.release();
    await this.idle();
  }

  /** Holds `idle` back while a message is still being put together. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) for (const resolve of this.#waiters.splice(0)) resolve();
    }
  }

  #attempt(message: Message, { guid, redelivery }: { guid: string; redelivery: boolean }): Promise<void> {
    return this.during(async () => {
      const { app, payload } = message;
      const webhook = app.webhook;
      if (webhook === null) return;
      const headers = this.#headers(message, { guid, secret: webhook.secret });
      if (this.faults.delayMs > 0 && this.#isMeant(message)) {
        await setTimeout(this.faults.delayMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      }
      const started = performance.now();
      const failing = this.faults.fail > 0 && this.#isMeant(message);
      if (failing) this.faults.fail -= 1;
      const { status, statusCode, ...response } = failing
        ? { status: "failed to connect to host", statusCode: 0, headers: {}, payload: "" }
        : await send(webhook.url, { headers, body: payload, stop: this.#stop.signal });
      const delivery: Delivery = {
        id: this.#store.nextId(),
        guid,
        appId: app.id,
        event: message.event,
        action: message.action,
        installationId: message.installationId,
        repositoryId: message.repositoryId,
        deliveredAt: time(),
        duration: Math.round(performance.now() - started) / 1000,
        redelivery,
        status,
        statusCode,
        url: webhook.url,
        request: { headers, payload },
        response,
      };
      this.deliveries.push(delivery);
      if (this.deliveries.length > KEPT) this.deliveries.shift();
      this.#onDelivery(delivery);
    });
  }

  // https://docs.github.com/webhooks/webhook-events-and-payloads#delivery-headers
  #headers({ app, event, payload }: Message, { guid, secret }: { guid: string; secret: string }) {
    return {
      accept: "*/*",
      "content-type": "application/json",
      "user-agent": "GitHub-Hookshot/5a4d0b0",
      "x-github-delivery": guid,
      "x-github-event": event,
      "x-github-hook-id": String(app.hookId),
      "x-github-hook-installation-target-id": String(app.id),
      "x-github-hook-installation-target-type": "integration",
      "x-hub-signature": `sha1=${createHmac("sha1", secret).update(payload).digest("hex")}`,
      "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(payload).digest("hex")}`,
    };
  }
}
