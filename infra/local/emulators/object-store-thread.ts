import { Server } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { startFauxqs } from "fauxqs";

// fauxqs (its S3; queues are in ../queue) over SQLite. It listens on every address unless told otherwise, and `startFauxqs`, which alone
// sets up the database, takes no address: so this thread's servers listen on 127.0.0.1 whatever they are asked.
const listen = Server.prototype.listen;
Server.prototype.listen = function listenOnLoopback(this: Server, ...args: unknown[]) {
  const [options] = args;
  if (typeof options === "object" && options !== null) args[0] = { ...options, host: "127.0.0.1" };
  return Reflect.apply(listen, this, args) as Server;
} as typeof listen;

const { folder } = workerData as { folder: string };
const server = await startFauxqs({ port: 0, logger: false, dataDir: folder, host: "127.0.0.1" });
parentPort?.once("message", () => void server.stop().then(() => process.exit()));
parentPort?.postMessage({ port: server.port });
