import { z } from "zod";

/** Of a socket: the `cursor` of the last message that the watcher has seen; 0 for none. */
export const cursorSchema = z
  .string()
  .regex(/^\d{1,15}$/, "must be the cursor of a message")
  .default("0")
  .transform(Number)
  .meta({ description: "That of the last message you have seen" });
