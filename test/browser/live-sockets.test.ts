import type { Page, WebSocketRoute } from "playwright-core";
import { describe, expect, inject, test } from "vitest";
import { askApi } from "./support/api.ts";
import { endCall, eventually, peopleFrom, rowOf } from "./support/live-calls.ts";
import { atDesk, endSession, expectComplaint } from "./support/visitor.ts";

const { place } = peopleFrom(340);

/** The link to this page is called the same. */
const untilLive = (page: Page) => page.locator(".live-state-open").waitFor();

describe("a socket that is lost", () => {
  test("comes back with what was missed, and with nothing else", async () => {
    const [sockets, greetings]: [WebSocketRoute[], string[]] = [[], []];
    let letIn = (): void => {};
    const page = await atDesk();
    await page.routeWebSocket(/\/ws\/board/, async (socket) => {
      sockets.push(socket);
      if (sockets.length === 2) await new Promise<void>((resume) => (letIn = resume));
      const server = socket.connectToServer();
      server.onMessage((message) => {
        greetings.push(String(message));
        socket.send(message);
      });
    });
    await page.reload();
    const gone = await place("Ida Ivers");
    await rowOf(page, "Ida Ivers").waitFor();
    await untilLive(page);
    expect(sockets.length).toBe(1);
    await sockets[0]?.close({ code: 1012, reason: "A deploy" });
    await page.getByText("Connection lost – trying again…").waitFor();
    await eventually(() => sockets.length).toBe(2);
    await endCall(gone);
    await place("Jo Jansen");
    await eventually(() => askApi("GET", `/v1/calls/${gone}`)).toMatchObject({ status: "ended" });
    expect(await rowOf(page, "Ida Ivers").count()).toBe(1);
    greetings.length = 0;
    letIn();
    await rowOf(page, "Jo Jansen").waitFor();
    await rowOf(page, "Ida Ivers").waitFor({ state: "detached" });
    expect(sockets[1]?.url()).toMatch(/cursor=\d+/);
    expect(greetings.filter((message) => message.includes('"snapshot"'))).toEqual([]);
    expect(await page.getByText("Connection lost").count()).toBe(0);
  });

  test("leads to the sign-in if nobody is signed in any more", async () => {
    const page = await atDesk();
    const sockets: WebSocketRoute[] = [];
    await page.routeWebSocket(/\/ws\/board/, (socket) => {
      sockets.push(socket);
      socket.connectToServer();
    });
    await page.reload();
    await untilLive(page);
    expect(sockets.length).toBe(1);
    await endSession(page);
    await sockets[0]?.close({ code: 1012 });
    await page.getByLabel("API key").waitFor();
    expectComplaint(/HTTP Authentication failed/);
  });

  test("asks again whether somebody is signed in, if nobody could say at first", async () => {
    const page = await atDesk();
    await place("Lou Larsen");
    const sockets: WebSocketRoute[] = [];
    let isCutOff = false;
    await page.routeWebSocket(/\/ws\/board/, (socket) => {
      sockets.push(socket);
      if (isCutOff) void socket.close({ code: 1011 });
      else socket.connectToServer();
    });
    await page.reload();
    await rowOf(page, "Lou Larsen").waitFor();
    await endSession(page);
    isCutOff = true;
    let refusals = 0;
    await page.route("**/desk/session", async (route) => {
      if (route.request().method() !== "GET" || refusals > 1) return route.continue();
      refusals += 1;
      return route.abort();
    });
    await sockets[0]?.close({ code: 1012 });
    await page.locator(".live-calls.dimmed").waitFor();
    const elapsed = await rowOf(page, "Lou Larsen").locator(".live-elapsed").textContent();
    await page.getByText("The session has ended").waitFor();
    expect(refusals).toBe(2);
    // A second and more went by, in which the connection was tried for.
    expect(await rowOf(page, "Lou Larsen").locator(".live-elapsed").textContent()).toBe(elapsed);
    isCutOff = false;
    await page.getByLabel("API key").fill(inject("deployment").fullKey);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator(".live-state-open").waitFor();
    expect(await page.locator(".dimmed").count()).toBe(0);
    expectComplaint(/ERR_FAILED/);
  });

  test("is noticed though nobody says so", async () => {
    const page = await atDesk();
    let isDead = false;
    let count = 0;
    await page.routeWebSocket(/\/ws\/board/, (socket) => {
      count += 1;
      const server = socket.connectToServer();
      const mayPass = count > 1;
      server.onMessage((message) => {
        if (mayPass || !isDead) socket.send(message);
      });
    });
    await page.reload();
    await page.getByLabel("Show").or(page.getByText("No calls live")).first().waitFor();
    isDead = true;
    await place("Kim Karlsen");
    // What else a machine's network does comes with this, and so is asked after.
    await page.evaluate(() => dispatchEvent(new Event("offline")));
    await rowOf(page, "Kim Karlsen").waitFor();
    expect(count).toBe(2);
  });
});
