/** What collection notices without refusing; carried by the event so that operators can count it. */
export const FLAGS = {
  no_rate: "Money in a currency that the project has no rate for: the order counts, its amount does not.",
  amount_out_of_range: "An amount too large to be kept as an exact integer was left out.",
  protected_trait_dropped: "A public source tried to set a protected trait.",
  trait_type_mismatch: "A value that its trait's mode cannot take (add needs a number, append texts) was left out.",
  identifier_dropped: "A placeholder or malformed value was not taken as an identifier; its trait is kept.",
  identifier_type_unknown: "An external id of a type that the project does not define was left out.",
  identifier_conflict: "A second, different value of a type that a person has only one of was left out.",
  clock_corrected: "The time was corrected for a client's clock that was wrong by a minute or more.",
  time_in_future: "A time in the future became the time of receipt.",
  public_grant: "A public source granted consent: it counts only if the anonymousId already belonged to the person.",
  consent_grant_unproven: "A public source granted consent with no anonymousId to prove whose it is; left out.",
} as const;

export type Flag = keyof typeof FLAGS;
