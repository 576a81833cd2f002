// A call as answers show it.

export function summaryOf(env, row, isPlayable) {
  return {
    uuid: row.id,
    call_type: row.call_type,
    campaign_uuid: row.campaign_id,
    contact_uuid: row.contact_id,
    from_number: row.from_number,
    to_number: row.to_number,
    status: row.status,
    duration: row.duration,
    duration_formatted: durationOf(row.duration),
    outcome: row.outcome,
    sentiment: row.sentiment,
    summary: row.summary,
    recording_url: isPlayable === 1 ? `${env.PUBLIC_BASE_URL}/api/voice/calls/${row.id}/recording` : null,
    started_at: isoOf(row.started_at),
    ended_at: isoOf(row.ended_at),
  };
}

export function liveCallOf(entry, nowSeconds) {
  const { answeredAt } = entry;
  const duration = answeredAt === null ? null : Math.max(0, nowSeconds - answeredAt);
  return {
    uuid: entry.callId,
    call_type: entry.callType,
    campaign_uuid: entry.campaignId,
    contact_uuid: entry.contactId,
    from_number: entry.from,
    to_number: entry.to,
    status: entry.status,
    duration,
    duration_formatted: durationOf(duration),
    outcome: null,
    sentiment: null,
    summary: null,
    recording_url: null,
    started_at: isoOf(entry.startedAt),
    answered_at: isoOf(answeredAt),
    ended_at: null,
  };
}

export function isoOf(seconds) {
  return seconds === null ? null : `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

function durationOf(seconds) {
  if (seconds === null) return null;
  const two = (value) => String(value).padStart(2, "0");
  const minutes = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds < 3600 ? minutes : `${two(Math.floor(seconds / 3600))}:${minutes}`;
}
