/** A journey that calls a webhook of this machine for each event, at once. */
export function touchDefinitions(port: number) {
  return [
    {
      kind: "channel",
      name: "hook",
      channel: "webhook",
      adapter: "standard-webhooks",
      options: { url: `http://127.0.0.1:${port}/` },
      secret: "strata/hook",
      rate: { max: 1_000, per: "second" },
    },
    {
      kind: "journey",
      name: "at-once",
      trigger: { event: "Thing Done" },
      steps: [{ send: { channel: "webhook", template: "at-once", category: "transactional" } }],
    },
    {
      kind: "template",
      name: "at-once",
      channel: "webhook",
      category: "transactional",
      locales: { en: { body: '{"n": {{ event.properties.n }}}' } },
    },
  ];
}
