// Properties are checked with fixed cases, so that a change is judged by what it changes; the scheduled run takes others
// every night, and `VITE_PROPERTY_SEED=N npm test` repeats one of them.

import * as fc from "fast-check";

fc.configureGlobal({ seed: Number(import.meta.env.VITE_PROPERTY_SEED ?? 7) });
