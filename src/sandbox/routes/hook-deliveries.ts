import { notFound } from "../errors.ts";
import { ok } from "../http/answer.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { type Route, route } from "../http/route.ts";
import type { Delivery } from "../webhooks/delivery.ts";

/** https://docs.github.com/rest/apps/webhooks */
export const hookDeliveryRoutes: readonly Route[] = [
  route("GET /app/hook/deliveries", "app", (request) => {
    const size = Math.min(Number(request.query("per_page") ?? 30) || 30, 100);
    const status = request.query("status");
    const cursor = request.query("cursor");
    const all = deliveriesOf(request)
      .filter(({ statusCode }) => {
        if (status === null) return true;
        // The filter knows 400 to 599 as failures: attempts without any answer are in neither list.
        return status === "success" ? statusCode >= 200 && statusCode < 400 : statusCode >= 400 && statusCode < 600;
      })
      .sort((a, b) => b.id - a.id);
    const start = cursor === null ? 0 : all.findIndex(({ id }) => id <= Number(cursor.replace(/^v1_/, "")));
    const shown = start < 0 ? [] : all.slice(start, start + size);
    const next = start < 0 ? undefined : all[start + size];
    const url = new URL(request.url);
    if (next !== undefined) url.searchParams.set("cursor", `v1_${next.id}`);
    return {
      status: 200,
      json: shown.map(presentDelivery),
      ...(next === undefined ? {} : { headers: { link: `<${url.href}>; rel="next"` } }),
    };
  }),
  route("GET /app/hook/deliveries/{delivery_id}", "app", (request) => {
    const delivery = deliveryOf(request);
    return ok({
      ...presentDelivery(delivery),
      url: delivery.url,
      request: { headers: delivery.request.headers, payload: JSON.parse(delivery.request.payload) },
      response: delivery.response,
    });
  }),
  route("POST /app/hook/deliveries/{delivery_id}/attempts", "app", (request) => {
    const { viewer, world } = request;
    if (viewer.kind === "app") world.webhooks.resend(viewer.app, deliveryOf(request));
    return { status: 202, json: {} };
  }),
];

function deliveriesOf({ world, viewer }: ApiRequest): Delivery[] {
  if (viewer.kind !== "app") throw notFound();
  return world.webhooks.deliveries.filter(({ appId }) => appId === viewer.app.id);
}

function deliveryOf(request: ApiRequest): Delivery {
  const found = deliveriesOf(request).find(({ id }) => id === request.id("delivery_id"));
  if (found === undefined) throw notFound();
  return found;
}

function presentDelivery(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.duration,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}
