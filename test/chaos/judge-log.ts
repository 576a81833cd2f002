// What a log must not show. Pure.

import type { Finding } from "./verdict.ts";

/** @param secrets by what they are. @param phones in E.164. */
export function judgeLog(
  log: string,
  { secrets, phones }: { secrets: Record<string, string>; phones: readonly string[] },
): Finding[] {
  const lines = log.split("\n");
  const shown = (rule: string, is: (line: string) => boolean): Finding[] => {
    const found = lines.filter(is);
    return found.length === 0 ? [] : [{ rule, detail: `${found.length} times, first in: ${found[0]}` }];
  };
  const digits = phones.map((phone) => phone.slice(1));
  return [
    ...shown("the log shows a phone number", (line) => digits.some((number) => line.includes(number))),
    ...shown("the log shows a number in E.164", (line) => /(?:\+|%2B)\d{8,15}\b/i.test(line)),
    ...shown("the log shows an API key", (line) => /tl_k_[0-9A-Za-z]{8,}/.test(line)),
    ...shown("the log shows a token", (line) => /tl_t_[\w-]{8,}/.test(line)),
    ...shown("the log shows a webhook's secret", (line) => /whsec_[0-9A-Za-z+/]{8,}/.test(line)),
    ...Object.entries(secrets).flatMap(([what, secret]) =>
      shown(`the log shows a secret: ${what}`, (line) => line.includes(secret)),
    ),
  ];
}
