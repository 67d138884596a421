import { zstdDecompressSync } from "node:zlib";
import { parseQuietHours, quietUntil } from "#domain/decide/quiet-hours.ts";
import type { Run } from "#domain/journeys/run.ts";
import { hashAddress } from "#domain/links/link-token.ts";
import { readConsent } from "#domain/profile/consent.ts";
import type { Profile, ProfileId } from "#domain/profile/state.ts";
import { readTrait } from "#domain/profile/traits.ts";
import { makeCalendar } from "#domain/time/calendar.ts";
import type { Touch } from "#domain/touches/touch.ts";
import { isFinal } from "#domain/touches/touch-moves.ts";
import { readMessage } from "#functions/send/read-message.ts";
import type { ItemChange, MemoryDynamo } from "../../support/memory-dynamo.ts";
import type { MemorySqs } from "../../support/memory-sqs.ts";
import { type Journal, rootOf } from "../checks/journal.ts";
import type { Sandbox } from "../sandbox.ts";
import { CAPS, ENTERED_BY, PROJECT_ZONE, QUIET } from "./message-definitions.ts";
import { linkKeyOf, MESSAGE_CONFIG } from "./message-functions.ts";
import type { ProviderCall } from "./providers.ts";

/** A call that began before a refusal was answered is under way: between its last look at the suppressions and the call
 *  itself lies no more than this. */
const UNDER_WAY_MS = 5_000;
/** What a worker has read of a person may be as old as a claim and the wait for a place before it. */
const READ_MS = 5 * 60_000;
/** A sender holds a touch for so long. */
const LEASE_MS = 60_000;
/** Two workers' clocks differ by so much at most, and a place under a cap is taken up to a claim before the call. */
const CAP_SLACK_MS = 4 * 60_000 + 65_000;
const quiet = parseQuietHours(QUIET);
const calendars = new Map<string, ReturnType<typeof makeCalendar>>();

interface OptOut {
  readonly answeredAt: number;
}

export interface MessageWatch {
  onCall(call: ProviderCall): void;
  onTaken(call: ProviderCall): void;
  onUnknown(call: ProviderCall): void;
  /** A worker of the sender starts. */
  onSender(sandbox: Sandbox): void;
  /** A fault struck one. */
  onStrike(sandbox: string): void;
  onOptOut(address: string): void;
  /** What has not come to its end yet. */
  open(): string[];
  check(): void;
  /** Hears of every touch that is claimed. */
  onClaim(listener: (touch: Touch) => void): void;
  addressOf(hash: string | undefined): string | undefined;
}

