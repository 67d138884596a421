/** What a handler's thread is started with. */
export interface ThreadStart {
  readonly file: string;
  readonly exportName: string;
  readonly clock: SharedArrayBuffer;
  /** What the handler prints goes here. */
  readonly logFile: string;
}

/** Main thread → handler's thread. `event` is JSON, as Lambda's is: handlers must not share objects with the runtime. */
export interface InvocationRequest {
  readonly event: string;
  readonly requestId: string;
  readonly timeoutMs: number;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
}

/** An error as Lambda reports it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** Handler's thread → main thread. `payload` is JSON. */
export type InvocationAnswer =
  | { readonly ok: true; readonly payload: string }
  | { readonly ok: false; readonly error: FunctionError };
