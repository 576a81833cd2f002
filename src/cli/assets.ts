// The files that browsers load, in the folder from which the platform serves them (wrangler.toml, assets).

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "vite";
import { REPOSITORY } from "./options.ts";

const FILES: Readonly<Record<string, readonly string[]>> = {
  docs: [
    "node_modules/swagger-ui-dist/swagger-ui-bundle.js",
    "node_modules/swagger-ui-dist/swagger-ui.css",
    "src/web/docs.js",
  ],
  desk: ["src/desk/icon.svg"],
};

/** All that browsers load, in the folder from which the platform serves it. */
export async function buildAssets(): Promise<void> {
  for (const [folder, files] of Object.entries(FILES)) {
    for (const file of files) keep(folder, basename(file), readFileSync(join(REPOSITORY, file)));
  }
  for (const { name, content } of await bundleDesk()) keep("desk", name, Buffer.from(content));
}

/** The desk's script in parts, those with a hash in their name loaded when they are needed, and its stylesheet. */
export async function bundleDesk(): Promise<{ name: string; content: string | Uint8Array }[]> {
  const built = await build({
    configFile: false,
    root: join(REPOSITORY, "src/desk"),
    base: "/desk/assets/",
    logLevel: "error",
    // Whatever NODE_ENV says, as tests do: what is tested is what is served.
    oxc: { jsx: { runtime: "automatic", importSource: "preact", development: false } },
    build: {
      write: false,
      // Its own style-loading would need inline code; ours is one stylesheet.
      cssCodeSplit: false,
      modulePreload: false,
      rolldownOptions: {
        input: join(REPOSITORY, "src/desk/main.tsx"),
        output: {
          entryFileNames: "desk.js",
          chunkFileNames: "[name]-[hash].js",
          assetFileNames: "desk[extname]",
        },
      },
    },
  });
  const outputs = Array.isArray(built) ? built : [built];
  return outputs
    .flatMap((each) => ("output" in each ? each.output : []))
    .map((part) => ({
      name: part.fileName,
      content: part.type === "chunk" ? part.code : part.source,
    }));
}

/** Writes what is not there yet, or not as it should be. Others may be reading meanwhile: no file is ever half there. */
function keep(folder: string, name: string, content: Buffer): void {
  const target = join(REPOSITORY, "dist/assets", folder);
  mkdirSync(target, { recursive: true });
  const path = join(target, name);
  if (existsSync(path) && readFileSync(path).equals(content)) return;
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, content);
  renameSync(draft, path);
}
