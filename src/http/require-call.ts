import { findNamedCall } from "../services/calls/find-call.ts";
import { findObject } from "./find-object.ts";

export const requireCall = findObject("call", "call_uuid", "call", findNamedCall);
