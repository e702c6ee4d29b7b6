/* What the configuration says of attribution, as the database keeps it: cl_ops.setting.attribution. The refresh reads
 * its rules from there, and knows by it when reports rest on other ones.
 *
 *     cleanup(buffer_done) Buffer json = buffer_make(ATTRIBUTION_SETTING_CEILING);
 *     TRY(attribution_setting_write(&config->attribution, &json, error)); // json.data ends with a NUL
 *
 *     {"scope": "account", "lookback_touches": 50, "role_weights": {"decision_maker": 2000000},
 *      "interactions": {"except": ["email_open"]}, "channels": {"only": ["Organic Search"]}, "campaigns": {},
 *      "activities": ["meeting"], "path": {"collapse": "runs", "by": "channel", "drop_direct": true},
 *      "models": ["linear", "our_split"], "custom": {"our_split": [50000, 0, 30000, 0, 0, 0, 20000]}, "states": 500}
 */
#ifndef CLOSEDLOOP_LOAD_ATTRIBUTION_SETTING_H
#define CLOSEDLOOP_LOAD_ATTRIBUTION_SETTING_H

#include "common/buffer.h"
#include "common/config/attribution.h"
#include "common/error.h"

enum { ATTRIBUTION_SETTING_CEILING = 16 << 20 };

Status attribution_setting_write(const Attribution *attribution, Buffer *json, Error *error);

#endif
