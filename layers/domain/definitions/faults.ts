import type * as z from "zod";

/** What is wrong with a definition, and where. */
export interface Fault {
  /** Where in the definition: `rule.all[0].did.within`; empty for the whole of it. */
  readonly path: string;
  /** Stable: operators and tests count on it. */
  readonly code: string;
  readonly message: string;
  /** `tag/frequent-buyer`, where more than one definition was looked at. */
  readonly definition?: string;
}

/** Turns zod's issues into faults: one for each unknown key, with the codes that refinements name. */
export function faultsOf(error: z.ZodError): Fault[] {
  const faults = error.issues.flatMap((issue) => faultsOfIssue(issue as z.core.$ZodIssue));
  // An object with an unknown key lacks what the key was meant for: saying so too would be noise.
  const unknownIn = new Set(
    error.issues.filter((issue) => issue.code === "unrecognized_keys").map(({ path }) => show(path)),
  );
  const noise = new Set(["rule_one_key", "operator_one", "measure_one", "touch_one", "field_missing", "range_missing"]);
  return faults.filter(({ path, code }) => !(noise.has(code) && unknownIn.has(path)));
}

function faultsOfIssue(issue: z.core.$ZodIssue): Fault[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(issue.path, key));
  return [{ path: show(issue.path), code: codeOf(issue), message: issue.message }];
}

function unknownKey(path: readonly PropertyKey[], key: string): Fault {
  return { path: show([...path, key]), code: "unknown_key", message: `unknown key: ${key}` };
}

function codeOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "custom":
      return typeof issue.params?.code === "string" ? issue.params.code : "not_allowed";
    case "invalid_type":
      return issue.input === undefined && issue.message.endsWith("received undefined") ? "missing" : "wrong_type";
    case "invalid_format":
      return "bad_format";
    case "too_big":
    case "too_small":
      return issue.code;
    case "invalid_union":
      return "wrong_type";
    default:
      return "not_allowed";
  }
}

/** `["rule", "all", 0, "did"]` as `rule.all[0].did`; a key that is no plain word in quotes. */
export function show(path: readonly PropertyKey[]): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(String(step))) text += `${text && "."}${String(step)}`;
    else text += `[${JSON.stringify(String(step))}]`;
  }
  return text;
}
