/* SPDX-FileCopyrightText: The Condyle authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the programs of this folder share: a check that says what did not hold, and reading files.
 */
#ifndef CONDYLE_TESTS_EMBEDDING_CHECK_H_
#define CONDYLE_TESTS_EMBEDDING_CHECK_H_

#include <condyle/host.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                             \
  do {                                                                               \
    if (!(condition)) {                                                              \
      fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                       \
    }                                                                                \
  } while (0)

#define CHECK_STATUS(call, expected)                                                                   \
  do {                                                                                                 \
    const cndh_status got = (call);                                                                    \
    if (got != (expected)) {                                                                           \
      fprintf(stderr, "%s:%d: %s is %d and not %s\n", __FILE__, __LINE__, #call, (int)got, #expected); \
      exit(1);                                                                                         \
    }                                                                                                  \
  } while (0)

static inline cndh_bytes BytesOf(const char* text) {
  cndh_bytes bytes;
  bytes.data = (const uint8_t*)text;
  bytes.size = strlen(text);
  return bytes;
}

static inline cndh_bytes ReadAll(const char* path) {
  FILE* file = fopen(path, "rb");
  CHECK(file != NULL);
  fseek(file, 0, SEEK_END);
  cndh_bytes bytes;
  bytes.size = (uint64_t)ftell(file);
  uint8_t* data = (uint8_t*)malloc(bytes.size + 1);
  rewind(file);
  CHECK(fread(data, 1, bytes.size, file) == bytes.size);
  data[bytes.size] = 0;
  fclose(file);
  bytes.data = data;
  return bytes;
}

static inline int Is(cndh_bytes bytes, const char* text) {
  return bytes.size == strlen(text) && memcmp(bytes.data, text, bytes.size) == 0 && bytes.data[bytes.size] == 0;
}

static inline int Holds(cndh_bytes bytes, const char* text) { return strstr((const char*)bytes.data, text) != NULL; }

#endif /* CONDYLE_TESTS_EMBEDDING_CHECK_H_ */
