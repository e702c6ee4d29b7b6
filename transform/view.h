/* Views: what visitors did. One pass over the file, since there may be very many; of views of one key the first stays.
 *
 *     TRY(view_convert_file(conversion, path, error));
 */
#ifndef CLOSEDLOOP_TRANSFORM_VIEW_H
#define CLOSEDLOOP_TRANSFORM_VIEW_H

#include "transform/conversion.h"

/* Writes views, the contents and arrivals that they name, and an identity for each view that shows a person; counts
 * emitted, rejected, duplicate and filtered (robots). */
Status view_convert_file(Conversion *conversion, const char *path, Error *error);

#endif
