import type { AttributeValue } from "@aws-sdk/client-dynamodb";

export type Item = Record<string, AttributeValue>;
export type Names = Record<string, string>;
export type Values = Record<string, AttributeValue>;
interface Placeholders {
  readonly ExpressionAttributeNames?: Names | undefined;
  readonly ExpressionAttributeValues?: Values | undefined;
}
type Test = (item: Item, given: Placeholders) => boolean;
type Operand = (item: Item, given: Placeholders) => AttributeValue | undefined;

const parsed = new Map<string, Test>();

/** Evaluates the part of DynamoDB's condition language that Strata uses: comparisons, BETWEEN, attribute_exists,
 *  attribute_not_exists, begins_with, contains (of texts), NOT, AND, OR and brackets. Throws SyntaxError on anything else. */
export function evaluateCondition(expression: string, item: Item, given: Placeholders): boolean {
  let test = parsed.get(expression);
  if (!test) {
    const tokens = new Tokens(expression);
    test = parseOr(tokens);
    tokens.end();
    parsed.set(expression, test);
  }
  return test(item, given);
}

/** Applies an update expression of SET, REMOVE and ADD clauses (numbers only). */
export function updateItem(expression: string, before: Item, given: Placeholders): Item {
  const after = { ...before };
  for (const clause of expression.split(/\b(?=(?:SET|REMOVE|ADD)\b)/)) {
    const [, verb, list = ""] = /^(SET|REMOVE|ADD)\s+(.+?)\s*$/.exec(clause) ?? [];
    if (verb === undefined) throw new SyntaxError(`update expression ${expression}`);
    for (const action of list.split(/\s*,\s*/)) {
      const [, path = "", value] = /^([\w#]+)\s*=?\s*(:\w+)?$/.exec(action) ?? [];
      if (path === "" || (verb === "REMOVE") !== (value === undefined))
        throw new SyntaxError(`update action ${action}`);
      const name = attributeName(path, given);
      if (verb === "REMOVE") delete after[name];
      else if (verb === "SET") after[name] = givenValue(value ?? "", given);
      else after[name] = { N: String(Number(after[name]?.N ?? 0) + Number(givenValue(value ?? "", given).N)) };
    }
  }
  return after;
}

const BEYOND_16_BITS = /[\ud800-\udfff]/;

/** The order of two key attributes or numbers; text compares by its UTF-8 bytes. */
export function compare(a: AttributeValue | undefined, b: AttributeValue | undefined): number {
  if (a?.N !== undefined && b?.N !== undefined) return Number(a.N) - Number(b.N);
  const [x, y] = [a?.S ?? "", b?.S ?? ""];
  if (x === y) return 0;
  // Only where characters beyond 16 bits meet does the order of bytes differ from that of code units.
  if (BEYOND_16_BITS.test(x + y)) return Buffer.compare(Buffer.from(x), Buffer.from(y));
  return x < y ? -1 : 1;
}

class Tokens {
  readonly #list: string[];
  #at = 0;
  constructor(expression: string) {
    this.#list = expression.match(/[:#]?\w+|<>|<=|>=|[=<>(),]|\S/g) ?? [];
  }
  peek(): string | undefined {
    return this.#list[this.#at];
  }
  take(): string {
    return this.#list[this.#at++] ?? "";
  }
  skip(token: string): boolean {
    if (this.peek() !== token) return false;
    this.#at++;
    return true;
  }
  expect(token: string): void {
    if (!this.skip(token)) throw new SyntaxError(`expected ${token} at ${this.peek()} in ${this.#list.join(" ")}`);
  }
  end(): void {
    if (this.peek() !== undefined) throw new SyntaxError(`unexpected ${this.peek()} in ${this.#list.join(" ")}`);
  }
}

function parseOr(tokens: Tokens): Test {
  const tests = [parseAnd(tokens)];
  while (tokens.skip("OR")) tests.push(parseAnd(tokens));
  return (item, given) => tests.some((test) => test(item, given));
}

function parseAnd(tokens: Tokens): Test {
  const tests = [parseNot(tokens)];
  while (tokens.skip("AND")) tests.push(parseNot(tokens));
  return (item, given) => tests.every((test) => test(item, given));
}

function parseNot(tokens: Tokens): Test {
  if (tokens.skip("NOT")) {
    const test = parseNot(tokens);
    return (item, given) => !test(item, given);
  }
  if (tokens.skip("(")) {
    const test = parseOr(tokens);
    tokens.expect(")");
    return test;
  }
  return parseComparison(tokens);
}

function parseComparison(tokens: Tokens): Test {
  const first = tokens.take();
  if (tokens.skip("(")) return parseFunction(first, tokens);
  const left = operand(first);
  const operator = tokens.take();
  if (operator === "BETWEEN") {
    const low = operand(tokens.take());
    tokens.expect("AND");
    const high = operand(tokens.take());
    return (item, given) =>
      holds(">=", left(item, given), low(item, given)) && holds("<=", left(item, given), high(item, given));
  }
  const right = operand(tokens.take());
  holds(operator, undefined, undefined);
  return (item, given) => holds(operator, left(item, given), right(item, given));
}

function parseFunction(name: string, tokens: Tokens): Test {
  const path = operand(tokens.take());
  if (name === "begins_with" || name === "contains") {
    tokens.expect(",");
    const part = operand(tokens.take());
    tokens.expect(")");
    const test = (text: string | undefined, of: string) =>
      name === "contains" ? text?.includes(of) === true : text?.startsWith(of) === true;
    return (item, given) => test(path(item, given)?.S, part(item, given)?.S ?? "");
  }
  tokens.expect(")");
  if (name === "attribute_exists") return (item, given) => path(item, given) !== undefined;
  if (name === "attribute_not_exists") return (item, given) => path(item, given) === undefined;
  throw new SyntaxError(`function ${name}`);
}

function operand(token: string): Operand {
  if (token.startsWith(":")) return (_, given) => givenValue(token, given);
  if (!/^#?[A-Za-z_]\w*$/.test(token)) throw new SyntaxError(`operand ${token}`);
  return (item, given) => item[attributeName(token, given)];
}

/** A comparison with an attribute that is not there does not hold. */
function holds(operator: string, left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  const isKnown = left !== undefined && right !== undefined;
  if (isKnown && (left.N === undefined) !== (right.N === undefined)) return operator === "<>";
  if (isKnown && left.N === undefined && (left.S === undefined || right.S === undefined))
    throw new TypeError("only text and numbers compare");
  const order = compare(left, right);
  switch (operator) {
    case "=":
      return isKnown && order === 0;
    case "<>":
      return !isKnown || order !== 0;
    case "<":
      return isKnown && order < 0;
    case "<=":
      return isKnown && order <= 0;
    case ">":
      return isKnown && order > 0;
    case ">=":
      return isKnown && order >= 0;
    default:
      throw new SyntaxError(`operator ${operator}`);
  }
}

function attributeName(path: string, { ExpressionAttributeNames: names }: Placeholders): string {
  if (!path.startsWith("#")) return path;
  const name = names?.[path];
  if (name === undefined) throw new SyntaxError(`no attribute name for ${path}`);
  return name;
}

function givenValue(token: string, { ExpressionAttributeValues: values }: Placeholders): AttributeValue {
  const value = values?.[token];
  if (value === undefined) throw new SyntaxError(`no value for ${token}`);
  return value;
}
