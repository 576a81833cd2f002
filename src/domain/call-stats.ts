/** What calls amounted to. Only ended calls count; sentiment is judged on connected ones. */
export type StatsInput = {
  voicemail: number;
  noAnswer: number;
  failed: number;
  connectedNone: number;
  connectedPositive: number;
  connectedNeutral: number;
  connectedNegative: number;
  talkSeconds: number;
};

export const NO_CALLS: Readonly<StatsInput> = {
  voicemail: 0,
  noAnswer: 0,
  failed: 0,
  connectedNone: 0,
  connectedPositive: 0,
  connectedNeutral: 0,
  connectedNegative: 0,
  talkSeconds: 0,
};

export function statsOf(counts: StatsInput) {
  const { voicemail, noAnswer, failed, connectedPositive, connectedNeutral, connectedNegative } = counts;
  const connected = counts.connectedNone + connectedPositive + connectedNeutral + connectedNegative;
  const total = connected + voicemail + noAnswer + failed;
  return {
    total,
    connected,
    voicemail,
    noAnswer,
    failed,
    /** Two decimals; 0 of none. */
    connectRate: total === 0 ? 0 : Math.round((connected / total) * 100) / 100,
    positive: connectedPositive,
    neutral: connectedNeutral,
    negative: connectedNegative,
    averageSeconds: connected === 0 ? 0 : Math.round(counts.talkSeconds / connected),
  };
}
