#ifndef NUMGATE_CTHREADSLOT_H
#define NUMGATE_CTHREADSLOT_H

#ifdef __cplusplus
extern "C" {
#endif

// The most slots there are.
enum { NUMGATE_THREAD_SLOTS = 32 };

// A number below NUMGATE_THREAD_SLOTS that no other running thread has; the same for each call of a thread, and free
// for another thread once this one has ended. -1 where all are in use.
int numgate_thread_slot(void);

#ifdef __cplusplus
}
#endif
#endif
