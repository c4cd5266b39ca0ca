/* SPDX-FileCopyrightText: The Condyle authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The stable C interface between a Condyle host and a plugin. C11 and C++17 clean; needs nothing but the C library.
 *
 * A plugin is one shared object that exports one symbol, condyle_entry_v1, and carries its manifest in an ELF note
 * (see "Manifest" below). Plugin authors who write C++ normally use the layer above this file, condyle/sdk/plugin.h.
 *
 * Versions. A major change is a new entry symbol. A minor one only appends fields to a table; every table that may
 * grow starts with its size. Either side reads a field only if CND_HAS says that the other side filled it in, and
 * neither refuses a newer minor version. Anything larger is an extension, asked for by name.
 *
 * Ownership. Nothing crosses with a duty to free. A request is host memory, readable for the length of the call.
 * An answer is pushed to the host's sink, which copies it before it returns. If a call does not return CND_OK the
 * host throws away what was written.
 *
 * Threads. One instance has one call at a time unless the plugin sets CND_FLAG_CONCURRENT_ASSESS. Different instances
 * run in parallel. create and destroy may come on any thread, never while assess runs on that instance. Callbacks
 * never re-enter the plugin. No thread that a plugin starts may outlive destroy.
 *
 * Purity. A plugin is a function of (request bytes, as_of_unix_ns, config): no clock, file, network, environment or
 * state between calls. The same input gives the same bytes. Replay, next questions and what-if rest on it.
 */
