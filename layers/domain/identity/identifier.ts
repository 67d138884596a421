/** Identifier types that every project has, strongest first (model.md §2). */
export const PRESET_IDENTIFIER_TYPES = [
  "userId",
  "unionid",
  "phone",
  "email",
  "openid",
  "deviceId",
  "registrationId",
  "anonymousId",
] as const;

const PRESETS: ReadonlySet<string> = new Set(PRESET_IDENTIFIER_TYPES);
/** An openid belongs to one app, so two apps' openids are two types. */
const OPENID_OF_APP = /^openid:[\w-]{1,64}$/;

/** True if the type is a preset, an app's openid, or one that the project added. */
export function isIdentifierType(type: string, added: readonly { readonly type: string }[]): boolean {
  return PRESETS.has(type) || OPENID_OF_APP.test(type) || added.some((own) => own.type === type);
}
