// TwiML in, plain verbs out. Unknown verbs are skipped, as Twilio does after a schema warning (12200); XML that
// does not parse (12100) or a relay without a usable address (64101) refuses the whole document.
// https://www.twilio.com/docs/voice/twiml

import { parseXml, type XmlElement } from "@rgrove/parse-xml";
import { z } from "zod";
import { err, ok, type Result } from "../lib/result.ts";
import { readDial, readGather, readPause, readSay } from "./twiml-dial.ts";
import { destinationOf, elementsOf, optionalDestination } from "./twiml-elements.ts";
import { RECORDING_EVENTS, type Verb } from "./verbs.ts";

export type TwimlError = { code: 12100 | 64101; message: string };

/** `baseUrl` is the document's own address: relative ones in it are resolved against it. */
export function parseTwiml(text: string, baseUrl: string): Result<Verb[], TwimlError> {
  let root: XmlElement | null;
  try {
    root = parseXml(text.trim()).root;
  } catch {
    return err({ code: 12100, message: "Document parse failure" });
  }
  if (root?.name !== "Response") return err({ code: 12100, message: "Document parse failure" });
  const verbs: Verb[] = [];
  for (const element of elementsOf(root)) {
    const read = readVerb(element, baseUrl);
    if (!read.ok) return read;
    if (read.value !== undefined) verbs.push(read.value);
  }
  return ok(verbs);
}

function readVerb(element: XmlElement, baseUrl: string): Result<Verb | undefined, TwimlError> {
  switch (element.name) {
    case "Say":
      return ok(readSay(element));
    case "Pause":
      return ok(readPause(element));
    case "Hangup":
      return ok({ verb: "hangup" });
    case "Reject":
      return ok({ verb: "reject", reason: element.attributes["reason"] === "busy" ? "busy" : "rejected" });
    case "Redirect":
      return ok({
        verb: "redirect",
        to: destinationOf(element.text.trim(), element.attributes["method"], baseUrl),
      });
    case "Dial":
      return ok({ verb: "dial", dial: readDial(element, baseUrl) });
    case "Gather":
      return ok({ verb: "gather", gather: readGather(element, baseUrl) });
    case "Connect":
      return readConnect(element, baseUrl);
    case "Start":
      return ok(readStart(element, baseUrl));
    default:
      return ok(undefined);
  }
}

function readConnect(connect: XmlElement, baseUrl: string): Result<Verb | undefined, TwimlError> {
  const noun = elementsOf(connect).find((element) => element.name === "ConversationRelay");
  if (noun === undefined) return ok(undefined);
  const attributes = relayAttributes.safeParse(noun.attributes);
  if (!attributes.success) {
    return err({ code: 64101, message: "Invalid values for ConversationRelay parameters" });
  }
  const { url, welcomeGreeting, interruptible, dtmfDetection, partialPrompts, events } = attributes.data;
  const { action, method } = connect.attributes;
  return ok({
    verb: "relay",
    relay: {
      url,
      action: optionalDestination(action, method, baseUrl),
      welcomeGreeting: welcomeGreeting ?? null,
      lang: attributes.data.transcriptionLanguage ?? attributes.data.language ?? "en-US",
      interruptible: !["none", "false", "dtmf"].includes(interruptible),
      interruptibleByKeys: !["none", "false", "speech"].includes(interruptible),
      hearsKeys: dtmfDetection === "true",
      sendsPartials: partialPrompts === "true",
      reportsTokensPlayed: events.split(/\s+/).includes("tokens-played"),
      parameters: parametersOf(noun),
    },
  });
}

/** Of what `<Start>` can begin only a recording. https://www.twilio.com/docs/voice/twiml/recording */
function readStart(start: XmlElement, baseUrl: string): Verb | undefined {
  const noun = elementsOf(start).find((element) => element.name === "Recording");
  if (noun === undefined) return undefined;
  const { recordingStatusCallback: url, recordingStatusCallbackMethod: method } = noun.attributes;
  const told = (noun.attributes["recordingStatusCallbackEvent"] ?? "completed").split(/\s+/);
  const callback = optionalDestination(url, method, baseUrl);
  return { verb: "record", callback, events: RECORDING_EVENTS.filter((event) => told.includes(event)) };
}

const relayAttributes = z.object({
  url: z.string().regex(/^wss?:\/\/\S+$/i),
  welcomeGreeting: z.string().optional(),
  language: z.string().optional(),
  transcriptionLanguage: z.string().optional(),
  interruptible: z.string().default("any"),
  dtmfDetection: z.string().optional(),
  partialPrompts: z.string().optional(),
  events: z.string().default(""),
});

function parametersOf(noun: XmlElement): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const element of elementsOf(noun)) {
    const { name, value } = element.attributes;
    if (element.name === "Parameter" && name !== undefined) parameters[name] = value ?? "";
  }
  return parameters;
}
