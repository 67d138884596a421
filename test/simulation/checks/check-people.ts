import { type LimitOf, typeOf } from "#domain/identity/link-limits.ts";
import { keyOf } from "#domain/identity/plan-claims.ts";
import type { IdentifierKey, Profile, ProfileId } from "#domain/profile/state.ts";
import type { MemoryDynamo } from "../../support/memory-dynamo.ts";
import { CONFIG } from "../functions.ts";
import { type Journal, rootOf } from "./journal.ts";

/** No pointer leads nowhere or in a circle, no merge is left half done, no limit is broken. Where nothing can be
 *  refused, the people are those of a plain union-find; where something can, every link that was not made is listed. */
export function checkPeople(
  journal: Journal,
  on: {
    dynamo: MemoryDynamo;
    index: ReadonlyMap<IdentifierKey, ProfileId>;
    limitOf: LimitOf;
    /** Refusals that could not be listed because the table refused to take them. */
    unlisted: ReadonlySet<string>;
    mayRefuse: boolean;
  },
): void {
  const { people } = journal;
  const complain = (law: string, what: string) => journal.violations.push({ law, what });
  const rootFor = (key: IdentifierKey) => rootOf(people, on.index.get(key));

  for (const [key, id] of on.index) {
    const root = rootFor(key);
    if (!root) complain("pointer", `${key} points to ${id}, which leads nowhere`);
    else if (!root.state.identifiers.has(key))
      complain("pointer", `${key} leads to ${root.id}, which does not hold it`);
  }
  for (const person of people.values()) checkPerson(person);

  const listed = new Set(
    on.dynamo
      .items(CONFIG.STRATA_TABLE_METRICS)
      .filter(({ pk }) => pk?.S === "identity-conflict")
      .map(({ sk }) => sk?.S?.slice(sk.S.indexOf(" ") + 1)),
  );
  if (!on.mayRefuse) {
    if (listed.size > 0) complain("refused", `refused: ${[...listed].join(", ")}`);
    checkUnion();
    return;
  }
  for (const { events } of journal.accepted) {
    for (const { messageId, identifiers } of events) {
      const [owner, ...others] = identifiers.map((identifier) => ({
        key: keyOf(identifier),
        root: rootFor(keyOf(identifier)),
      }));
      const apart = others.filter(({ key, root }) => root !== owner?.root && !listed.has(key) && !on.unlisted.has(key));
      for (const { key } of apart)
        complain("refusal-unlisted", `${messageId}: ${key} is not with ${owner?.key}, and not listed`);
    }
  }

  function checkPerson(person: Profile): void {
    const root = rootOf(people, person.id);
    if (!root) {
      complain("pointer", `${person.id} leads nowhere`);
      return;
    }
    if (root !== person) {
      if (!root.state.absorbed.has(person.id)) complain("stranded", `${person.id} was never absorbed by ${root.id}`);
      return;
    }
    if (person.intent) complain("stranded", `${person.id} still means to absorb ${person.intent.loser}`);
    const byType = Map.groupBy(person.state.identifiers.keys(), typeOf);
    for (const [type, keys] of byType) {
      if (keys.length > on.limitOf(type).limit) complain("limit", `${person.id} holds ${keys.join(", ")}`);
    }
  }

  function checkUnion(): void {
    const parents = new Map<string, string>();
    const find = (key: string): string => {
      const parent = parents.get(key) ?? key;
      return parent === key ? key : find(parent);
    };
    for (const { events } of journal.accepted) {
      for (const { identifiers } of events) {
        const [first = "", ...more] = identifiers.map(keyOf);
        for (const key of more) parents.set(find(key), find(first));
      }
    }
    const keys = [
      ...new Set(journal.accepted.flatMap(({ events }) => events.flatMap(({ identifiers }) => identifiers.map(keyOf)))),
    ];
    for (const [n, a] of keys.entries()) {
      for (const b of keys.slice(n + 1)) {
        const together = rootFor(a) !== undefined && rootFor(a) === rootFor(b);
        if (together !== (find(a) === find(b))) complain("partition", `${a} and ${b} are ${together ? "one" : "two"}`);
      }
    }
  }
}
