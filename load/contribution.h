/* What the journeys of changed deals give to the sums that reports read (load/credit_sums): shares of the deal to their
 * contents, channels and campaigns under every rule model, the deal to each of these and to topics, and to contents by
 * the month of the touch. What they gave before is read from what stands in cl_marketing.deal_touch, and taken away.
 *
 *     cleanup(contribution_done) Contribution contribution;
 *     TRY(contribution_make(pg, &models, &arrivals, timezone, &contribution, error));
 *     TRY(contribution_take(&contribution, error));          // before the old journeys go
 *     TRY(contribution_add(&contribution, &journey, error)); // one new journey after the other
 *     TRY(contribution_write(&contribution, error));
 */
#ifndef CLOSEDLOOP_LOAD_CONTRIBUTION_H
#define CLOSEDLOOP_LOAD_CONTRIBUTION_H

#include "common/zone.h"
#include "load/credit_sums.h"
#include "load/journey.h"

typedef struct ContributedJourney {
    SumDeal deal;
    const Touch *touches;
    const JourneyTouch *ordered;
    size_t count; /* 0: nobody earned anything, and all goes to the rows named unattributed */
    Key nobodys_topic;
    SumShares shares;
    bool has_campaigns; /* some touches' campaigns count and others' do not: these get their shares from here */
    SumShares campaign_shares;
} ContributedJourney;

typedef struct Contribution {
    Pg *pg;
    Zone *zone; /* of reports */
    const ModelSet *models;
    const Arrivals *arrivals;
    int numbers[MODEL_SET_MAX];
    CreditSums credits; /* of contents, channels and campaigns */
    CreditSums counts;  /* of topics, and reach: deals alone */
} Contribution;

/* Models and arrivals must outlive it; its address stays. ERROR_CONFIG for a time zone that is not known. */
Status contribution_make(Pg *pg, const ModelSet *models, const Arrivals *arrivals, const char *timezone,
                         Contribution *ret_contribution, Error *error);

void contribution_done(Contribution *contribution);

/* Within the refresh's transaction, after 45_contribution: what changed deals gave so far, and, of deals that do not
 * change, what topics gave whose contents are of another one now. Constant memory, but for the longest journey. */
Status contribution_take(Contribution *contribution, Error *error);

/* A COPY on the same connection that is to end before sums are written, which they are whenever memory is full; NULL:
 * there is none any more. */
void contribution_set_open_copy(Contribution *contribution, CopyStream *stream);

Status contribution_add(Contribution *contribution, const ContributedJourney *journey, Error *error);

Status contribution_write(Contribution *contribution, Error *error);

#endif