#ifndef CONDYLE_PLUGIN_H_
#define CONDYLE_PLUGIN_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define CND_NOEXCEPT noexcept /* part of the function types: a throwing function cannot be put into a table */
#define CND_STATIC_ASSERT static_assert
extern "C" {
#else
#define CND_NOEXCEPT
#define CND_STATIC_ASSERT _Static_assert
#endif

#define CND_ABI_MAJOR 1u
#define CND_ABI_MINOR 0u

/* Result of a call. An open set: read an unknown value as CND_INTERNAL. */
typedef int32_t cnd_status;
enum {
  CND_OK = 0,
  CND_INVALID_INPUT = 1,     /* the request cannot be read */
  CND_INSUFFICIENT_DATA = 2, /* reserved for interfaces without a status of their own; assess answers in its message */
  CND_UNSUPPORTED = 3,       /* a request of a kind or version that the plugin does not know */
  CND_CANCELLED = 4,         /* cnd_call.cancel was seen */
  CND_DEADLINE = 5,          /* cnd_call.deadline_mono_ns has passed */
  CND_EXHAUSTED = 6,         /* out of memory or another resource; also returned by a sink that is full */
  CND_MISUSE = 7,            /* the caller broke this contract */
  CND_INTERNAL = 8           /* the plugin failed */
};

/* Bytes that somebody else owns. data may be NULL only if size is 0. This struct is frozen. */
typedef struct cnd_bytes {
  const uint8_t* data;
  uint64_t size; /* bytes */
} cnd_bytes;

/* Where an answer goes. Host memory, valid during the call. Call only on the thread of the call. */
typedef struct cnd_sink {
  uint32_t struct_size; /* bytes */
  uint32_t reserved0;
  void* ctx; /* hand back unchanged */
  /* Appends a chunk. Anything but CND_OK (the answer is too large): stop and return that status. */
  cnd_status (*write)(void* ctx, cnd_bytes chunk) CND_NOEXCEPT;
  /* Says why the call failed, for people, in UTF-8. No patient data. The last one stands. */
  void (*fail)(void* ctx, cnd_status status, cnd_bytes utf8) CND_NOEXCEPT;
} cnd_sink;

/* One call. Host memory, valid during the call. */
typedef struct cnd_call {
  uint32_t struct_size; /* bytes */
  uint32_t reserved0;
  uint64_t deadline_mono_ns; /* on the clock of cnd_host.mono_ns; 0 = none */
  int64_t as_of_unix_ns;     /* the moment of the assessment: the only wall clock that a plugin may use */
  const uint32_t* cancel;    /* read with acquire order at least every 10 ms; not 0 = stop. May be NULL */
  uint8_t trace_id[16];      /* for log lines; all 0 = none */
} cnd_call;

/* What the host offers. Valid until the library is unloaded. */
typedef struct cnd_host {
  uint32_t struct_size; /* bytes */
  uint32_t abi_major;
  uint32_t abi_minor;
  uint32_t reserved0;
  void* ctx; /* hand back unchanged */
  /* Any thread. Levels: 0 debug, 1 information, 2 warning, 3 error. UTF-8, no patient data. */
  void (*log)(void* ctx, int32_t level, cnd_bytes utf8) CND_NOEXCEPT;
  /* Any thread. Nanoseconds on a clock that never goes back; for deadlines, never for content. */
  uint64_t (*mono_ns)(void* ctx) CND_NOEXCEPT;
  /* Any thread. A table that is named by id, for example "condyle.example/1"; NULL if the host has none. */
  const void* (*extension)(void* ctx, const char* id)CND_NOEXCEPT;
} cnd_host;

/* A plugin's own state. Only the plugin looks inside. */
typedef struct cnd_instance cnd_instance;

enum {
  CND_FLAG_CONCURRENT_ASSESS = 1u, /* assess may run on several threads with one instance */
  CND_FLAG_DETERMINISTIC = 2u      /* the same input gives the same bytes; every clinical plugin sets it */
};

/* What the plugin offers. Plugin memory, constant, valid until the library is unloaded. */
typedef struct cnd_plugin {
  uint32_t struct_size; /* bytes */
  uint32_t abi_major;
  uint32_t abi_minor;
  uint32_t flags; /* CND_FLAG_*; ignore unknown ones */
  /* Makes an instance and sets *out. config: bytes that the plugin's documentation defines; empty = defaults.
     On failure leaves *out alone and says why to err. */
  cnd_status (*create)(const cnd_host* host, cnd_bytes config, cnd_instance** out, const cnd_sink* err) CND_NOEXCEPT;
  /* request: the message that the manifest names as request_message; writes its response_message. */
  cnd_status (*assess)(cnd_instance* instance, const cnd_call* call, cnd_bytes request,
                       const cnd_sink* response) CND_NOEXCEPT;
  /* NULL is allowed and does nothing. */
  void (*destroy)(cnd_instance* instance) CND_NOEXCEPT;
  /* A table that is named by id; NULL if the plugin has none. */
  const void* (*extension)(const char* id)CND_NOEXCEPT;
} cnd_plugin;

#if defined(__GNUC__) || defined(__clang__)
#define CND_EXPORT __attribute__((visibility("default")))
#else
#define CND_EXPORT
#endif

/* The only export of a plugin. Cheap, without side effects, may be called more than once and gives the same table.
   NULL = this plugin cannot run in this host. */
typedef const cnd_plugin* (*cnd_entry_v1)(const cnd_host* host)CND_NOEXCEPT;
CND_EXPORT const cnd_plugin* condyle_entry_v1(const cnd_host* host) CND_NOEXCEPT;
#define CND_ENTRY_SYMBOL "condyle_entry_v1"

/* True if table p of type T is long enough for field f and the field is set. For pointer fields. */
#define CND_HAS(p, T, f) ((p)->struct_size >= offsetof(T, f) + sizeof((p)->f) && (p)->f)

/* Manifest: an ELF note (PT_NOTE) whose description is a serialized condyle.v1.PluginManifest. A note survives strip,
   --gc-sections and link-time optimisation. The host reads it before it loads the library. */
#define CND_NOTE_OWNER "Condyle" /* 8 bytes with the final NUL */
#define CND_NOTE_MANIFEST 0x434D0001u

/* The layout for 64-bit targets. These never change; fields are only added after them. */
#if UINTPTR_MAX == UINT64_MAX
CND_STATIC_ASSERT(sizeof(cnd_bytes) == 16, "cnd_bytes is frozen");
CND_STATIC_ASSERT(offsetof(cnd_bytes, size) == 8, "cnd_bytes is frozen");
CND_STATIC_ASSERT(offsetof(cnd_sink, ctx) == 8, "cnd_sink 1.0");
CND_STATIC_ASSERT(offsetof(cnd_sink, write) == 16, "cnd_sink 1.0");
CND_STATIC_ASSERT(offsetof(cnd_sink, fail) == 24, "cnd_sink 1.0");
CND_STATIC_ASSERT(sizeof(cnd_sink) == 32, "cnd_sink 1.0 cannot change");
CND_STATIC_ASSERT(offsetof(cnd_call, deadline_mono_ns) == 8, "cnd_call 1.0");
CND_STATIC_ASSERT(offsetof(cnd_call, as_of_unix_ns) == 16, "cnd_call 1.0");
CND_STATIC_ASSERT(offsetof(cnd_call, cancel) == 24, "cnd_call 1.0");
CND_STATIC_ASSERT(offsetof(cnd_call, trace_id) == 32, "cnd_call 1.0");
CND_STATIC_ASSERT(sizeof(cnd_call) == 48, "cnd_call 1.0 cannot change");
CND_STATIC_ASSERT(offsetof(cnd_host, abi_major) == 4, "cnd_host 1.0");
CND_STATIC_ASSERT(offsetof(cnd_host, abi_minor) == 8, "cnd_host 1.0");
CND_STATIC_ASSERT(offsetof(cnd_host, ctx) == 16, "cnd_host 1.0");
CND_STATIC_ASSERT(offsetof(cnd_host, log) == 24, "cnd_host 1.0");
CND_STATIC_ASSERT(offsetof(cnd_host, mono_ns) == 32, "cnd_host 1.0");
CND_STATIC_ASSERT(offsetof(cnd_host, extension) == 40, "cnd_host 1.0");
CND_STATIC_ASSERT(sizeof(cnd_host) == 48, "cnd_host 1.0 cannot change");
CND_STATIC_ASSERT(offsetof(cnd_plugin, abi_major) == 4, "cnd_plugin 1.0");
CND_STATIC_ASSERT(offsetof(cnd_plugin, abi_minor) == 8, "cnd_plugin 1.0");
CND_STATIC_ASSERT(offsetof(cnd_plugin, flags) == 12, "cnd_plugin 1.0");
CND_STATIC_ASSERT(offsetof(cnd_plugin, create) == 16, "cnd_plugin 1.0");
CND_STATIC_ASSERT(offsetof(cnd_plugin, assess) == 24, "cnd_plugin 1.0");
CND_STATIC_ASSERT(offsetof(cnd_plugin, destroy) == 32, "cnd_plugin 1.0");
CND_STATIC_ASSERT(offsetof(cnd_plugin, extension) == 40, "cnd_plugin 1.0");
CND_STATIC_ASSERT(sizeof(cnd_plugin) == 48, "cnd_plugin 1.0 cannot change");
#endif

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* CONDYLE_PLUGIN_H_ */
