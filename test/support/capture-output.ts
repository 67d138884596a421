import { onTestFinished, vi } from "vitest";

/** Everything that this process writes to standard output and standard error until the test ends, or to a console that does
 *  not lead there. */
export function captureOutput(): { readonly text: () => string } {
  const written: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, "write").mockImplementation((chunk) => {
      written.push(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"));
      return true;
    }),
  );
  for (const method of ["debug", "error", "info", "log", "trace", "warn"] as const) {
    const spy = vi
      .spyOn(console, method)
      .mockImplementation((...said) => void written.push(said.map(String).join(" ")));
    onTestFinished(() => spy.mockRestore());
  }
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
  });
  return { text: () => written.join("\n") };
}
