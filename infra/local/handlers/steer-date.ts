/**
 * Makes `Date.now()` and `new Date()` of this thread follow the steered clock. `performance` and timers stay as they
 * are: they measure, they do not tell the time.
 *
 * @param shared one float, milliseconds to add; changes are seen at once
 */
export function steerDate(shared: SharedArrayBuffer): void {
  const offset = new Float64Array(shared);
  const MachineDate = Date;
  const machineNow = Date.now;
  const now = (): number => Math.floor(machineNow() + (offset[0] ?? 0));
  MachineDate.now = now;
  globalThis.Date = new Proxy(MachineDate, {
    construct: (target, args: [], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as object,
    apply: (target) => new target(now()).toString(),
  });
}
