import type { TimelineEvent } from "../../contract/call-timeline.ts";
import { showDuration, showWord } from "../format.ts";
import { showMoment } from "./names.ts";

/** What happened, with the time that had gone by since the call was accepted. */
export function Timeline({ events }: { events: readonly TimelineEvent[] }) {
  const [first] = events;
  const zero = first === undefined ? 0 : Date.parse(first.at);
  return (
    <ol class="timeline" aria-label="What happened">
      {events.map((event, index) => {
        const { what, more } = wordsOf(event);
        return (
          <li key={index} class={`step step-${event.type}`}>
            <time class="stamp" dateTime={event.at} title={showMoment(event.at)}>
              +{showDuration((Date.parse(event.at) - zero) / 1000)}
            </time>
            <span>
              <span class="what">{what}</span>
              {more === null ? null : <span class="quiet"> {more}</span>}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

const ANSWERERS = {
  person: "A person answered",
  machine: "An answering machine answered",
  fax: "A fax answered",
};
const FAILURES = {
  not_accepted: "nobody took the call",
  no_agents: "nobody was free",
  canceled: "the call ended before",
};

type Words = { what: string; more: string | null };

const plain = (what: string, more: string | null = null): Words => ({ what, more });

/** Each in plain words. */
function wordsOf(event: TimelineEvent): Words {
  switch (event.type) {
    case "accepted":
      return plain(event.call_type === "inbound" ? "Call came in" : "Call accepted");
    case "dialing":
      return plain("Handed to the carrier");
    case "ringing":
      return plain("Ringing");
    case "answered":
      return plain(ANSWERERS[event.answered_by]);
    case "recording_started":
      return plain("Recording began");
    case "agent_fell_back":
      return plain("The agent's model failed", "it went on by its script");
    case "end_requested":
      return plain("End requested", showWord(event.reason));
    case "opted_out":
      return plain("Customer opted out", "they will not be called again");
    case "ended":
      return plain("Call ended", `${showWord(event.ended_reason)}, ${showWord(event.outcome)}`);
    case "recording_ready":
      return plain("Recording ready");
    case "analyzed":
      return plain("Analysed");
    default:
      return transferWordsOf(event);
  }
}

type TransferEvent = Extract<TimelineEvent, { transfer_id: string }>;

function transferWordsOf(event: TransferEvent): Words {
  switch (event.type) {
    case "transfer_requested": {
      const by = event.requested_by === "agent" ? "by the agent" : "by the API";
      return plain("Transfer requested", `${by}, to ${event.target}`);
    }
    case "transfer_announced":
      return plain("Transfer announced", `to the customer; ${event.human_agent.name} was found`);
    case "human_ringing":
      return plain(`${event.human_agent.name} is rung`);
    case "human_answered":
      return plain(`${event.human_agent.name} picked up`, "and hears the brief");
    case "human_unavailable":
      return plain(`${event.human_agent.name} did not take the call`);
    case "bridged":
      return plain(`${event.human_agent.name} took the call`);
    case "transfer_failed":
      return plain("Transfer failed", FAILURES[event.reason]);
  }
}
