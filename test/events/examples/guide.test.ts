import { describe, expect, test } from "vitest";
import { leadsSomewhere, readDocument } from "../../docs/markdown.ts";

const FOLDER = "events/examples/definitions";
const english = readDocument(`${FOLDER}/README.md`);
const chinese = readDocument(`${FOLDER}/README.zh-CN.md`);

describe("the guides to the example ladders", () => {
  test("are built alike, with the same code and the same files", () => {
    const levels = ({ headings }: typeof english) => headings.map(({ level }) => level);
    expect(levels(chinese)).toEqual(levels(english));
    expect(levels(english).length).toBeGreaterThan(6);
    expect(chinese.blocks).toEqual(english.blocks);
    const files = ({ links }: typeof english) => links.filter((link) => !link.startsWith("README")).toSorted();
    expect(files(chinese)).toEqual(files(english));
  });

  test.each([english, chinese])("$file: every link leads to a file", (guide) => {
    for (const link of guide.links) expect(leadsSomewhere(guide, link), link).toBe(true);
  });
});
