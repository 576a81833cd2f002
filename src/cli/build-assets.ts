// npm run build:assets, also after every install.

import { buildAssets } from "./assets.ts";

await buildAssets();
