/** MM:SS, and from an hour on HH:MM:SS. */
export function formatDuration(seconds: number): string {
  const minutesAndSeconds = `${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  return seconds < 3600 ? minutesAndSeconds : `${pad(Math.floor(seconds / 3600))}:${minutesAndSeconds}`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
