/* SPDX-FileCopyrightText: The Condyle authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A plugin in plain C: nothing but condyle/plugin.h and the C library, protobuf's wire format by hand. A temperature of
 * 38 degrees or more, or rigors, is fever. Sound in every respect: the checker must have nothing to say against it.
 */
#include <stdlib.h>
#include <string.h>

#include "condyle/plugin.h"

#define FEVER_CELSIUS 38.0

/* The build defines FEVER_NOTE: the file with the serialized manifest. */
__asm__(
    ".pushsection .note.condyle, \"a\", %note\n"
    ".balign 4\n"
    ".long 8, 2f - 1f, 0x434D0001\n"
    ".asciz \"Condyle\"\n"
    "1: .incbin \"" FEVER_NOTE
    "\"\n"
    "2: .balign 4\n"
    ".popsection\n");

static const char kTemperature[] = "fever.temperature";
static const char kRigors[] = "fever.rigors";
static const char kSource[] = "Fixture";

/* No, unknown, yes: a finding that was not made is unknown. */
typedef enum { NO, UNKNOWN, YES } truth;

struct cnd_instance {
  const cnd_host* host;
};

/* Part of a message that is still to be read. Sticks at its first fault. */
typedef struct {
  const uint8_t* at;
  const uint8_t* end;
  int broken;
} reader;

typedef struct {
  uint32_t field;
  uint32_t wire;
  uint64_t number; /* wire types 0, 1 and 5 */
  cnd_bytes bytes; /* wire type 2 */
} value;

