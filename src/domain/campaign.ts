/** Whether a campaign's calls come in or go out. */
export const CAMPAIGN_KINDS = ["inbound", "outbound"] as const;

/** Only an active campaign takes or makes calls. */
export const CAMPAIGN_STATUSES = ["draft", "active", "paused", "completed"] as const;
