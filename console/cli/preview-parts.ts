import type { PreviewAnswer, PreviewedDefinition, PreviewFigure } from "#events/admin-api/preview.ts";

/** People shown of each way to change. */
const MAX_EXAMPLES = 10;

/** In how many parts everyone is to be looked at, by an answer whose time ran out: half of what it managed each. */
export function partsFor({ population }: Pick<PreviewAnswer, "population">, maxParts: number): number {
  const aPart = Math.max(1, population.seen / 2);
  return Math.min(maxParts, Math.max(2, Math.ceil(population.high / aPart)));
}

/** Two parts of everyone as one: every figure is exact, so they are added up. Undefined where the definitions in force
 *  changed between them. */
export function joinParts(a: PreviewAnswer, b: PreviewAnswer): PreviewAnswer | undefined {
  if (a.version !== b.version || a.definitions.length !== b.definitions.length) return undefined;
  const known = new Set(a.notes.map(({ code }) => code));
  return {
    ...a,
    population: add(a.population, b.population),
    complete: a.complete && b.complete,
    definitions: a.definitions.flatMap((one, n) => {
      const other = b.definitions[n];
      return other ? [joinDefinition(one, other)] : [];
    }),
    notes: [...a.notes, ...b.notes.filter(({ code }) => !known.has(code))],
  };
}

function joinDefinition(a: PreviewedDefinition, b: PreviewedDefinition): PreviewedDefinition {
  return {
    ...a,
    before: add(a.before, b.before),
    after: add(a.after, b.after),
    enter: add(a.enter, b.enter),
    leave: add(a.leave, b.leave),
    move: add(a.move, b.move),
    ...(a.matrix && b.matrix && { matrix: joinMatrix(a.matrix, b.matrix) }),
    examples: {
      enter: [...a.examples.enter, ...b.examples.enter].slice(0, MAX_EXAMPLES),
      leave: [...a.examples.leave, ...b.examples.leave].slice(0, MAX_EXAMPLES),
      move: [...a.examples.move, ...b.examples.move].slice(0, MAX_EXAMPLES),
    },
  };
}

type Matrix = NonNullable<PreviewedDefinition["matrix"]>;

/** A part in which nobody is on no tier has no row for it. */
function joinMatrix(a: Matrix, b: Matrix): Matrix {
  const tiers = a.tiers.length >= b.tiers.length ? a.tiers : b.tiers;
  const cell = ({ tiers: own, people }: Matrix, from: string | null, to: string | null) =>
    people[own.indexOf(from)]?.[own.indexOf(to)] ?? NOBODY;
  return { tiers, people: tiers.map((from) => tiers.map((to) => add(cell(a, from, to), cell(b, from, to)))) };
}

const NOBODY: PreviewFigure = { seen: 0, people: 0, low: 0, high: 0 };

function add(a: PreviewFigure, b: PreviewFigure): PreviewFigure {
  return { seen: a.seen + b.seen, people: a.people + b.people, low: a.low + b.low, high: a.high + b.high };
}
