import type { CallPlan } from "../contract/call-plan.ts";

export type Known = { name: string | null; product: string | null; value: string | null };

/** What is known of who was called. A caller's number is no proof of who calls: of them nothing is but the name. */
export function knownOf({ callType, contact }: Pick<CallPlan, "callType" | "contact">): Known {
  const metadata = callType === "inbound" ? {} : contact.metadata;
  return {
    name: textOf(contact.name),
    product: textOf(metadata.product_interest),
    value: amountOf(metadata.cart_value),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim().slice(0, 100) : null;
}

function amountOf(value: unknown): string | null {
  if (typeof value !== "number" || !(value > 0)) return null;
  const fractionDigits = Number.isInteger(value) ? 0 : 2;
  return value.toLocaleString("en-US", {
    style: "currency",
    currency: "USD",
    minimumFractionDigits: fractionDigits,
    maximumFractionDigits: fractionDigits,
  });
}
