/* The files below sql/ and deploy/report/page/, carried in the program. */
#ifndef CLOSEDLOOP_LOAD_EMBEDDED_H
#define CLOSEDLOOP_LOAD_EMBEDDED_H

#include "common/embedded.h"

extern const EmbeddedFile embedded_files[];
extern const size_t embedded_file_count;

/* The files below deploy/report/page/. */
extern const EmbeddedFile page_files[];
extern const size_t page_file_count;

#endif
