import { useState } from "preact/hooks";
import type { Contact } from "../../contract/contacts.ts";
import { pathOf } from "../api.ts";
import { ContactDialog } from "../contacts/contact-dialog.tsx";
import { ContactTable, type ContactWish } from "../contacts/contact-table.tsx";
import { DeleteContact, OptInDialog, OptOutDialog } from "../contacts/small-dialogs.tsx";
import { useResource } from "../resource.ts";
import { usePlace } from "../router.tsx";
import { useMay } from "../session.tsx";
import { Empty, Page, Pager, Shown } from "../ui/parts.tsx";
import { SearchField } from "../ui/search-field.tsx";
import { see } from "../ui/see.ts";
import { useOffset } from "../ui/use-offset.ts";

const LIMIT = 50;

type List = { contacts: Contact[]; total: number };

export function ContactsPage() {
  const { query } = usePlace();
  const mayWrite = useMay()("voice:contacts:write");
  const filter = { search: query.get("search") ?? "", tags: query.get("tags") ?? "" };
  const [offset, move] = useOffset();
  const list = useResource<List>(pathOf("/v1/contacts", { ...filter, limit: LIMIT, offset }));
  const [wish, setWish] = useState<ContactWish | null>(null);
  const close = (hasChanged: boolean): void => {
    setWish(null);
    if (hasChanged) void list.reload();
  };
  const create = mayWrite ? (
    <button type="button" class="primary" onClick={() => setWish({ kind: "create" })}>
      New contact
    </button>
  ) : undefined;
  return (
    <Page title="Contacts" actions={create}>
      <div class="filters">
        <SearchField
          label="Search"
          placeholder="Name or phone"
          value={filter.search}
          onSearch={(search) => see({ search })}
        />
        <SearchField
          label="Tags"
          placeholder="vip, north"
          value={filter.tags}
          tidy={tidy}
          onSearch={(tags) => see({ tags })}
        />
      </div>
      <Shown resource={list}>
        {({ contacts, total }) => (
          <>
            {total === 0 ? (
              <NoContacts isFiltered={filter.search !== "" || filter.tags !== ""} />
            ) : (
              <ContactTable contacts={contacts} onWish={setWish} />
            )}
            {total === 0 && offset === 0 ? null : (
              <Pager total={total} limit={LIMIT} offset={offset} onMove={move} />
            )}
          </>
        )}
      </Shown>
      {wish === null ? null : <Wish wish={wish} onClose={close} />}
    </Page>
  );
}

function Wish({ wish, onClose }: { wish: ContactWish; onClose: (hasChanged: boolean) => void }) {
  switch (wish.kind) {
    case "create":
      return <ContactDialog contact={null} onClose={(saved) => onClose(saved !== null)} />;
    case "edit":
      return <ContactDialog contact={wish.contact} onClose={(saved) => onClose(saved !== null)} />;
    case "opt-out":
      return <OptOutDialog contact={wish.contact} onClose={onClose} />;
    case "opt-in":
      return <OptInDialog contact={wish.contact} onClose={onClose} />;
    case "delete":
      return <DeleteContact contact={wish.contact} onClose={onClose} />;
  }
}

/** A comma at the end begins a tag that is not there yet. */
function tidy(tags: string): string {
  return tags
    .split(",")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "")
    .join(",");
}

function NoContacts({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) return <Empty>Nobody matches. Search for less, or for another tag.</Empty>;
  return (
    <Empty>There is no contact yet. Whoever is called, or calls, becomes one; or create one here.</Empty>
  );
}
