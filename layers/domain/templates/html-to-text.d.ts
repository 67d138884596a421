/** The library comes without types: this is the part that is used. */
declare module "html-to-text" {
  export interface HtmlToTextOptions {
    readonly wordwrap: false | number;
    readonly limits: {
      readonly maxInputLength: number;
      readonly maxDepth: number;
      readonly maxChildNodes: number;
    };
    readonly selectors: readonly {
      readonly selector: string;
      readonly format?: string;
      readonly options?: Readonly<Record<string, unknown>>;
    }[];
  }
  export function convert(html: string, options: HtmlToTextOptions): string;
}
