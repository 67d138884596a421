import { describe, expect, test } from "vitest";
import { isJunkIdentifier } from "#domain/identity/junk-identifier.ts";
import { normaliseIdentifier } from "#domain/identity/normalise-identifier.ts";

/** What real sources were seen to send for nobody. */
const JUNK = [
  ...["", " ", "\t\n", "\u3000", "\u200b", "\ufeff", "\u0000", '""', "''", "“”"],
  ...[
    "0",
    "00",
    "000000",
    "0.0",
    "0.00",
    "-0",
    "00000000-0000-0000-0000-000000000000",
    "00:00:00:00:00:00",
    "０",
    "０００",
  ],
  ...["-", "--", "---", "—", "–", "－", "_", "- -", "0-0"],
  ...[
    "null",
    "NULL",
    "Null",
    "nUlL",
    " null ",
    '"null"',
    "'null'",
    "`null`",
    "<null>",
    "(null)",
    "[null]",
    "{null}",
    "ｎｕｌｌ",
    "＂ｎｕｌｌ＂",
    "“null”",
    "«null»",
    "「null」",
    "n u l l",
    "null\u200b",
  ],
  ...["undefined", "Undefined", "UNDEFINED", "'undefined'", "ＵＮＤＥＦＩＮＥＤ"],
  ...["none", "None", "NONE", '"None"', "nil", "NIL", "Nil", "<nil>", "nan", "NaN", "NAN", "Ｎａｎ"],
  ...["true", "True", "TRUE", "false", "False", "FALSE", "'false'"],
  ...["guest", "Guest", "GUEST", "anonymous", "Anonymous", "unknown", "Unknown", "UNKNOWN", " Unknown "],
  ...["-1", "－1", "－１", "'-1'"],
  ...[
    "[object Object]",
    "[Object object]",
    "[OBJECT OBJECT]",
    "[object  Object]",
    '"[object Object]"',
    "［object Object］",
  ],
  ...[
    "your-user-id",
    "YOUR-USER-ID",
    "your_user_id",
    "yourUserId",
    "<your-user-id>",
    "{{user_id}}",
    "$user_id$",
    "%user_id%",
    "your user id",
    "YOUR_EMAIL",
  ],
];

const SOMEBODY = [
  ...[
    "u-1",
    "1",
    "10",
    "01",
    "-2",
    "nullable",
    "none-such",
    "true-blue",
    "anonymous-42",
    "unknown1",
    "guest7",
    "object",
  ],
  ...["O'Brien", "张伟", "user-0", "0x0f", "a0", "0001", "null-1", "ID-7", "1a2004f191a57e-08586c70a76f998"],
];

test("there are at least sixty forms of nobody", () => {
  expect(new Set(JUNK).size).toBeGreaterThanOrEqual(60);
});
test.each(JUNK)("%j is nobody", (value) => {
  expect(isJunkIdentifier(value)).toBe(true);
  expect(normaliseIdentifier("userId", value, "US").kind).not.toBe("value");
});
test.each(SOMEBODY)("%j is somebody", (value) => {
  expect(isJunkIdentifier(value)).toBe(false);
});

describe("normalising", () => {
  const normal = (type: string, given: unknown, region = "US") => {
    const normalised = normaliseIdentifier(type, given, region);
    return normalised.kind === "unusable" ? normalised.code : normalised.kind === "value" ? normalised.value : "absent";
  };
  test("trims and composes", () => {
    expect(normal("userId", "  Zoe\u0308\u00a0")).toBe("Zoë");
    expect(normal("userId", "U-1")).toBe("U-1");
  });
  test("lower-cases e-mail addresses, and takes nothing else for one", () => {
    expect(normal("email", " Ann@Example.COM ")).toBe("ann@example.com");
    for (const bad of ["ann", "ann@", "@example.com", "a b@c.d", "a@b@c"])
      expect(normal("email", bad)).toBe("identifier_malformed");
    expect(normal("email", "null@null")).toBe("identifier_malformed");
  });
  test("writes phones as E.164, national ones by the project's region", () => {
    expect(normal("phone", "(212) 555-2368")).toBe("+12125552368");
    expect(normal("phone", "138 0013 8000", "CN")).toBe("+8613800138000");
    expect(normal("phone", 13800138000, "CN")).toBe("+8613800138000");
    expect(normal("phone", "＋８６１３８００１３８０００", "US")).toBe("+8613800138000");
    expect(normal("phone", "+44 20 7946 0018", "CN")).toBe("+442079460018");
    for (const bad of ["12", "call me", "+1"]) expect(normal("phone", bad)).toBe("identifier_malformed");
  });
  test("makes texts of safe integers and refuses other things", () => {
    expect(normal("userId", 42)).toBe("42");
    expect(normal("userId", Number.MAX_SAFE_INTEGER)).toBe("9007199254740991");
    for (const bad of [1.5, 2 ** 53, 1e21, true, {}, []]) expect(normal("userId", bad)).toBe("identifier_not_text");
    for (const absent of [null, undefined, ""]) expect(normal("userId", absent)).toBe("absent");
  });
  test("takes 512 bytes of UTF-8 and not one more", () => {
    expect(normal("userId", "u".repeat(512))).toBe("u".repeat(512));
    expect(normal("userId", "u".repeat(513))).toBe("identifier_too_long");
    expect(normal("userId", "界".repeat(171))).toBe("identifier_too_long");
  });
  test("is stable: what was normalised stays as it is", () => {
    for (const [type, given] of [
      ["email", "A@B.c"],
      ["phone", "+8613800138000"],
      ["userId", " x "],
    ] as const) {
      const once = normal(type, given);
      expect(normal(type, once)).toBe(once);
    }
  });
});
