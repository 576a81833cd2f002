/** The methods that routes take at a path, for a 405's `Allow`; none for a path that no route knows. */
export function allowedMethods(
  routes: ReadonlyArray<{ method: string; path: string }>,
  path: string,
): string[] {
  const methods = routes
    .filter((route) => route.method !== "ALL" && matches(route.path, path))
    .map((r) => r.method);
  const withHead = methods.includes("GET") ? [...methods, "HEAD"] : methods;
  return [...new Set(withHead)].toSorted();
}

function matches(pattern: string, path: string): boolean {
  const expected = pattern.split("/");
  const actual = path.split("/");
  return (
    expected.length === actual.length &&
    expected.every((part, index) => part === actual[index] || (part.startsWith(":") && actual[index] !== ""))
  );
}
