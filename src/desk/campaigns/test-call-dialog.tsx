import { useEffect } from "preact/hooks";
import type { CarrierKind } from "../../domain/carrier-kinds.ts";
import type { PlacedCall } from "../../contract/calls.ts";
import type { Campaign } from "../../contract/campaigns.ts";
import { ask } from "../api.ts";
import { go } from "../router.tsx";
import { ActionDialog } from "../ui/dialog.tsx";
import { useDraft } from "../ui/draft.ts";
import { Field } from "../ui/parts.tsx";

/** What the sandbox's numbers do. */
const PEOPLE: readonly [number: string, does: string][] = [
  ["+15005550030", "is interested, and talks to the end"],
  ["+15005550031", "asks for a human"],
  ["+15005550037", "interrupts the agent"],
  ["+15005550036", "stays silent"],
  ["+15005550035", "hangs up in mid-sentence"],
  ["+15005550033", "is the wrong number"],
  ["+15005550032", "asks never to be called again"],
  ["+15005550038", "never stops talking"],
  ["+15005550020", "is an answering machine"],
  ["+15005550010", "is busy"],
  ["+15005550011", "rings, and nobody answers"],
];

/** @param carrierKind null: the key may not know. */
export function TestCallDialog({
  campaign,
  carrierKind,
  onClose,
}: {
  campaign: Campaign;
  carrierKind: CarrierKind | null;
  onClose: () => void;
}) {
  const isReal = carrierKind !== null && carrierKind !== "sandbox";
  const { draft, text, fill } = useDraft<"to" | "contact_name">({ to: "", contact_name: "" });
  // Which carrier it is may be learnt only while the dialog is open.
  useEffect(() => {
    if (carrierKind === "sandbox" && draft.to === "") fill("to", "+15005550030");
  }, [carrierKind]);
  const place = () => {
    const name = draft.contact_name.trim();
    const contact = name === "" ? {} : { contact_name: name };
    return ask<PlacedCall>("POST", "/v1/calls", {
      to: draft.to.trim(),
      campaign_id: campaign.uuid,
      ...contact,
    });
  };
  return (
    <ActionDialog<PlacedCall>
      title={`Test call by ${campaign.name}`}
      confirm="Place the call"
      act={place}
      done={({ to }) => `${to} is being called.`}
      onClose={(placed) => {
        onClose();
        if (placed !== null) go(`/desk/calls/${placed.call_uuid}`);
      }}
    >
      {isReal ? <p>This rings a real phone, from {campaign.phone_number}.</p> : null}
      {isReal ? null : (
        <Field
          label="Who is called"
          hint={
            carrierKind === null
              ? "People of the sandbox carrier. Of another carrier this rings a real phone."
              : "People of the sandbox carrier: no phone rings."
          }
        >
          <select value={draft.to} onInput={(event) => fill("to", event.currentTarget.value)}>
            {PEOPLE.some(([number]) => number === draft.to) ? null : (
              <option value={draft.to}>Another number</option>
            )}
            {PEOPLE.map(([number, does]) => (
              <option key={number} value={number}>
                {number.slice(-4)} {does}
              </option>
            ))}
          </select>
        </Field>
      )}
      <Field label="Number">
        <input {...text("to")} type="tel" required placeholder="+14155550192" />
      </Field>
      <Field label="Contact's name" hint="Names or renames the contact of this number.">
        <input {...text("contact_name")} maxLength={200} />
      </Field>
    </ActionDialog>
  );
}
