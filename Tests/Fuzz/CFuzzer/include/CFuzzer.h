// libFuzzer's entry point for programs with their own main (compiler-rt, FuzzerInterface).
#ifndef NUMGATE_CFUZZER_H
#define NUMGATE_CFUZZER_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

#endif
