import { describe, expect, test } from "vitest";
import { migrate } from "../../src/lib/sql-migrations.ts";
import { inEmptyStorage } from "../support/empty-storage.ts";

const STEPS = [
  "CREATE TABLE words (word TEXT NOT NULL); INSERT INTO words VALUES ('one')",
  "INSERT INTO words VALUES ('two')",
  "ALTER TABLE words ADD COLUMN length INTEGER; UPDATE words SET length = length(word)",
];

function words(storage: DurableObjectStorage) {
  return storage.sql.exec("SELECT * FROM words ORDER BY rowid").toArray();
}

describe("migrate", () => {
  test("takes every step once, in order, however often it is called", async () => {
    await inEmptyStorage((storage) => {
      for (let i = 0; i < 3; i++) migrate(storage, STEPS);
      expect(words(storage)).toEqual([
        { word: "one", length: 3 },
        { word: "two", length: 3 },
      ]);
    });
  });

  test("takes only the steps that are new", async () => {
    await inEmptyStorage((storage) => {
      migrate(storage, STEPS.slice(0, 1));
      expect(words(storage)).toEqual([{ word: "one" }]);
      migrate(storage, STEPS.slice(0, 2));
      expect(words(storage)).toEqual([{ word: "one" }, { word: "two" }]);
    });
  });

  test("takes none of several steps if one fails, and all once it is mended", async () => {
    await inEmptyStorage((storage) => {
      migrate(storage, STEPS.slice(0, 1));
      const broken = [...STEPS.slice(0, 2), "INSERT INTO nowhere VALUES (1)"];
      expect(() => migrate(storage, broken)).toThrow(/nowhere/);
      expect(words(storage)).toEqual([{ word: "one" }]);
      migrate(storage, STEPS);
      expect(words(storage)).toHaveLength(2);
    });
  });

  test("leaves a newer storage alone, and the newer code finds it so", async () => {
    await inEmptyStorage((storage) => {
      migrate(storage, STEPS);
      migrate(storage, STEPS.slice(0, 1));
      migrate(storage, STEPS);
      expect(words(storage)).toHaveLength(2);
    });
  });

  test("has nothing to do without steps", async () => {
    await inEmptyStorage((storage) => {
      migrate(storage, []);
      migrate(storage, STEPS.slice(0, 1));
      expect(words(storage)).toHaveLength(1);
    });
  });
});
