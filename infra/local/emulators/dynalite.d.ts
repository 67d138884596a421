declare module "dynalite" {
  import type { Server } from "node:http";

  /** `path` is the folder of its LevelDB; in memory where it is left out. */
  export default function dynalite(options: {
    path?: string;
    createTableMs?: number;
    updateTableMs?: number;
    deleteTableMs?: number;
  }): Server;
}
