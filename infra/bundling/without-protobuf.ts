import type { Plugin } from "esbuild";

/**
 * Sketches can be written as protobuf messages, for which their library loads code that needs `protobufjs`, when asked to.
 * Ours are written as JSON; whoever asks for the other form gets an error.
 */
export const withoutProtobuf: Plugin = {
  name: "without-protobuf",
  setup(build) {
    build.onLoad({ filter: /@datadog\/sketches-js\/dist\/ddsketch\/proto\/compiled\.js$/ }, () => ({
      contents: 'throw new Error("sketches as protobuf messages are not bundled");',
      loader: "js",
    }));
  },
};
