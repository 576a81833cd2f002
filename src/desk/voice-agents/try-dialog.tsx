import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { PlacedCall } from "../../contract/calls.ts";
import type { Campaign } from "../../contract/campaigns.ts";
import type { VoiceAgent } from "../../contract/voice-agents.ts";
import { ask, type Answer, type Problem } from "../api.ts";
import { useCarriers } from "../campaigns/choices.ts";
import { useAll } from "../use-all.ts";
import { Field, Loading, ProblemNote, Shown } from "../ui/parts.tsx";
import { Avatar } from "./avatar.tsx";
import { Talk } from "./talk.tsx";

/** The sandbox's person who says what is typed: +1500LLL0080, LLL from 200 to 999. */
const FIRST_PLACE = 555;

/** A talk with the agent, typed: a real call, by a campaign that uses it, to the sandbox carrier's typed person. */
export function TryDialog({ agent, onClose }: { agent: VoiceAgent; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [callId, setCallId] = useState<string | null>(null);
  // As in ActionDialog.
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="try"
      aria-label={`Try ${agent.name}`}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="page-head">
        <div class="agent">
          <Avatar name={agent.name} initials={agent.avatar_initials} color={agent.avatar_color} />
          <div>
            <h2>Try {agent.name}</h2>
            <div class="hint">{agent.role ?? "voice agent"}</div>
          </div>
        </div>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
      {callId === null ? (
        <Begin agent={agent} onBegun={setCallId} />
      ) : (
        <Talk key={callId} callId={callId} agentName={agent.name} onAgain={() => setCallId(null)} />
      )}
    </dialog>
  );
}

function Begin({ agent, onBegun }: { agent: VoiceAgent; onBegun: (callId: string) => void }) {
  const campaigns = useAll<Campaign>("/v1/campaigns?status=active&kind=outbound", "campaigns");
  const { value: carriers, isLoading } = useCarriers();
  if (isLoading) return <Loading />;
  return (
    <Shown resource={campaigns}>
      {(all) => {
        const its = all.filter(({ voice_agent_id: id }) => id === agent.uuid);
        const kindOf = (id: string | null) => carriers?.find(({ uuid }) => uuid === id)?.kind;
        // Who may not list the accounts can but try.
        const fit = carriers === null ? its : its.filter((one) => kindOf(one.carrier_id) === "sandbox");
        if (!agent.is_active) return <p>{agent.name} is inactive. Activate it, and then try it.</p>;
        if (its.length === 0) return <NoCampaign agent={agent} />;
        if (fit.length === 0) return <NoSandbox agent={agent} />;
        return <Start campaigns={fit} isSure={carriers !== null} onBegun={onBegun} />;
      }}
    </Shown>
  );
}

function NoCampaign({ agent }: { agent: VoiceAgent }) {
  return (
    <p>
      No active outbound campaign uses {agent.name}, and a talk is a call of one.{" "}
      <a href="/desk/campaigns">Go to the campaigns</a>
    </p>
  );
}

function NoSandbox({ agent }: { agent: VoiceAgent }) {
  return (
    <p>
      The campaigns that use {agent.name} call by a real carrier, where only people with phones can talk. Give
      one of them a number of a sandbox account. <a href="/desk/campaigns">Go to the campaigns</a>
    </p>
  );
}

function Start({
  campaigns,
  isSure,
  onBegun,
}: {
  campaigns: readonly Campaign[];
  /** That the carrier is a sandbox. */
  isSure: boolean;
  onBegun: (callId: string) => void;
}) {
  const [campaignId, setCampaignId] = useState(campaigns[0]?.uuid ?? "");
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const begin = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    const placed = await placeTyped(campaignId);
    setBusy(false);
    if (placed.ok) onBegun(placed.value.call_uuid);
    else setProblem(placed.problem);
  };
  return (
    <form onSubmit={(event) => void begin(event)}>
      <p>
        The agent calls, and you type what the customer says. It is a call as any other: it is listed, and its
        webhooks are sent.{isSure ? "" : " The campaign's carrier must be the sandbox."}
      </p>
      <Field label="Campaign" hint="Its persona, guardrails and limits count.">
        <select value={campaignId} onChange={(event) => setCampaignId(event.currentTarget.value)}>
          {campaigns.map(({ uuid, name }) => (
            <option key={uuid} value={uuid}>
              {name}
            </option>
          ))}
        </select>
      </Field>
      {problem === null ? null : <ProblemNote problem={problem} />}
      <div class="dialog-actions">
        <button type="submit" class="primary" disabled={isBusy} aria-busy={isBusy}>
          {isBusy ? "Calling…" : "Start the talk"}
        </button>
      </div>
    </form>
  );
}

/** The person of one number may be in a talk with somebody else, or want no more calls: there are 800 of them. */
async function placeTyped(campaignId: string): Promise<Answer<PlacedCall>> {
  const place = (exchange: number): Promise<Answer<PlacedCall>> =>
    ask("POST", "/v1/calls", { to: `+1500${exchange}0080`, campaign_id: campaignId });
  const first = await place(FIRST_PLACE);
  const isTaken = !first.ok && ["number_in_call", "contact_opted_out"].includes(first.problem.code);
  return isTaken ? place(200 + Math.floor(Math.random() * 800)) : first;
}
