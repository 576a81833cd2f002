import {
  RATE_LIMIT_BUCKETS,
  REQUESTS_PER_MINUTE,
  type KeyLimits,
  type RateLimitBucket,
} from "../../domain/rate-limits.ts";
import { showWord } from "../format.ts";

/** Most keys need none: they are folded away. */
export function LimitFields({
  limits,
  onChange,
}: {
  limits: KeyLimits;
  onChange: (bucket: RateLimitBucket, perMinute: number | null) => void;
}) {
  return (
    <details>
      <summary>Limits (optional)</summary>
      <p class="hint">Requests per minute. What is left empty stays as everybody has it, as shown.</p>
      <div class="limits">
        {RATE_LIMIT_BUCKETS.map((bucket) => (
          <label key={bucket} class="limit">
            <span>{bucket === "default" ? "all others" : showWord(bucket)}</span>
            <input
              type="number"
              min={1}
              step={1}
              placeholder={String(REQUESTS_PER_MINUTE[bucket])}
              value={limits[bucket] ?? ""}
              onInput={(event) => {
                const { value } = event.currentTarget;
                onChange(bucket, value === "" ? null : Number(value));
              }}
            />
          </label>
        ))}
      </div>
    </details>
  );
}
