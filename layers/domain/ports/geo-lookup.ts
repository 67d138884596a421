import type { Place } from "#events/collected-event.ts";

export interface GeoLookup {
  /** Where an IP address is; undefined for private addresses, for unknown ones, and where no database is installed. */
  find(ip: string): Place | undefined;
}
