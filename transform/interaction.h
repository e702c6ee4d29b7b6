/* The interaction of a view: page_view, download, form, email_click, ...
 *
 *     char name[INTERACTION_SIZE];
 *     if (!interaction_conform(TEXT("Email Click"), name, &interaction)) ...      // email_click
 */
#ifndef CLOSEDLOOP_TRANSFORM_INTERACTION_H
#define CLOSEDLOOP_TRANSFORM_INTERACTION_H

#include "common/text.h"

enum { INTERACTION_SIZE = 64 };

/* Letters, those of ASCII in lower case, digits, and one underscore for each run of anything else in ASCII, none at the
 * ends; what is beyond ASCII counts as letters. Cut, between two characters, where it outgrows INTERACTION_SIZE bytes.
 * The absent and the empty text are page_view. False if nothing is left. */
bool interaction_conform(Text raw, char buffer[static INTERACTION_SIZE], Text *ret_interaction);

#endif
