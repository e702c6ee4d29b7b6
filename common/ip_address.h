/* Network addresses and ranges of them, of either version. An IPv4 address and the IPv6 address that stands for it
 * (::ffff:10.0.0.1) are one.
 *
 *     IpRange range;
 *     const char *flaw = ip_range_parse(TEXT("10.0.0.0/8"), &range);
 *     IpAddress address;
 *     if (!flaw && ip_address_read(TEXT("10.1.2.3:55123"), &address) && ip_range_holds(&range, &address)) ...
 */
#ifndef CLOSEDLOOP_COMMON_IP_ADDRESS_H
#define CLOSEDLOOP_COMMON_IP_ADDRESS_H

#include "common/text.h"

#include <stdint.h>

typedef struct IpAddress {
    uint8_t bytes[16];
} IpAddress;

typedef struct IpRange {
    IpAddress first;
    unsigned bits; /* that all its addresses share with the first, of 128 */
} IpRange;

/* As logs and exports write it: 10.1.2.3, 10.1.2.3:80, 2001:db8::1, [2001:db8::1]:80, fe80::1%eth0; of a list with
 * commas (X-Forwarded-For) the first. False for anything else. */
bool ip_address_read(Text text, IpAddress *ret_address);

/* 10.0.0.0/8, 2001:db8::/32, or an address alone; nothing may stand behind the bits that count. Returns what is wrong
 * with it, as the end of "'...' ...", or NULL. */
const char *ip_range_parse(Text text, IpRange *ret_range);

bool ip_range_holds(const IpRange *range, const IpAddress *address);

#endif
