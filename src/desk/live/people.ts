// Whom a call is with, and for what.

import { useEffect } from "preact/hooks";
import type { Campaign } from "../../contract/campaigns.ts";
import type { Contact } from "../../contract/contacts.ts";
import { customerOf } from "../../domain/call/parties.ts";
import type { CallType } from "../../domain/call/status.ts";
import { ask, pathOf } from "../api.ts";
import { useMay } from "../session.tsx";
import { useBook, type Book } from "./book.ts";

const MOST_AT_ONCE = 100;

type KnownContact = { name: string | null };
type KnownCampaign = { name: string; transferQueue: string | null };

/** Null where the key may not read them. */
export type People = {
  contacts: Book<Contact, KnownContact> | null;
  campaigns: Book<Campaign, KnownCampaign> | null;
};

export function usePeople(): People {
  const may = useMay();
  const contacts = useBook("/v1/contacts", ({ name }: Contact): KnownContact => ({ name }));
  const campaigns = useBook("/v1/campaigns", ({ name, config }: Campaign): KnownCampaign => ({
    name,
    transferQueue: config.transfer_queue ?? null,
  }));
  const mayReadCampaigns = may("voice:campaigns:read");
  useEffect(() => {
    if (mayReadCampaigns) void readAll(campaigns);
  }, [campaigns, mayReadCampaigns]);
  return {
    contacts: may("voice:contacts:read") ? contacts : null,
    campaigns: mayReadCampaigns ? campaigns : null,
  };
}

/** Those that are not among them are asked for one by one. */
async function readAll(campaigns: Book<Campaign, KnownCampaign>): Promise<void> {
  const path = pathOf("/v1/campaigns", { limit: MOST_AT_ONCE });
  const answer = await ask<{ campaigns: Campaign[] }>("GET", path);
  if (answer.ok) for (const campaign of answer.value.campaigns) campaigns.put(campaign);
}

type Ends = { call_type: CallType; from_number: string; to_number: string };

/** The customer's number, or what is said of one who withholds it. */
export function numberOf({ call_type: callType, from_number: from, to_number: to }: Ends): string {
  return customerOf({ callType, from, to }) || "Number withheld";
}
