import { describe, expect, test } from "vitest";
import { chooseLocale } from "#domain/templates/choose-locale.ts";

describe("the language of a message", () => {
  test.each<[string, string[], string | undefined, string[], string]>([
    ["exactly the person's", ["en", "zh", "zh-TW"], "zh-TW", [], "zh-TW"],
    ["however it is written", ["en", "zh-TW"], " ZH_tw ", [], "zh-TW"],
    ["the person's without the place", ["en", "zh"], "zh-Hans-CN", [], "zh"],
    ["the same of another place", ["en", "zh-TW"], "zh", [], "zh-TW"],
    ["English for Chinese", ["de", "en"], "zh-CN", ["de"], "en"],
    ["Chinese for English", ["de", "zh"], "en-GB", ["de"], "zh"],
    ["the project's for others", ["de", "en", "zh"], "fr", ["ja", "zh"], "zh"],
    ["the project's where nobody knows", ["de", "zh"], undefined, ["zh", "de"], "zh"],
    ["the first in the end", ["de", "it"], "zh", ["ja"], "de"],
    ["the first for what is no language", ["de", "it"], "", [], "de"],
  ])("is %s", (_, available, wanted, ofProject, expected) => {
    expect(chooseLocale(available, wanted, ofProject)).toBe(expected);
  });
});
