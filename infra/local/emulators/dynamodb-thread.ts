import { parentPort, workerData } from "node:worker_threads";
import dynalite from "dynalite";
import { listenLocally } from "../local-server.ts";
import { readInThread } from "./read-in-thread.ts";

// dynalite over LevelDB. Its writes are in the kernel's hands when it answers, so they survive kill -9.
readInThread();
const { folder } = workerData as { folder: string };
const server = dynalite({ path: folder, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
const { port, close } = await listenLocally(server);
parentPort?.once("message", () => void close().then(() => process.exit()));
parentPort?.postMessage({ port });
