/** What both kinds of gateway take as an answer. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

export function answerJson(statusCode: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer {
  return {
    statusCode,
    headers: { "Content-Type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(body),
    isBase64Encoded: false,
  };
}

export function answerBytes(contentType: string, bytes: Uint8Array): HttpAnswer {
  return {
    statusCode: 200,
    headers: { "Content-Type": contentType, "Cache-Control": "no-store" },
    body: Buffer.from(bytes).toString("base64"),
    isBase64Encoded: true,
  };
}
