#ifndef NUMGATE_CTHREADSLOT_H
#define NUMGATE_CTHREADSLOT_H

#ifdef __cplusplus
extern "C" {
#endif

// Number of slots.
enum { NUMGATE_THREAD_SLOTS = 32 };

// Returns a number below NUMGATE_THREAD_SLOTS that no other running thread has. It is the same for all calls of a
// thread and can be reused after the thread has ended. -1 if all slots are in use.
int numgate_thread_slot(void);

#ifdef __cplusplus
}
#endif
#endif
