/* The files below sql/, carried in the program. */
#ifndef CLOSEDLOOP_LOAD_EMBEDDED_H
#define CLOSEDLOOP_LOAD_EMBEDDED_H

#include "common/embedded.h"

extern const EmbeddedFile embedded_files[];
extern const size_t embedded_file_count;

#endif
