/** What the scenario uses of the package, which brings no types. */
declare module "sa-sdk-node" {
  export default class SensorsAnalytics {
    track(distinctId: string, event: string, properties: object): void;
    trackSignup(distinctId: string, originalId: string, properties: object): void;
    profileSet(distinctId: string, properties: object): void;
    profileIncrement(distinctId: string, properties: object): void;
    profileAppend(distinctId: string, properties: object): void;
    submitTo(
      options: { url: string },
      batch?: { count: number; timeSpan: number },
    ): { catch(report: (error: unknown) => void): void };
    close(): void;
  }
}