/** The laws of messages, watched from the side of the stores and of the providers. */
export async function watchMessages(on: {
  journal: Journal;
  dynamo: MemoryDynamo;
  sqs: MemorySqs;
  addresses: readonly string[];
  now: () => number;
  count: (metric: string, n: number) => void;
}): Promise<MessageWatch> {
  const { journal, dynamo, sqs, now, count } = on;
  const key = await linkKeyOf(() => 0)();
  const addressOf = new Map(on.addresses.map((address) => [hashAddress("email", address, key), address]));
  const complain = (law: string, what: string) => journal.violations.push({ law, what });
  const touches = new Map<string, Touch>();
  const runs = new Map<string, Run>();
  const runIds = new Map<string, Set<string>>();
  const outcomes = new Map<string, Set<string>>();
  const taken: ProviderCall[] = [];
  const optedOut = new Map<string, OptOut>();
  const struckAt = new Map<string, number>();
  const claims = new Map<string, { sandbox: string; at: number }>();
  const silent = new Set<string>();
  const senders = new Map<string, Sandbox>();
  const grantedUntil = new Map<ProfileId, number>();
  const zones = new Map<ProfileId, { zone: string; until: number }[]>();
  const claimListeners: ((touch: Touch) => void)[] = [];

  dynamo.onChange((change) => {
    if (change.table === MESSAGE_CONFIG.STRATA_TABLE_TOUCHES) watchTouch(change);
    if (change.table === MESSAGE_CONFIG.STRATA_TABLE_RUNS) watchRun(change);
    if (change.table === MESSAGE_CONFIG.STRATA_TABLE_SUPPRESSIONS) watchLift(change);
  });
  sqs.onMessage((queue, { body }) => {
    if (queue !== MESSAGE_CONFIG.STRATA_QUEUE_EMAIL) return;
    for (const touchId of readMessage({ messageId: "", body }).asked.keys())
      if (!touches.has(touchId)) complain("no-row", `${touchId} is in the queue and has no row`);
  });
  journal.onVersion((_, before) => {
    if (!before) return;
    if (isGranted(before)) grantedUntil.set(before.id, now());
    zones.set(before.id, [...(zones.get(before.id) ?? []), { zone: zoneOf(before), until: now() }]);
  });

  function watchTouch({ before, after }: ItemChange): void {
    if (!after?.b?.S) return;
    const touch = JSON.parse(after.b.S) as Touch;
    const was = before?.b?.S === undefined ? undefined : (JSON.parse(before.b.S) as Touch);
    touches.set(touch.id, touch);
    if (was && isFinal(was) && touch.state !== was.state)
      complain("end", `${touch.id} was ${was.state} and became ${touch.state}`);
    if (isFinal(touch) && was?.state !== touch.state) {
      count(`touches ${touch.state} ${(touch.reason ?? "").split(":", 1)[0]}`.trim(), 1);
      if (touch.state === "unknown") checkUnknown(touch);
    }
    if (touch.state !== "claimed" || !touch.lease) return;
    claims.set(touch.id, { sandbox: touch.lease.owner.split("/", 1)[0] ?? "", at: now() });
    for (const listener of claimListeners) listener(touch);
  }

  /** Nobody knows of it only where something went wrong for the worker that had it, or its provider did not answer. */
  function checkUnknown({ id, reason }: Touch): void {
    const claim = claims.get(id);
    const isDead = claim !== undefined && senders.get(claim.sandbox)?.alive !== true;
    const isStruck = isDead || (claim !== undefined && (struckAt.get(claim.sandbox) ?? -1) >= claim.at - READ_MS);
    // A clock that is ahead by more than a lease finds every lease over.
    const isOverByClock = claim !== undefined && now() < claim.at + LEASE_MS;
    if (!silent.has(id) && !isStruck && !isOverByClock)
      complain("unknown", `${id} is unknown (${reason}), and nothing went wrong`);
  }

  function watchRun({ before, after }: ItemChange): void {
    if (!(after ?? before)?.sk?.S?.startsWith("run#")) return;
    const [itemBefore, itemAfter] = [runOf(before), runOf(after)];
    const place = `${(after ?? before)?.pk?.S} ${(after ?? before)?.sk?.S}`;
    if (!itemAfter) return void runs.delete(place);
    runs.set(place, itemAfter);
    const entry = `${itemAfter.journey} ${itemAfter.entryKey}`;
    runIds.set(entry, (runIds.get(entry) ?? new Set()).add(itemAfter.id));
    const { outcome } = itemAfter;
    if (outcome) {
      const ends = (outcomes.get(itemAfter.id) ?? new Set()).add(`${outcome.kind} ${outcome.at}`);
      outcomes.set(itemAfter.id, ends);
      if (!itemBefore?.outcome && itemAfter.movedTo === undefined)
        count(`runs ${itemAfter.journey} ${outcome.kind}`, 1);
    }
  }

  function watchLift({ before, after }: ItemChange): void {
    const saidAt = before?.marketingA?.N;
    if (saidAt === undefined || after?.marketingA !== undefined) return;
    const address = addressOf.get((before?.pk?.S ?? "").split("#")[1] ?? "");
    const isGrantedSince = journal.accepted.some(({ events }) =>
      events.some(({ consent, at }) => consent?.granted && at >= Number(saidAt)),
    );
    if (!isGrantedSince) complain("lifted", `${address} is suppressed no more, and nobody agreed since`);
    if (address !== undefined) optedOut.delete(address);
    count("suppressions lifted", 1);
  }

  return {
    onSender: (sandbox) => senders.set(sandbox.name, sandbox),
    addressOf: (hash) => addressOf.get(hash ?? ""),
    onStrike: (sandbox) => struckAt.set(sandbox, now()),
    onClaim: (listener) => claimListeners.push(listener),
    onUnknown({ touchId }) {
      silent.add(touchId);
      count("provider time-outs", 1);
    },
    onTaken: (call) => {
      taken.push(call);
    },
    onOptOut(address) {
      count("opt-outs answered", 1);
      const { marketingA } =
        dynamo
          .items(MESSAGE_CONFIG.STRATA_TABLE_SUPPRESSIONS)
          .find(({ pk }) => addressOf.get((pk?.S ?? "").split("#")[1] ?? "") === address) ?? {};
      // Somebody agreed again before the answer arrived.
      if (marketingA && !optedOut.has(address)) optedOut.set(address, { answeredAt: now() });
    },
    onCall(call) {
      const { message, touchId, sandbox, at } = call;
      count("provider calls", 1);
      const touch = touches.get(touchId);
      const holder = claims.get(touchId)?.sandbox;
      if (touch?.state === "claimed" && holder !== sandbox.name)
        complain("claim", `${sandbox.name} calls with ${touchId}, which ${holder} holds`);
      if (message.category !== "marketing") return;
      const { answeredAt } = optedOut.get(message.address) ?? {};
      if (answeredAt !== undefined) {
        const what = `${touchId} is sent to ${message.address} ${at - answeredAt} ms after an opt-out was answered`;
        if (at > answeredAt + UNDER_WAY_MS) complain("opt-out", what);
        else count("calls under way while an opt-out was answered", 1);
      }
      const family = familyOf(message.profileId);
      checkConsent(call, family);
      checkQuiet(call, family);
    },
    open: openNow,
    check: checkAtRest,
  };

  function openNow(): string[] {
    return [
      ...[...touches.values()].filter((touch) => !isFinal(touch)).map(({ id, state }) => `${id} is ${state}`),
      ...[...runs.values()]
        .filter(({ outcome, owed, movedTo }) => movedTo === undefined && (!outcome || owed))
        .map(({ id, journey, owed }) => `the run ${id} of ${journey} ${owed ? "owes" : "lives"}`),
    ];
  }

  function familyOf(id: ProfileId): Profile[] {
    const root = rootOf(journal.people, id);
    return [...journal.people.values()].filter((person) => rootOf(journal.people, person.id) === root);
  }

  function checkConsent({ touchId, message, at }: ProviderCall, family: readonly Profile[]): void {
    const isKnown = family.some(
      (person) =>
        (person.mergedInto === undefined && isGranted(person)) || (grantedUntil.get(person.id) ?? 0) >= at - READ_MS,
    );
    if (!isKnown) complain("consent", `${touchId} is sent to ${message.address}, who has not agreed`);
  }

  function checkQuiet({ touchId, message, at, ownClock }: ProviderCall, family: readonly Profile[]): void {
    const known = family.flatMap((person) => [
      ...(person.mergedInto === undefined ? [zoneOf(person)] : []),
      ...(zones.get(person.id) ?? []).filter(({ until }) => until >= at - READ_MS).map(({ zone }) => zone),
    ]);
    const isAwake = known.some((zone) => quietUntil(ownClock, quiet, calendarOf(zone)) === undefined);
    if (!isAwake) {
      const what = `${touchId} is sent to ${message.address} at ${new Date(ownClock).toISOString()}, quiet in ${known.join(", ")}`;
      complain("quiet-hours", what);
    }
  }

  function checkAtRest(): void {
    for (const what of openNow()) complain("open", what);
    for (const [entry, ids] of runIds) if (ids.size > 1) complain("entered-twice", `${entry}: ${[...ids].join(" ")}`);
    for (const [id, ends] of outcomes) if (ends.size > 1) complain("two-ends", `${id}: ${[...ends].join(", ")}`);
    for (const { id, journey, movedTo } of runs.values())
      if (movedTo !== undefined) complain("moved", `the run ${id} of ${journey} is on its way to ${movedTo}`);
    checkEntries();
    checkTouches();
    checkCaps();
  }

  /** Every event that lets in has let in, once. */
  function checkEntries(): void {
    const facts = journal.factRecords.flatMap(({ facts: own }) => own);
    const byMessage = new Map<string, Set<string>>();
    for (const fact of facts) {
      if (fact.kind !== "event") continue;
      byMessage.set(fact.messageId, (byMessage.get(fact.messageId) ?? new Set()).add(fact.factId));
    }
    for (const [messageId, { events }] of journal.firstRecord) {
      const event = events.find((one) => one.messageId === messageId);
      const journey = event?.event === undefined ? undefined : ENTERED_BY.get(event.event);
      if (journey === undefined) continue;
      const ids = [...(byMessage.get(messageId) ?? [])].flatMap((id) => [...(runIds.get(`${journey} ${id}`) ?? [])]);
      if (ids.length !== 1)
        complain(ids.length === 0 ? "not-entered" : "entered-twice", `${messageId}: ${ids.length} runs`);
    }
  }

  function checkTouches(): void {
    for (const { id, category, state } of touches.values()) {
      const times = taken.filter(({ touchId }) => touchId === id).length;
      if (times > 1) complain("sent-twice", `${id} (${category}) was taken ${times} times`);
      if (state === "sent" && times === 0) complain("not-sent", `${id} is ${state}, and no provider has it`);
      if ((state === "stopped" || state === "failed") && times > 0)
        complain("sent-and-denied", `${id} is ${state}, and a provider has it`);
    }
    for (const { id, journey, outcome } of runs.values()) {
      if (outcome?.kind !== "finished") continue;
      const asked = [...touches.values()].filter(({ runId }) => runId === id).length;
      const wanted = journey === "thanks" ? 2 : 1;
      if (asked > wanted || (asked < wanted && journey !== "cart"))
        complain("touches", `the run ${id} of ${journey} asked for ${asked} touches, not ${wanted}`);
    }
  }

  function checkCaps(): void {
    const marketing = taken.filter(({ message }) => message.category === "marketing");
    for (const [address, own] of Map.groupBy(marketing, ({ message }) => message.address)) {
      const times = own.map(({ at }) => at).toSorted((a, b) => a - b);
      for (const { max, perMs } of CAPS) {
        for (const [n, first] of times.entries()) {
          const over = times[n + max];
          if (over !== undefined && over - first < perMs - CAP_SLACK_MS)
            complain("cap", `${address} gets ${max + 1} messages in ${Math.round((over - first) / 60_000)} minutes`);
        }
      }
    }
  }
}

function isGranted({ state }: Profile): boolean {
  return readConsent(state, "marketing", "email")?.granted === true;
}

function zoneOf({ state }: Profile): string {
  const trait = state.traits.get("timezone");
  const zone = trait && readTrait(trait, undefined);
  return typeof zone === "string" ? zone : PROJECT_ZONE;
}

function calendarOf(zone: string) {
  const known = calendars.get(zone) ?? makeCalendar(zone);
  calendars.set(zone, known);
  return known;
}

function runOf(item: ItemChange["after"]): Run | undefined {
  return item?.b?.B && (JSON.parse(zstdDecompressSync(item.b.B).toString("utf8")) as Run);
}
