/** The program of the thread that renders: its file. In a bundle, which is one file, the bundler puts the text of the
 *  bundled program here instead (infra/bundling/embedded-threads.ts). */
export const threadSource: { readonly program: string | URL; readonly eval: boolean } = {
  program: new URL("render-thread.ts", import.meta.url),
  eval: false,
};
