import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Scope } from "../../domain/scopes.ts";
import { showTime } from "../format.ts";
import { usePlace } from "../router.tsx";
import { useMay, useSession } from "../session.tsx";
import { Announcer } from "./announcer.tsx";
import { useKeptFocus } from "./use-kept-focus.ts";

const ROOMS: readonly { address: string; name: string; scope: Scope }[] = [
  { address: "/desk", name: "Live", scope: "voice:calls:read" },
  { address: "/desk/calls", name: "Calls", scope: "voice:calls:read" },
  { address: "/desk/numbers", name: "Numbers", scope: "voice:calls:read" },
  { address: "/desk/campaigns", name: "Campaigns", scope: "voice:campaigns:read" },
  { address: "/desk/voice-agents", name: "Voice agents", scope: "voice:campaigns:read" },
  { address: "/desk/contacts", name: "Contacts", scope: "voice:contacts:read" },
  { address: "/desk/queues", name: "Queues", scope: "voice:queues:read" },
  { address: "/desk/webhooks", name: "Webhooks", scope: "voice:webhooks:read" },
  { address: "/desk/keys", name: "Keys", scope: "voice:admin" },
];

const WARNED_BEFORE_MS = 600_000;

export function Layout({ onSignOut, children }: { onSignOut: () => void; children: ComponentChildren }) {
  const { organisation } = useSession();
  const may = useMay();
  const { path } = usePlace();
  const isOnline = useOnline();
  useKeptFocus();
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="top">
        <a class="brand" href="/desk">
          Trunkline
        </a>
        <nav aria-label="Rooms" class="rooms">
          {ROOMS.filter(({ scope }) => may(scope)).map(({ address, name }) => {
            const isHere = address === "/desk" ? path === address : path.startsWith(address);
            return (
              <a key={address} href={address} aria-current={isHere ? "page" : undefined}>
                {name}
              </a>
            );
          })}
        </nav>
        <div class="who">
          <span class="org">{organisation.name}</span>
          <button type="button" onClick={onSignOut}>
            Sign out
          </button>
        </div>
      </header>
      {isOnline ? null : (
        <p class="offline" role="alert">
          You are offline. What is shown may be old.
        </p>
      )}
      <EndsSoon />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Announcer />
    </>
  );
}

/** Who has typed much had better sign in before. */
function EndsSoon() {
  const { expires_at: end } = useSession();
  const [isSoon, setSoon] = useState(false);
  useEffect(() => {
    const leftMs = Date.parse(end) - Date.now() - WARNED_BEFORE_MS;
    setSoon(leftMs <= 0);
    if (leftMs <= 0) return;
    const timer = setTimeout(() => setSoon(true), leftMs);
    return () => clearTimeout(timer);
  }, [end]);
  return (
    <div role="status">
      {isSoon ? (
        <p class="ends-soon">
          Your session ends at {showTime(end)}. You are asked for the key again then, and go on where you are.
        </p>
      ) : null}
    </div>
  );
}

function useOnline(): boolean {
  const [isOnline, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = (): void => setOnline(navigator.onLine);
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => {
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  return isOnline;
}
