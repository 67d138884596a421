/** A Segment call. */
export interface Call {
  readonly type: "track" | "identify";
  readonly messageId: string;
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly timestamp: string;
  readonly event?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly traits?: Readonly<Record<string, unknown>>;
}

/** One browser, till or server: it sends its calls in order, each request once the one before was answered. */
export interface Sender {
  /** Whose calls they are: `userId:…`, or `anonymousId:…` of somebody who never says who they are. */
  readonly person: string;
  /** Name of the source whose write key it uses. */
  readonly source: "store" | "web" | "server";
  readonly calls: readonly Call[];
}
