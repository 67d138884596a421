import type { Category, ChannelName, TemplateContent } from "#events/definitions/template.ts";
import type { Message } from "#events/message.ts";

/** One message to be rendered: plain data, for it travels to another thread. */
export interface RenderJob {
  readonly channel: ChannelName;
  readonly category: Category;
  readonly content: TemplateContent;
  readonly wechatTemplateId?: string;
  readonly smsTemplateCode?: string;
  /** Liquid source by name: what `{% render "name" %}` puts in. */
  readonly partials: Readonly<Record<string, string>>;
  /** What a template can ask for: JSON, nothing in it null or undefined. */
  readonly scope: Readonly<Record<string, unknown>>;
  /** IANA: the zone of the `date` filter. */
  readonly timeZone: string;
  /** What `"now"` means, milliseconds since 1970. */
  readonly now: number;
  /** URLs that are left as they are when links are tracked: those to unsubscribe. */
  readonly untracked: readonly string[];
  /** Missing values are left empty and listed, instead of failing: for a preview. */
  readonly lenient?: boolean;
}

/** Stable: they are stored as the reason of a message that was not sent. */
export type RenderFaultCode =
  | "template_syntax"
  | "template_missing_value"
  | "template_partial_unknown"
  | "template_not_text"
  | "template_control_characters"
  | "template_empty"
  | "template_json_invalid"
  | "template_link_unsafe"
  | "template_url_invalid"
  | "template_too_large"
  | "template_too_deep"
  | "template_limit"
  | "template_timeout"
  | "template_memory"
  | "template_failed";

export interface RenderFault {
  readonly code: RenderFaultCode;
  /** `subject`, `body`, `data.first`; empty for the whole message. */
  readonly field: string;
  readonly message: string;
  /** Of `template_missing_value`: `person.traits.firstName`. */
  readonly value?: string;
}

/** A link in a rendered message: the slice of a field that is the URL, or in HTML the whole attribute. */
export interface MessageLink {
  readonly field: "html" | "text" | "body" | "url";
  readonly from: number;
  readonly to: number;
  readonly url: string;
}

export interface RenderWarning {
  readonly code: "email_clipped" | "no_unsubscribe_link" | "link_untracked" | "sms_parts";
  readonly message: string;
}

export type Rendered =
  | {
      readonly ok: true;
      readonly message: Message;
      /** Links that may be tracked, in their order in each field. */
      readonly links: readonly MessageLink[];
      readonly warnings: readonly RenderWarning[];
      /** Of a lenient rendering: what was missing. */
      readonly missing: readonly string[];
    }
  | { readonly ok: false; readonly faults: readonly RenderFault[]; readonly missing: readonly string[] };
