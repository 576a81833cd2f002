const PLAIN = "#545c6c";

/** The agent's initials on its colour. Its name stands beside it. */
export function Avatar({
  name,
  initials,
  color,
}: {
  name: string;
  initials: string | null;
  color: string | null;
}) {
  const ground = color ?? PLAIN;
  return (
    <span class="avatar" aria-hidden="true" style={{ background: ground, color: inkOn(ground) }}>
      {initials ?? initialsOf(name)}
    </span>
  );
}

function initialsOf(name: string): string {
  return name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? "")
    .join("")
    .toUpperCase();
}

/** Black or white, whichever is read more easily on it (WCAG's relative luminance); one of them always has 4.5. */
function inkOn(color: string): string {
  const [r, g, b] = [1, 3, 5].map((at) => linear(Number.parseInt(color.slice(at, at + 2), 16) / 255));
  const luminance = 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
  return luminance > 0.179 ? "#000000" : "#ffffff";
}

function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
