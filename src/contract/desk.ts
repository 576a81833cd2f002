// What the desk is told of who is signed in.

import { z } from "zod";
import type { Scope } from "../domain/scopes.ts";

export const signInSchema = z.strictObject({ key: z.string().trim().max(200) });

export type DeskSession = {
  organisation: { uuid: string; name: string };
  /** The API key that was signed in with. */
  key_id: string;
  scopes: Scope[];
  expires_at: string;
};
