/* The program closedloop-transform: turns batches of records into load-ready batches. main.c only calls it, so that
 * tests can.
 *
 *     int main(int argc, char **argv)
 *     {
 *         return transform_main(argc, argv);
 *     }
 */
#ifndef CLOSEDLOOP_TRANSFORM_TRANSFORM_H
#define CLOSEDLOOP_TRANSFORM_TRANSFORM_H

/* Returns the exit status (common/error.h). */
int transform_main(int argc, char **argv);

#endif
