import { runCli } from "./cli.ts";
import { readEnvironment } from "./environment.ts";

// Whoever reads our output may stop early (`| head`): that is no fault of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), readEnvironment(), process);
