import type {
  D1Database as Database,
  D1PreparedStatement as PreparedStatement,
  D1Result as Result,
} from "@cloudflare/workers-types";

// The queries of src/db name types of the Worker's runtime, which stands beside the browser's here.
declare global {
  type D1Database = Database;
  type D1PreparedStatement = PreparedStatement;
  type D1Result = Result;
}
