/** The source of the platform's own events: what it says of messages and consents is believed as no collector is, and no
 *  source of a project may have its name. */
export const OWN_SOURCE = "strata";
