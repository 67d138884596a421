import { sendBatch } from "#domain/sending/send-batch.ts";
import { MAIL, openSendWorld } from "./send-world.ts";

type World = ReturnType<typeof openSendWorld>;

/** A world of mail in which Ann can be written to. */
export async function aWorldWithAnn(...written: unknown[]): Promise<World> {
  const world = openSendWorld(MAIL, ...written);
  await world.person("ann");
  return world;
}

/** Works messages and gives back the turn of the one, or of the first. */
export async function work(world: World, ...ids: string[]) {
  const { turns } = await sendBatch(world.ports, "email", ids);
  return turns.get(ids[0] ?? "");
}
