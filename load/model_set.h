/* The models that the configuration wants: cl_marketing.model is told of them, and gives each its number.
 *
 *     ModelSet models;
 *     TRY(model_set_configure(pg, config, &models, error));
 *     for (size_t i = 0; i < models.count; i++)
 *         … models.models[i].number …
 */
#ifndef CLOSEDLOOP_LOAD_MODEL_SET_H
#define CLOSEDLOOP_LOAD_MODEL_SET_H

#include "common/config/config.h"
#include "common/pg.h"
#include "load/attribution.h"
#include "load/fitted_model.h"

enum { MODEL_SET_MAX = 100 }; /* rule models, and their highest number */

typedef struct ModelSet {
    Model models[MODEL_SET_MAX]; /* rule models, by number; their names belong to the configuration */
    size_t count;
    const FittedModel *fitted[FITTED_MODELS_COUNT]; /* by number */
    size_t fitted_count;
} ModelSet;

Status model_set_configure(Pg *pg, const Config *config, ModelSet *ret_models, Error *error);

#endif
