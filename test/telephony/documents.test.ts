import { parseXml, XmlElement } from "@rgrove/parse-xml";
import { describe, expect, test } from "vitest";
import type { LineInstruction } from "../../src/telephony/provider.ts";
import { renderRelayEnd, renderTwiml, renderWords } from "../../src/telephony/twilio/documents.ts";

type Relay = Extract<LineInstruction, { kind: "relay" }>;

const RELAY: Relay = {
  kind: "relay",
  relayUrl: "wss://calls.example/relay",
  actionUrl: "https://calls.example/relay-end",
  recordingUrl: null,
  language: "en-GB",
  voice: { provider: "Google", speaker: "en-GB-Journey-F" },
};
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

/** The document's `Connect` and `ConversationRelay`, after proof that there is nothing else in it. */
function readBack(document: string) {
  const connect = onlyChild(parseXml(document).root);
  const relay = onlyChild(connect);
  expect([connect.name, relay.name, relay.children]).toEqual(["Connect", "ConversationRelay", []]);
  return { connect: connect.attributes, relay: relay.attributes };
}

function onlyChild(parent: XmlElement | null): XmlElement {
  const [child, ...others] = parent?.children ?? [];
  if (!(child instanceof XmlElement) || others.length > 0) throw new Error(`Not one child: ${parent?.name}`);
  return child;
}

describe("TwiML", () => {
  test("hangs up", () => {
    expect(renderTwiml({ kind: "hang_up" })).toBe(`${DECLARATION}<Response><Hangup/></Response>`);
  });

  test("connects the line to the relay", () => {
    expect(renderTwiml(RELAY)).toBe(
      `${DECLARATION}<Response><Connect action="https://calls.example/relay-end#rc=5&amp;rp=ct,rt,5xx">` +
        '<ConversationRelay url="wss://calls.example/relay" language="en-GB" ttsProvider="Google"' +
        ' voice="en-GB-Journey-F" interruptible="any" dtmfDetection="true" reportInputDuringAgentSpeech="any" partialPrompts="true" events="tokens-played"/>' +
        "</Connect></Response>",
    );
  });

  test.each([
    ["neither", { provider: null, speaker: null }, []],
    ["a provider only", { provider: "Amazon", speaker: null }, ["ttsProvider"]],
    ["a voice only", { provider: null, speaker: "Joanna-Neural" }, ["voice"]],
  ])("leaves to Twilio what the agent's voice does not say: %s", (_, voice, names) => {
    const { relay } = readBack(renderTwiml({ ...RELAY, voice }));
    expect(Object.keys(relay).filter((name) => ["ttsProvider", "voice"].includes(name))).toEqual(names);
  });

  test.each([
    ["double quotes", 'a" url="wss://evil.example'],
    ["single quotes", "a' url='wss://evil.example"],
    ["an element", '"/><Dial>+15005550000</Dial><Say x="'],
    ["less than and ampersand", "<&>"],
    ["an entity", "&quot;&amp;&#34;"],
    ["a section", "<![CDATA[x]]>--><!-- "],
    ["other scripts", "Zoë 声 😀"],
  ])("keeps hostile values inside their attributes: %s", (_, hostile) => {
    const instruction: Relay = {
      kind: "relay",
      relayUrl: `wss://calls.example/${hostile}`,
      actionUrl: `https://calls.example/${hostile}`,
      recordingUrl: null,
      language: hostile,
      voice: { provider: hostile, speaker: hostile },
    };
    const { connect, relay } = readBack(renderTwiml(instruction));
    expect(connect).toEqual({ action: `${instruction.actionUrl}#rc=5&rp=ct,rt,5xx` });
    expect(relay).toEqual({
      url: instruction.relayUrl,
      language: hostile,
      ttsProvider: hostile,
      voice: hostile,
      interruptible: "any",
      dtmfDetection: "true",
      reportInputDuringAgentSpeech: "any",
      partialPrompts: "true",
      events: "tokens-played",
    });
  });

  // XML 1.0 has no way to write these, and Twilio drops the whole call for a document that does not parse.
  test.each(["\u0000", "\u0008", "\u001f", "\ud800", "\uffff"])(
    "is well-formed with %j in the voice's name",
    (character) => {
      const voice = { provider: null, speaker: `Journey${character}F` };
      expect(() => parseXml(renderTwiml({ ...RELAY, voice }))).not.toThrow();
    },
  );
});

describe("what is sent to the relay", () => {
  test.each([
    ["a piece of a sentence, its spaces kept", " and then ", false],
    ["the last piece", "bye.", true],
    ["an empty end", "", true],
    ["quotes and line ends", 'say "hi"\n\u2028', false],
  ])("words: %s", (_, token, last) => {
    expect(JSON.parse(renderWords(token, last))).toEqual({ type: "text", token, last });
  });

  test("its end", () => expect(renderRelayEnd(null)).toBe('{"type":"end"}'));

  test("its end, with a word for whoever handles the line next", () => {
    const handoff = '{"transfer_id":"trf_1"}';
    expect(JSON.parse(renderRelayEnd(handoff))).toEqual({ type: "end", handoffData: handoff });
  });
});
