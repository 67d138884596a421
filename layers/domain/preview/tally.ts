import type { MembershipKey, Profile, ProfileId } from "#domain/profile/state.ts";
import type { Move } from "./find-moves.ts";
import type { PreviewTarget } from "./plan-preview.ts";

/** People shown of each way to change. */
const MAX_EXAMPLES = 10;

/** One of those who would change, and why. */
export interface PreviewExample extends Move {
  readonly profileId: ProfileId;
  /** The oldest of what the person is known by: `userId:12583`. */
  readonly identifier: string | null;
}

/** What one definition's people would do, of those looked at. */
export interface TargetTally {
  before: number;
  after: number;
  entered: number;
  left: number;
  moved: number;
  /** Ladders only: how many stand where, and would stand where: by `from`, then by `to`. */
  readonly matrix: Map<MembershipKey | null, Map<MembershipKey | null, number>>;
  readonly examples: {
    readonly entered: PreviewExample[];
    readonly left: PreviewExample[];
    readonly moved: PreviewExample[];
  };
}

/** What a change would do to the people looked at so far. */
export interface PreviewTally {
  people: number;
  /** People of whom so much is logged that not all of it was counted. */
  cutOff: number;
  /** In the order of the plan's targets. */
  readonly targets: TargetTally[];
}

export function newTally(targets: readonly PreviewTarget[]): PreviewTally {
  return { people: 0, cutOff: 0, targets: targets.map(newTargetTally) };
}

function newTargetTally(): TargetTally {
  const examples = { entered: [], left: [], moved: [] };
  return { before: 0, after: 0, entered: 0, left: 0, moved: 0, matrix: new Map(), examples };
}

/** Adds one person, whose moves are in the order of `targets`. */
export function addMoves(
  tally: PreviewTally,
  targets: readonly PreviewTarget[],
  { id, state }: Pick<Profile, "id" | "state">,
  moves: readonly Move[],
): void {
  tally.people++;
  for (const [index, move] of moves.entries()) {
    const target = tally.targets[index];
    if (!target) continue;
    const { from, to } = move;
    if (from !== null) target.before++;
    if (to !== null) target.after++;
    if (targets[index]?.kind === "ladder") addCell(target.matrix, from, to, 1);
    if (from === to) continue;
    const way = from === null ? "entered" : to === null ? "left" : "moved";
    target[way]++;
    if (target.examples[way].length >= MAX_EXAMPLES) continue;
    const [identifier = null] = state.identifiers.keys();
    target.examples[way].push({ profileId: id, identifier, ...move });
  }
}

/** Adds what was found among other people; examples that are there already stay. */
export function mergeTally(tally: PreviewTally, other: PreviewTally): void {
  tally.people += other.people;
  tally.cutOff += other.cutOff;
  for (const [index, added] of other.targets.entries()) {
    const target = tally.targets[index];
    if (target) mergeTarget(target, added);
  }
}

function mergeTarget(target: TargetTally, added: TargetTally): void {
  for (const name of ["before", "after", "entered", "left", "moved"] as const) target[name] += added[name];
  for (const [from, row] of added.matrix) for (const [to, people] of row) addCell(target.matrix, from, to, people);
  for (const way of ["entered", "left", "moved"] as const) {
    const room = MAX_EXAMPLES - target.examples[way].length;
    target.examples[way].push(...added.examples[way].slice(0, room));
  }
}

function addCell(matrix: TargetTally["matrix"], from: MembershipKey | null, to: MembershipKey | null, people: number) {
  const row = matrix.get(from) ?? new Map<MembershipKey | null, number>();
  matrix.set(from, row.set(to, (row.get(to) ?? 0) + people));
}
