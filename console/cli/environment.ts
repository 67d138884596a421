/** What the command line reads from its environment; no other file of the CLI does. */
export interface Environment {
  readonly url: string | undefined;
  readonly token: string | undefined;
  readonly writeKey: string | undefined;
  readonly dataDir: string | undefined;
  /** Undefined: whatever the stream is. */
  readonly colours: boolean | undefined;
}

/** https://no-color.org, and FORCE_COLOR as Node has it. */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const text = (name: string): string | undefined => (env[name] === "" ? undefined : env[name]);
  const forced = text("FORCE_COLOR");
  return {
    url: text("STRATA_URL"),
    token: text("STRATA_TOKEN"),
    writeKey: text("STRATA_WRITE_KEY"),
    dataDir: text("STRATA_DATA_DIR"),
    colours:
      text("NO_COLOR") !== undefined || env.TERM === "dumb"
        ? false
        : forced === undefined
          ? undefined
          : forced !== "0" && forced !== "false",
  };
}
