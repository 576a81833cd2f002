/** Variables that begin with `VITE_`, as whoever runs the tests has set them. */
interface ImportMeta {
  readonly env: Readonly<Record<string, string | undefined>>;
}
