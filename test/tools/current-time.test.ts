import { currentTime } from "@pawl/tools";
import { expect, test } from "vitest";

import { call } from "./call.ts";

const now = () => new Date("2026-03-01T23:30:05Z");
const midnight = () => new Date("2026-03-02T00:00:00Z");

test("the time is told in UTC unless a zone is asked for", async () => {
  expect(await call(currentTime({ now }), {})).toEqual({
    iso: "2026-03-01T23:30:05.000Z",
    timeZone: "UTC",
    local: "Sunday, 2026-03-01 23:30:05 GMT+00:00",
  });
});

test("a zone shifts the weekday and shows its offset", async () => {
  expect(await call(currentTime({ now }), { timeZone: "Asia/Tokyo" })).toEqual({
    iso: "2026-03-01T23:30:05.000Z",
    timeZone: "Asia/Tokyo",
    local: "Monday, 2026-03-02 08:30:05 GMT+09:00",
  });
});

test("midnight is hour 00", async () => {
  const { local } = await call(currentTime({ now: midnight }), {});
  expect(local).toBe("Monday, 2026-03-02 00:00:00 GMT+00:00");
});

test("without a clock of its own it reads the computer's", async () => {
  const { iso } = await call(currentTime(), {});
  expect(Math.abs(Date.parse(iso) - Date.now())).toBeLessThan(5000);
});

test("an unknown zone is refused with an example", async () => {
  await expect(call(currentTime(), { timeZone: "Mars/Base" })).rejects.toThrow(
    '"Mars/Base" is no known time zone: use an IANA name such as "Europe/Berlin"',
  );
});

test("a wrong option is a programmer's mistake", () => {
  expect(() => currentTime({ nwo: now } as object)).toThrow(TypeError);
  expect(() => currentTime({ now: 5 } as unknown as object)).toThrow('"now" must be a function');
});