static uint64_t read_varint(reader* in) {
  uint64_t number = 0;
  for (unsigned shift = 0; shift < 64 && in->at < in->end; shift += 7) {
    const uint8_t byte = *in->at++;
    number |= (uint64_t)(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return number;
  }
  in->broken = 1;
  return 0;
}

static uint64_t read_fixed(reader* in, unsigned bytes) {
  uint64_t number = 0;
  if ((size_t)(in->end - in->at) < bytes) {
    in->broken = 1;
    return 0;
  }
  for (unsigned i = 0; i < bytes; ++i) number |= (uint64_t)*in->at++ << (8 * i);
  return number;
}

/* False at the end, or at a fault. Groups are none of ours, and refused. */
static int next_value(reader* in, value* out) {
  if (in->broken || in->at == in->end) return 0;
  const uint64_t tag = read_varint(in);
  memset(out, 0, sizeof(*out));
  out->field = (uint32_t)(tag >> 3);
  out->wire = (uint32_t)(tag & 7);
  if (tag > UINT32_MAX || out->field == 0) in->broken = 1;
  if (out->wire == 0) {
    out->number = read_varint(in);
  } else if (out->wire == 1) {
    out->number = read_fixed(in, 8);
  } else if (out->wire == 5) {
    out->number = read_fixed(in, 4);
  } else if (out->wire == 2) {
    const uint64_t size = read_varint(in);
    if (in->broken || size > (uint64_t)(in->end - in->at)) {
      in->broken = 1;
      return 0;
    }
    out->bytes.data = in->at;
    out->bytes.size = size;
    in->at += size;
  } else {
    in->broken = 1;
  }
  return !in->broken;
}

static reader reader_of(cnd_bytes bytes) {
  static const uint8_t nothing = 0;
  reader in = {bytes.data, bytes.data, 0};
  if (bytes.data == NULL) in.at = &nothing;
  in.end = in.at + (bytes.data == NULL ? 0 : bytes.size);
  return in;
}

static int is_text(cnd_bytes bytes, const char* text) {
  return bytes.size == strlen(text) && memcmp(bytes.data, text, bytes.size) == 0;
}

typedef struct {
  int has_temperature;
  double temperature; /* degrees Celsius */
  truth rigors;
} known;

/* Quantity: value 1. False if it cannot be read. */
static int read_quantity(cnd_bytes bytes, double* out) {
  reader in = reader_of(bytes);
  value v;
  *out = 0; /* what the wire leaves out */
  while (next_value(&in, &v)) {
    if (v.field == 1 && v.wire == 1) memcpy(out, &v.number, sizeof(*out));
  }
  return !in.broken;
}

/* Finding: key 1, present 3, quantity 4. */
static int read_finding(cnd_bytes bytes, known* out) {
  reader in = reader_of(bytes);
  value v;
  cnd_bytes key = {NULL, 0};
  int has_present = 0, present = 0, has_quantity = 0;
  double quantity = 0;
  while (next_value(&in, &v)) {
    if (v.field == 1 && v.wire == 2) key = v.bytes;
    if (v.field == 3 && v.wire == 0) has_present = 1, present = v.number != 0;
    if (v.field == 4 && v.wire == 2) {
      has_quantity = 1;
      if (!read_quantity(v.bytes, &quantity)) return 0;
    }
  }
  if (in.broken) return 0;
  if (has_quantity && is_text(key, kTemperature)) {
    /* NaN is no temperature. */
    out->has_temperature = quantity == quantity;
    out->temperature = quantity;
  }
  if (has_present && is_text(key, kRigors)) out->rigors = present ? YES : NO;
  return 1;
}

/* An answer of a few hundred bytes. */
typedef struct {
  uint8_t data[1024];
  size_t size;
  int full;
} message;

static void put_raw(message* m, const void* data, size_t size) {
  if (size > sizeof(m->data) - m->size) {
    m->full = 1;
    return;
  }
  memcpy(m->data + m->size, data, size);
  m->size += size;
}

static void put_varint(message* m, uint64_t number) {
  do {
    const uint8_t byte = (uint8_t)((number & 0x7f) | (number > 0x7f ? 0x80 : 0));
    put_raw(m, &byte, 1);
    number >>= 7;
  } while (number != 0);
}

static void put_number(message* m, uint32_t field, uint64_t number) {
  put_varint(m, (uint64_t)field << 3);
  put_varint(m, number);
}

static void put_bytes(message* m, uint32_t field, const void* data, size_t size) {
  put_varint(m, (uint64_t)field << 3 | 2);
  put_varint(m, size);
  put_raw(m, data, size);
}

static void put_text(message* m, uint32_t field, const char* text) { put_bytes(m, field, text, strlen(text)); }

static void put_message(message* m, uint32_t field, const message* inner) {
  m->full |= inner->full;
  put_bytes(m, field, inner->data, inner->size);
}

/* Evidence: key 1, direction 3, statement 4, grade 6, citations 7. */
static void put_evidence(message* answer, const char* key, int is_for, const char* statement) {
  message m = {{0}, 0, 0};
  put_text(&m, 1, key);
  put_number(&m, 3, is_for ? 1 : 2);
  put_text(&m, 4, statement);
  put_number(&m, 6, 6);
  put_text(&m, 7, kSource);
  put_message(answer, 7, &m);
}

/* MissingInput: key 1, why 3. */
static void put_missing(message* answer, const char* key) {
  message m = {{0}, 0, 0};
  put_text(&m, 1, key);
  put_text(&m, 3, "It could show a fever.");
  put_message(answer, 10, &m);
}

static truth fever_of(const known* k) {
  const truth hot = !k->has_temperature ? UNKNOWN : k->temperature >= FEVER_CELSIUS ? YES : NO;
  return hot > k->rigors ? hot : k->rigors; /* "or" of three values */
}

static void put_answer(message* answer, const known* k) {
  static const char* const kSummaries[] = {"No fever was found.", "Whether there is a fever is open.",
                                           "There is a fever."};
  static const uint8_t kStatuses[] = {2, 3, 1}; /* negative, insufficient data, positive */
  const truth fever = fever_of(k);
  put_text(answer, 1, "fever_in_c");
  put_text(answer, 2, "1.0.0");
  put_number(answer, 3, kStatuses[fever]);
  put_number(answer, 4, fever == NO ? 1 : 2); /* self-care, routine */
  put_text(answer, 5, kSummaries[fever]);
  if (k->has_temperature) {
    const int hot = k->temperature >= FEVER_CELSIUS;
    put_evidence(answer, kTemperature, hot, hot ? "38 degrees or more." : "Below 38 degrees.");
  }
  if (k->rigors != UNKNOWN)
    put_evidence(answer, kRigors, k->rigors == YES, k->rigors == YES ? "Rigors." : "No rigors.");
  if (fever == YES) {
    message m = {{0}, 0, 0}; /* Recommendation: id 1, text 2, category 3, tags 4, grade 6, citations 11 */
    put_text(&m, 1, "measure_again");
    put_text(&m, 2, "Measure the temperature again this evening.");
    put_text(&m, 3, "safety_net");
    put_text(&m, 4, "safety_net.temperature");
    put_number(&m, 6, 6);
    put_text(&m, 11, kSource);
    put_message(answer, 8, &m);
  }
  if (!k->has_temperature) put_missing(answer, kTemperature);
  if (k->rigors == UNKNOWN) put_missing(answer, kRigors);
}

static cnd_status refuse(const cnd_sink* sink, cnd_status status, const char* words) {
  const cnd_bytes bytes = {(const uint8_t*)words, strlen(words)};
  if (sink != NULL && CND_HAS(sink, cnd_sink, fail)) sink->fail(sink->ctx, status, bytes);
  return status;
}

static cnd_status create(const cnd_host* host, cnd_bytes config, cnd_instance** out, const cnd_sink* err) {
  if (config.size != 0) return refuse(err, CND_UNSUPPORTED, "this plugin takes no configuration");
  cnd_instance* self = malloc(sizeof(*self));
  if (self == NULL) return refuse(err, CND_EXHAUSTED, "out of memory");
  self->host = host;
  *out = self;
  return CND_OK;
}

/* Not 0: stop. */
static cnd_status asked_to_stop(const cnd_instance* self, const cnd_call* call) {
  const int has_cancel = call->struct_size >= offsetof(cnd_call, cancel) + sizeof(call->cancel) && call->cancel != NULL;
  if (has_cancel && __atomic_load_n(call->cancel, __ATOMIC_ACQUIRE) != 0) return CND_CANCELLED;
  if (call->deadline_mono_ns != 0 && self->host->mono_ns(self->host->ctx) > call->deadline_mono_ns) return CND_DEADLINE;
  return CND_OK;
}

static cnd_status assess(cnd_instance* self, const cnd_call* call, cnd_bytes request, const cnd_sink* sink) {
  known k = {0, 0, UNKNOWN};
  reader in = reader_of(request);
  value v;
  for (unsigned count = 1; next_value(&in, &v); ++count) {
    if (v.field == 4 && v.wire == 2 && !read_finding(v.bytes, &k)) in.broken = 1;
    if (count % 1024 != 0) continue;
    const cnd_status stop = asked_to_stop(self, call);
    if (stop != CND_OK) return refuse(sink, stop, "told to stop");
  }
  if (in.broken) return refuse(sink, CND_INVALID_INPUT, "the request is not a condyle.v1.AssessmentRequest");
  message answer = {{0}, 0, 0};
  put_answer(&answer, &k);
  if (answer.full) return refuse(sink, CND_INTERNAL, "the answer is longer than expected");
  const cnd_bytes bytes = {answer.data, answer.size};
  return sink->write(sink->ctx, bytes);
}

static void destroy(cnd_instance* self) { free(self); }

static const cnd_plugin table = {sizeof(cnd_plugin),
                                 CND_ABI_MAJOR,
                                 CND_ABI_MINOR,
                                 CND_FLAG_DETERMINISTIC | CND_FLAG_CONCURRENT_ASSESS,
                                 create,
                                 assess,
                                 destroy,
                                 NULL};

const cnd_plugin* condyle_entry_v1(const cnd_host* host) {
  return host != NULL && host->abi_major == CND_ABI_MAJOR ? &table : NULL;
}
