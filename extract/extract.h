/* The program closedloop-extract: turns source files into batches of records in the spool. main.c only calls it, so
 * that tests can.
 *
 *     int main(int argc, char **argv)
 *     {
 *         return extract_main(argc, argv);
 *     }
 */
#ifndef CLOSEDLOOP_EXTRACT_EXTRACT_H
#define CLOSEDLOOP_EXTRACT_EXTRACT_H

/* Returns the exit status (common/error.h). */
int extract_main(int argc, char **argv);

#endif
