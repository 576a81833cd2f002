import type { WebhookDelivery } from "../../contract/webhook-logs.ts";
import { Badge } from "../ui/parts.tsx";
import { DELIVERY_KINDS, resultOf } from "./words.ts";

/** What came of the first try of a test. */
export function TestResult({ delivery, onHide }: { delivery: WebhookDelivery; onHide: () => void }) {
  const last = delivery.attempts.at(-1);
  return (
    <section class="sheet result" aria-label="Result of the test">
      <div>
        <strong>Test of {delivery.event}:</strong>{" "}
        <Badge kind={DELIVERY_KINDS[delivery.status]}>{delivery.status}</Badge>{" "}
        {last === undefined ? "It was not tried." : resultOf(last)}
        {last?.response ? <pre>{last.response}</pre> : null}
      </div>
      <button type="button" onClick={onHide}>
        Hide
      </button>
    </section>
  );
}
