#include "load/fitted_model.h"

const FittedModel FITTED_MODELS[FITTED_MODELS_COUNT] = {
    {101, FITTED_MARKOV, FITTED_CONTENT, "markov_content",
     "by removal effect: the part of the won walks of a first-order chain over contents that would be lost without it"},
    {102, FITTED_MARKOV, FITTED_CHANNEL, "markov_channel",
     "by removal effect: the part of the won walks of a first-order chain over channels that would be lost without it"},
    {103, FITTED_MARKOV, FITTED_TOPIC, "markov_topic",
     "by removal effect: the part of the won walks of a first-order chain over topics that would be lost without it"},
    {104, FITTED_SHAPLEY, FITTED_CHANNEL, "shapley_channel",
     "by Shapley value: what a channel adds, in the mean of all orders, to the win rate of the channels of the deal"},
    {105, FITTED_SHAPLEY, FITTED_TOPIC, "shapley_topic",
     "by Shapley value: what a topic adds, in the mean of all orders, to the win rate of the topics of the deal"},
};
