// What an instance's process is told to be.

import { z } from "zod";

export const settingsSchema = z.object({
  /** Holds its state. */
  folder: z.string(),
  /** The bundle. */
  script: z.string(),
  port: z.number().int(),
  variables: z.record(z.string(), z.string()),
  /** Run once, after the tables were laid out. */
  seedSql: z.string(),
  cronEveryMs: z.number().int(),
});
export type Settings = z.infer<typeof settingsSchema>;
