/* The currencies of ISO 4217 and the decimal places of their minor units.
 *
 *     int exponent;
 *     if (!currency_exponent(TEXT("EUR"), &exponent))      // 2: a euro is 100 cents
 *         reject(...);
 *
 * Codes are those in force, and those withdrawn since 2010, which older deals still carry. What has no minor unit by
 * the standard (metals, funds' units, the test code XTS, XXX) is not money here.
 */
#ifndef CLOSEDLOOP_COMMON_CURRENCY_H
#define CLOSEDLOOP_COMMON_CURRENCY_H

#include "common/text.h"

enum { CURRENCY_SIZE = 4 }; /* a code and its NUL */

/* Decimal places of the minor unit: 0 (JPY) to 4 (CLF). The code is taken in any case; false if it is unknown. */
bool currency_exponent(Text code, int *ret_exponent);

/* The code in upper case, NUL-terminated; false if it is unknown. */
bool currency_normalize(Text code, char ret_code[static CURRENCY_SIZE]);

#endif
