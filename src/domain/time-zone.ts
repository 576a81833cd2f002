/** Whether this is a time zone of the IANA database, like `Asia/Kolkata`. */
export function isTimeZone(name: string): boolean {
  // Intl takes offsets like +05:30 too, which know no summer time and are the name of no place.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return false;
  try {
    Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
