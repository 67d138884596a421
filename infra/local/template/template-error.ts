/** The template holds something that the local runtime would silently get wrong. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
  readonly code = "template_not_understood";
}
