/* The version of the programs, given by the build. */
#ifndef CLOSEDLOOP_COMMON_VERSION_H
#define CLOSEDLOOP_COMMON_VERSION_H

#ifndef CLOSEDLOOP_VERSION
#define CLOSEDLOOP_VERSION "unknown"
#endif

#endif
