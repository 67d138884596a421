import type { Profile } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { Definition } from "#events/definitions/index.ts";
import type { BruteForceSettings } from "../domain/rules/brute-force/settings.ts";
import { bruteForce, tierOf } from "../domain/rules/brute-force.ts";

/** What a person's memberships must be: keys without a hold, and where the rules alone put the person on each ladder
 *  that has one. */
export interface Truth {
  readonly keys: ReadonlySet<string>;
  readonly held: readonly {
    readonly ladder: string;
    readonly tiers: readonly string[];
    readonly raw: string;
    holdMs: number;
  }[];
}

/** By brute force, of the raw events received so far. */
export function truthOf(
  events: readonly CollectedEvent[],
  now: number,
  definitions: readonly Definition[],
  settings: BruteForceSettings,
): Truth {
  const keys = new Set<string>();
  const held = [];
  for (const definition of definitions) {
    if (definition.kind === "tag" || definition.kind === "segment") {
      const { kind, name, rule } = definition;
      if (rule && bruteForce(rule, events, now, settings)) keys.add(`${kind}:${name}`);
    } else if (definition.kind === "ladder") {
      const { name, hold, tiers } = definition;
      const raw = tierOf(name, events, now, settings) ?? "";
      if (hold === undefined) keys.add(`tier:${name}=${raw}`);
      else {
        const holdMs = Number.parseInt(hold, 10) * 24 * 3_600_000;
        held.push({ ladder: name, tiers: tiers.map((tier) => tier.name), raw, holdMs });
      }
    }
  }
  return { keys, held };
}

/** What is wrong with a person's memberships as stored; empty where nothing is. */
export function differences({ memberships, tierHistory }: Profile, { keys, held }: Truth, now: number): string[] {
  const prefixes = held.map(({ ladder }) => `tier:${ladder}=`);
  const own = [...memberships.keys()].filter((key) => !prefixes.some((prefix) => key.startsWith(prefix)));
  const wrong = [
    ...own.filter((key) => !keys.has(key)).map((key) => `has ${key}`),
    ...[...keys].filter((key) => !own.some((other) => other === key)).map((key) => `lacks ${key}`),
  ];
  for (const { ladder, tiers, raw, holdMs } of held) {
    const changes = tierHistory?.get(ladder) ?? [];
    const last = changes.at(-1);
    const before = changes.at(-2);
    const [stands, shouldStand] = [tiers.indexOf(last?.tier ?? ""), tiers.indexOf(raw)];
    const said = `${ladder}: ${last?.tier}, by its rules ${raw}`;
    if (!last || !memberships.has(`tier:${ladder}=${last.tier}` as never)) wrong.push(`${said}, not as its history`);
    else if (stands > shouldStand) wrong.push(`${said}: too low`);
    else if (stands < shouldStand && now >= last.at + holdMs) wrong.push(`${said}: its hold is over`);
    // Whoever fell had stood there for as long as the hold.
    if (last && before && stands > tiers.indexOf(before.tier) && last.at < before.at + holdMs) {
      wrong.push(`${said}: fell from ${before.tier} within the hold`);
    }
  }
  return wrong;
}
