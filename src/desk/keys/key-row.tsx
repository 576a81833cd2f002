import type { Key } from "../../contract/keys.ts";
import { showTime, showWord } from "../format.ts";
import { Badge } from "../ui/parts.tsx";
import { areasOf, stateOf, type KeyState } from "./words.ts";

const KINDS: Record<KeyState, string> = { active: "active", expired: "warn", revoked: "bad" };

export function KeyRow({ apiKey, isOwn, onRevoke }: { apiKey: Key; isOwn: boolean; onRevoke: () => void }) {
  const state = stateOf(apiKey, Date.now());
  const limits = Object.entries(apiKey.limits);
  return (
    <tr>
      <td>
        {apiKey.name} {isOwn ? <Badge kind="good">you are signed in with it</Badge> : null}
        <div class="hint">
          <code>{apiKey.uuid}</code>
        </div>
      </td>
      <td>
        <ul class="chips">
          {areasOf(apiKey.scopes).map((area) => (
            <li key={area}>{area}</li>
          ))}
        </ul>
        {limits.length === 0 ? null : (
          <div class="hint">
            {limits.map(([bucket, perMinute]) => `${showWord(bucket)} ${perMinute}/min`).join(", ")}
          </div>
        )}
      </td>
      <td class="nowrap">
        <Badge kind={KINDS[state]}>{state}</Badge>
        {apiKey.revoked_at === null ? null : <div class="hint">{showTime(apiKey.revoked_at)}</div>}
      </td>
      <td class="nowrap">{apiKey.expires_at === null ? "never" : showTime(apiKey.expires_at)}</td>
      <td class="nowrap">{showTime(apiKey.created_at)}</td>
      <td class="acts">
        {state === "revoked" ? null : (
          <button type="button" onClick={onRevoke}>
            Revoke<span class="unseen"> {apiKey.name}</span>
          </button>
        )}
      </td>
    </tr>
  );
}
