/* closedloop-load: from load-ready batches to reports. */
#ifndef CLOSEDLOOP_LOAD_LOAD_H
#define CLOSEDLOOP_LOAD_LOAD_H

/* The whole program; returns its exit status. */
int load_main(int argc, char **argv);

#endif
