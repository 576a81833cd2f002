import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { DeskSession } from "../contract/desk.ts";
import type { Scope } from "../domain/scopes.ts";

export const SessionContext = createContext<DeskSession | null>(null);

/** Who is signed in. Only for what is shown once somebody is. */
export function useSession(): DeskSession {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("Nobody is signed in");
  return session;
}

/** What a page offers follows the key's scopes; the server refuses what it may not all the same. */
export function useMay(): (scope: Scope) => boolean {
  const { scopes } = useSession();
  return (scope) => scopes.includes(scope);
}
