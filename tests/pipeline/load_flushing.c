/* closedloop-load, but for one thing: sums of journeys are written after each deal, as if they never fitted into
 * memory. A test has not the time to fill it. */
#include "load/credit_sums.h"
#include "load/load.h"

/* In the place of credit_sums_open(), and what stands there: by the linker's --wrap. */
Status __real_credit_sums_open(CreditSums *sums, const SumDeal *deal, size_t touch_count, Error *error);
Status __wrap_credit_sums_open(CreditSums *sums, const SumDeal *deal, size_t touch_count, Error *error);

Status __wrap_credit_sums_open(CreditSums *sums, const SumDeal *deal, size_t touch_count, Error *error)
{
    TRY(credit_sums_flush(sums, error));
    return __real_credit_sums_open(sums, deal, touch_count, error);
}

int main(int argc, char **argv)
{
    return load_main(argc, argv);
}
