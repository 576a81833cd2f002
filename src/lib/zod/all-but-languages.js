// A name of our own stands before one of theirs.

export * from "../../../node_modules/zod/v4/classic/external.js";
export const core = undefined;
export const locales = undefined;
