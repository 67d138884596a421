import { MembershipExplanation } from "#events/admin-api/memberships.ts";
import {
  ask,
  countMembers,
  readActivity,
  readFailedEvents,
  readMembers,
  readProfile,
  readTotals,
} from "../scenarios/administration.ts";
import type { LocalStack } from "../support/local-stack.ts";
import { expectClickTags, measuredTags } from "./definitions.ts";
import type { Findings } from "./findings.ts";
import { type Account, sumAccounts } from "./ledger.ts";

/** People who are looked at side by side. */
const lanes = 3;

/** Compares what the API says with the accounts: totals, each person, each tag's members, failed events. */
export async function checkPeople(
  stack: LocalStack,
  accounts: readonly Account[],
  tagKeys: readonly string[],
  findings: Findings,
): Promise<void> {
  findings.compare("totals", await pickTotals(stack), sumAccounts(accounts));

  const holders = new Map<string, string[]>(tagKeys.map((key) => [key, []]));
  const waiting = [...accounts];
  const checkNext = async (): Promise<void> => {
    for (let account = waiting.pop(); account; account = waiting.pop()) {
      try {
        const { profileId, memberships } = await checkPerson(stack, account, findings);
        for (const { key } of memberships) holders.get(key)?.push(profileId);
      } catch (error) {
        findings.add(`${account.person}: ${String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, checkNext));

  for (const [key, shown] of holders) {
    findings.compareLists(`members of ${key}`, await readMembers(stack, key), shown);
    findings.compare(`count of ${key}`, (await countMembers(stack, key)).count, shown.length);
  }
  const failed = (await readFailedEvents(stack)).map(({ code, message }) => `${code}: ${message}`);
  findings.compare("failed events", failed.slice(0, 10), []);
}

async function checkPerson(stack: LocalStack, account: Account, findings: Findings) {
  const { person } = account;
  const profile = await readProfile(stack, person);
  const { orders, refunds, memberships, identifiers } = profile;
  const counted = sumAccounts([account]);
  findings.compare(
    `${person}: orders`,
    { ...orders, first: 0, last: 0 },
    { count: counted.orders, revenue: counted.revenue, first: 0, last: 0 },
  );
  findings.compare(`${person}: refunds`, refunds, counted.refunds);
  findings.compareLists(
    `${person}: identifiers`,
    identifiers.map(({ type, value }) => `${type}:${value}`),
    [...account.identifiers],
  );
  const activity = (await readActivity(stack, profile.profileId)).map(({ messageId }) => messageId);
  findings.compareLists(`${person}: activity`, activity, [...account.messageIds]);

  const wanted = expectClickTags(account);
  const tags = memberships.map(({ key }) => key).filter((key) => key.startsWith("tag:torture-"));
  findings.compareLists(`${person}: tags`, tags, [...wanted]);
  for (const { key, event } of measuredTags.filter((measured) => account.events.has(measured.event))) {
    const path = `/profiles/${profile.profileId}/memberships/${encodeURIComponent(key)}`;
    const { because } = await ask(stack, path, MembershipExplanation);
    findings.compare(`${person}: ${event}`, because[0]?.seen, account.events.get(event));
  }
  return profile;
}

async function pickTotals(stack: LocalStack) {
  const { people, buyers, orders, revenue, refunds } = await readTotals(stack);
  return { people, buyers, orders, revenue, refunds };
}
