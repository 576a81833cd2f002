import type { Contact } from "../../contract/contacts.ts";
import { showNumber, showTime } from "../format.ts";
import { useMay } from "../session.tsx";
import { Badge, Table } from "../ui/parts.tsx";

export type ContactWish =
  | { kind: "create" }
  | { kind: "edit" | "delete" | "opt-out" | "opt-in"; contact: Contact };

const COLUMNS = ["Contact", "E-mail", "Tags", "Language", "Calls", "Last contact", "May be called"];

export function ContactTable({
  contacts,
  onWish,
}: {
  contacts: readonly Contact[];
  onWish: (wish: ContactWish) => void;
}) {
  const mayWrite = useMay()("voice:contacts:write");
  return (
    <Table label="Contacts" columns={mayWrite ? [...COLUMNS, ""] : COLUMNS}>
      {contacts.map((contact) => (
        <tr key={contact.uuid}>
          <td>
            <strong class="unbroken">{contact.name ?? contact.phone}</strong>
            {contact.name === null ? null : <div class="hint unbroken">{contact.phone}</div>}
          </td>
          <td class="e-mail">{contact.email ?? "–"}</td>
          <td>
            <span class="tags">
              {contact.tags.map((tag) => (
                <Badge key={tag}>{tag}</Badge>
              ))}
            </span>
          </td>
          <td>{contact.preferred_language ?? "–"}</td>
          <td>
            <CallsOf contact={contact} />
          </td>
          <td class="unbroken">{showTime(contact.last_contact)}</td>
          <td>
            {contact.opted_out_at === null ? (
              <Badge kind="good">yes</Badge>
            ) : (
              <>
                <Badge kind="bad">opted out</Badge>
                <div class="hint unbroken">{showTime(contact.opted_out_at)}</div>
              </>
            )}
          </td>
          {mayWrite ? (
            <td>
              <Actions contact={contact} onWish={onWish} />
            </td>
          ) : null}
        </tr>
      ))}
    </Table>
  );
}

function CallsOf({ contact: { uuid, name, phone, total_calls: total } }: { contact: Contact }) {
  const maySeeCalls = useMay()("voice:calls:read");
  if (total === 0 || !maySeeCalls) return <>{showNumber(total)}</>;
  return (
    <a href={`/desk/calls?contact_id=${uuid}`} aria-label={`${total} calls with ${name ?? phone}`}>
      {showNumber(total)}
    </a>
  );
}

function Actions({ contact, onWish }: { contact: Contact; onWish: (wish: ContactWish) => void }) {
  const who = contact.name ?? contact.phone;
  const isOut = contact.opted_out_at !== null;
  return (
    <div class="row-actions">
      <button type="button" aria-label={`Edit ${who}`} onClick={() => onWish({ kind: "edit", contact })}>
        Edit
      </button>
      <button
        type="button"
        aria-label={isOut ? `Take back the opt-out of ${who}` : `Opt out ${who}`}
        onClick={() => onWish({ kind: isOut ? "opt-in" : "opt-out", contact })}
      >
        {isOut ? "Take back" : "Opt out"}
      </button>
      <button type="button" aria-label={`Delete ${who}`} onClick={() => onWish({ kind: "delete", contact })}>
        Delete
      </button>
    </div>
  );
}
