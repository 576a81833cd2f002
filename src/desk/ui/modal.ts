import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Opens the dialog above the page; when it is gone, whoever opened it has the focus again. */
export function useModal(): RefObject<HTMLDialogElement | null> {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return dialog;
}
