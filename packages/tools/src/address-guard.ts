import { lookup, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";

import ipaddr from "ipaddr.js";

/**
 * Says whether an IP address belongs to the public internet. Everything else is refused by default: a range that is not
 * known to be public is not public.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  const ip = ipaddr.parse(address);
  if (!("parts" in ip)) return ip.range() === "unicast" && !platformAddresses.has(ip.toString());
  // Only 2000::/3 has ever been handed out; what the library calls unicast besides it hides IPv4 (::7f00:1).
  return ip.range() === "unicast" && (ip.parts[0] ?? 0) >> 13 === 1 && !isIsatap(ip.parts);
}

/**
 * Resolves a name for a socket, and only to public addresses: the addresses checked are the ones connected to, so a name
 * that resolves differently the second time gains nothing.
 */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    const refused = addresses.some(({ address }) => !isPublicAddress(address));
    const [first] = addresses;
    if (refused || !first) return callback(new RefusedAddress(hostname), []);
    if (options.all) return callback(null, addresses satisfies LookupAddress[]);
    callback(null, first.address, first.family);
  });
};

/** The refusal of a host that leads into a private network. The address itself is not told: it would map the network. */
export class RefusedAddress extends Error {
  constructor(host: string) {
    super(
      `"${host}" leads to a private, local or reserved network address, which is not allowed: use a public host.`,
    );
  }
}

/** Public by number but answered by the machine's own cloud: Azure's WireServer. */
const platformAddresses: ReadonlySet<string> = new Set(["168.63.129.16"]);

/** ISATAP (RFC 5214) carries any IPv4 address in the last 32 bits. */
function isIsatap(parts: readonly number[]): boolean {
  return (parts[4] === 0 || parts[4] === 0x200) && parts[5] === 0x5efe;
}
