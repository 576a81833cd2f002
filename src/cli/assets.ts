// The files that browsers load, in the folder from which the platform serves them (wrangler.toml, assets).

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { REPOSITORY } from "./options.ts";

const FILES: Readonly<Record<string, readonly string[]>> = {
  docs: [
    "node_modules/swagger-ui-dist/swagger-ui-bundle.js",
    "node_modules/swagger-ui-dist/swagger-ui.css",
    "src/web/docs.js",
  ],
};

/** Writes what is not there yet, or not as it should be. Others may be reading meanwhile: no file is ever half there. */
export function buildAssets(): void {
  for (const [folder, files] of Object.entries(FILES)) {
    const target = join(REPOSITORY, "dist/assets", folder);
    mkdirSync(target, { recursive: true });
    for (const file of files) {
      const path = join(target, basename(file));
      const content = readFileSync(join(REPOSITORY, file));
      if (existsSync(path) && readFileSync(path).equals(content)) continue;
      const draft = `${path}.${process.pid}.tmp`;
      writeFileSync(draft, content);
      renameSync(draft, path);
    }
  }
}
