import type { D1Database as Database } from "@cloudflare/workers-types";

// The queries of src/db name a type of the Worker's runtime, which stands beside the browser's here.
declare global {
  type D1Database = Database;
}
