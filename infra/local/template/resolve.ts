import { accountId, physicalAttribute, physicalId, region } from "./physical-ids.ts";
import type { Assembly, Stack } from "./read-assembly.ts";
import { TemplateError } from "./template-error.ts";

/** `Ref` of AWS::NoValue: the property is left out. */
const noValue = Symbol("AWS::NoValue");

/**
 * Evaluates a template's intrinsic functions as CloudFormation would, over all stacks of the app: references become
 * the names that the local runtime gives, imports are followed into the stack that exports.
 */
export class Resolver {
  readonly #stacks: readonly Stack[];

  constructor(assembly: Pick<Assembly, "stacks">) {
    this.#stacks = assembly.stacks;
  }

  /** A plain value without any intrinsic; throws a TemplateError for what cannot be evaluated. */
  resolve(value: unknown, stack: Stack): unknown {
    const resolved = this.#resolve(value, stack);
    return resolved === noValue ? undefined : resolved;
  }

  /** Whether the condition of a resource holds; true where it has none. */
  holds(condition: string | undefined, stack: Stack): boolean {
    if (condition === undefined) return true;
    if (!(condition in stack.Conditions)) throw new TemplateError(`${stack.name}: no condition ${condition}`);
    return this.#resolve(stack.Conditions[condition], stack) === true;
  }

  #resolve(value: unknown, stack: Stack): unknown {
    if (Array.isArray(value)) {
      return value.map((item) => this.#resolve(item, stack)).filter((item) => item !== noValue);
    }
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only && isIntrinsic(only)) return this.#intrinsic(only[0], only[1], stack);
    return Object.fromEntries(
      entries.map(([key, item]) => [key, this.#resolve(item, stack)]).filter(([, item]) => item !== noValue),
    );
  }

  #intrinsic(name: string, argument: unknown, stack: Stack): unknown {
    // GetAtt and Sub name resources, which are no values yet.
    if (name === "Ref") return this.#reference(String(argument), stack);
    if (name === "Condition") return this.holds(String(argument), stack);
    if (name === "Fn::GetAtt") return this.#attribute(argument, stack);
    if (name === "Fn::Sub") return this.#substitute(argument, stack);
    if (name === "Fn::If") return this.#choose(argument, stack);

    const value = this.#resolve(argument, stack);
    const list = Array.isArray(value) ? (value as unknown[]) : [];
    switch (name) {
      case "Fn::Join":
        return asList(list[1]).join(String(list[0]));
      case "Fn::Split":
        return String(list[1]).split(String(list[0]));
      case "Fn::Select":
        return asList(list[1])[Number(list[0])];
      case "Fn::ImportValue":
        return this.#import(String(value));
      case "Fn::Equals":
        return list[0] === list[1];
      case "Fn::And":
        return list.every((item) => item === true);
      case "Fn::Or":
        return list.some((item) => item === true);
      case "Fn::Not":
        return list[0] !== true;
      default:
        throw new TemplateError(`${stack.name}: ${name} is not known locally`);
    }
  }

  #reference(name: string, stack: Stack): unknown {
    switch (name) {
      case "AWS::Region":
        return region;
      case "AWS::AccountId":
        return accountId;
      case "AWS::Partition":
        return "aws";
      case "AWS::URLSuffix":
        return "amazonaws.com";
      case "AWS::StackName":
        return stack.name;
      case "AWS::NoValue":
        return noValue;
    }
    const parameter = stack.Parameters[name];
    if (parameter) return parameter.Default;
    return physicalId(this.#referenced(name, stack));
  }

  #attribute(argument: unknown, stack: Stack): string {
    const [logicalId, attribute] = Array.isArray(argument)
      ? argument.map(String)
      : String(argument).split(/\.(.*)/s, 2);
    return physicalAttribute(this.#referenced(logicalId ?? "", stack), attribute ?? "");
  }

  #substitute(argument: unknown, stack: Stack): string {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    const values = this.#resolve(variables, stack) as Record<string, unknown>;
    return String(text).replace(/\$\{([^}]+)\}/g, (_, name: string) => {
      if (name.startsWith("!")) return `\${${name.slice(1)}}`;
      if (name in values) return String(values[name]);
      return String(
        name.includes(".") && !name.startsWith("AWS::") ? this.#attribute(name, stack) : this.#reference(name, stack),
      );
    });
  }

  #choose(argument: unknown, stack: Stack): unknown {
    const [condition, whenTrue, whenFalse] = asList(argument);
    return this.#resolve(this.holds(String(condition), stack) ? whenTrue : whenFalse, stack);
  }

  #import(name: string): unknown {
    for (const stack of this.#stacks) {
      for (const { Export, Value } of Object.values(stack.Outputs)) {
        if (Export && this.#resolve(Export.Name, stack) === name) return this.#resolve(Value, stack);
      }
    }
    throw new TemplateError(`no stack exports ${name}`);
  }

  #referenced(logicalId: string, stack: Stack) {
    const resource = stack.Resources[logicalId];
    if (!resource) throw new TemplateError(`${stack.name}: no resource ${logicalId}`);
    return { stack: stack.name, logicalId, type: resource.Type };
  }
}

const isIntrinsic = ([key, argument]: [string, unknown]): boolean =>
  key === "Ref" || key.startsWith("Fn::") || (key === "Condition" && typeof argument === "string");

const asList = (value: unknown): unknown[] => {
  if (Array.isArray(value)) return value;
  throw new TemplateError(`expected a list, not ${JSON.stringify(value)}`);
};
