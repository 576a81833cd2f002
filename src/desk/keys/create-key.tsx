import { useState } from "preact/hooks";
import type { CreatedKey } from "../../contract/keys.ts";
import type { KeyLimits, RateLimitBucket } from "../../domain/rate-limits.ts";
import { SCOPES, type Scope } from "../../domain/scopes.ts";
import { ask, type Answer } from "../api.ts";
import { Checks } from "../ui/checks.tsx";
import { ActionDialog } from "../ui/dialog.tsx";
import { Field, ProblemNote } from "../ui/parts.tsx";
import { ExpiryField, momentOf } from "./expiry-field.tsx";
import { LimitFields } from "./limit-fields.tsx";
import { SCOPE_WORDS } from "./words.ts";

const OPTIONS = SCOPES.map((value) => ({ value, words: SCOPE_WORDS[value] }));
const NO_SCOPE = { code: "no_scope", detail: "Choose at least one thing that the key may do." };

export function CreateKeyDialog({ onClose }: { onClose: (created: CreatedKey | null) => void }) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<Scope[]>([]);
  const [expiry, setExpiry] = useState("");
  const [limits, setLimits] = useState<KeyLimits>({});
  const [isWanting, setWanting] = useState(false);
  const create = (): Promise<Answer<CreatedKey>> | null => {
    setWanting(scopes.length === 0);
    if (scopes.length === 0) return null;
    return ask<CreatedKey>("POST", "/v1/keys", { name, scopes, expires_at: momentOf(expiry), limits });
  };
  const setLimit = (bucket: RateLimitBucket, perMinute: number | null): void => {
    const { [bucket]: _before, ...others } = limits;
    setLimits(perMinute === null ? others : { ...others, [bucket]: perMinute });
  };
  return (
    <ActionDialog
      title="New key"
      confirm="Create key"
      act={create}
      done={({ name: made }) => `The key ${made} is made.`}
      onClose={onClose}
    >
      <Field label="Name" hint="Who or what uses it.">
        <input
          required
          maxLength={100}
          autocomplete="off"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </Field>
      <Checks
        legend="It may"
        options={OPTIONS}
        chosen={scopes}
        onChange={(chosen) => {
          setScopes(chosen);
          setWanting(false);
        }}
      />
      {isWanting ? <ProblemNote problem={NO_SCOPE} /> : null}
      <ExpiryField value={expiry} onChange={setExpiry} />
      <LimitFields limits={limits} onChange={setLimit} />
    </ActionDialog>
  );
}
