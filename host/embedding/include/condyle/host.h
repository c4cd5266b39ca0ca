/* SPDX-FileCopyrightText: The Condyle authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The Condyle host as a C library: open it on a set of plugins, give it bytes, read what comes out. C11 and C++17
 * clean; needs nothing but the C library. Link with libcondyle_host.so.1. Programs in C++ may use the class instead
 * (condyle/host/host.h); never both in one process (docs/ehr/embedding.md).
 *
 *   cndh_options options = {.struct_size = sizeof options};
 *   cndh_host* host;
 *   if (cndh_open(&options, &host, NULL) != CNDH_OK) ...
 *   cndh_result* result;
 *   cndh_bytes urgency;
 *   if (cndh_consult(host, input, NULL, &result) == CNDH_OK &&
 *       cndh_result_at(result, "/urgency", &urgency) == CNDH_OK) printf("%s\n", (const char*)urgency.data);
 *   cndh_result_free(result);
 *   cndh_close(host);
 *
 * Versions. What is here never changes. Functions, fields at the end of a struct, flags, formats and statuses are
 * added. Every struct that may grow starts with its size, which the caller sets to sizeof; all other bytes 0 is the
 * default of everything. A newer caller may use an older library: what it does not know is CNDH_UNSUPPORTED if it is
 * set, since it may be a condition of safety, and ignored if it is 0.
 *
 * Ownership. No side ever frees or resizes memory of the other. What you give is yours, and is not needed after the
 * call. What you get stands in a handle that only the library looks into: cndh_host, cndh_result, cndh_cancel. Bytes
 * that are read out of a result live until cndh_result_free, whatever becomes of the host, and a 0 that is not counted
 * follows them. (A plugin pushes its answer into a sink, since one call has one answer, which is at once copied. Here
 * one call has several, of which most callers read two, often through a foreign-function interface that is poor at
 * call-backs: so they wait in the handle until they are asked for.) Each handle is freed once, by its own function; a
 * handle that is used after that, or freed twice, is undefined behaviour, as with free(). NULL is always allowed where
 * something is freed.
 *
 * Threads. A host takes calls from any number of threads; cndh_options.parallel says how many are answered at the same
 * time. A result may be read by several threads. A handle may be freed on any thread, when no call uses it. A process
 * that forks must not use its handles in the child.
 *
 * Errors. No exception leaves the library and nothing aborts the process, save where memory runs out in a library
 * below. Words of cndh_result_error hold no patient data; words of a refusal may quote the input.
 */
#ifndef CONDYLE_HOST_H_
#define CONDYLE_HOST_H_

#include <stdint.h>

#ifdef __cplusplus
#define CNDH_NOEXCEPT noexcept
extern "C" {
#else
#define CNDH_NOEXCEPT
#endif

#if defined(__GNUC__) || defined(__clang__)
#define CNDH_EXPORT __attribute__((visibility("default")))
#else
#define CNDH_EXPORT
#endif

/* Of this interface, as in the library's name and in what is compiled against it. */
#define CNDH_INTERFACE_MAJOR 1u
#define CNDH_INTERFACE_MINOR 0u

/* What became of a call. An open set: read an unknown value as CNDH_INTERNAL. */
typedef int32_t cndh_status;
enum {
  CNDH_OK = 0,
  CNDH_REFUSED = 1,     /* the input breaks a rule: cndh_result_refusal says which and where */
  CNDH_MISUSE = 2,      /* the call breaks this contract: a NULL, a size, an option with a value that is not allowed */
  CNDH_UNSUPPORTED = 3, /* an option, a flag or a format that this library, or this result, does not have */
  CNDH_NOT_FOUND = 4,   /* no usable plugin, no such plugin, record or field; a field that is absent */
  CNDH_UNAVAILABLE = 5, /* what is needed is not there: the worker program, a store, trusted keys, an audit trail */
  CNDH_UNRECORDED =
      6, /* it could not be recorded in the audit trail, and so is withheld, unless CNDH_ANSWER_UNRECORDED */
  CNDH_EXHAUSTED = 7, /* out of memory; there may be no result */
  CNDH_INTERNAL = 8   /* Condyle itself failed */
};

/* Bytes that somebody else owns. data may be NULL only if size is 0. This struct is frozen. */
typedef struct cndh_bytes {
  const uint8_t* data;
  uint64_t size; /* bytes */
} cndh_bytes;

typedef struct cndh_host cndh_host;
typedef struct cndh_result cndh_result;
typedef struct cndh_cancel cndh_cancel;
typedef struct cndh_delivery cndh_delivery;

/* Version of the library, "1.2.3". Constant. */
CNDH_EXPORT const char* cndh_version(void) CNDH_NOEXCEPT;
/* CNDH_INTERFACE_MINOR of the library that runs. */
CNDH_EXPORT uint32_t cndh_interface_minor(void) CNDH_NOEXCEPT;

/* ---- Opening ---------------------------------------------------------------------------------------------------- */

/* cndh_options.flags */
enum {
  CNDH_IN_PROCESS = 1u,        /* plugins run in this process: faster; one that crashes or hangs takes it with it */
  CNDH_AUDIT_WITHOUT_PHI = 2u, /* the store gets hashes in place of patient data */
  CNDH_ANSWER_UNRECORDED = 4u, /* what could not be recorded is given all the same, with CNDH_UNRECORDED */
  CNDH_ASK_ONCE = 8u           /* a plugin whose worker dies is not asked again in a new one */
};

/* cndh_options.signatures: what plugins without a good signature may do */
enum {
  CNDH_SIGNATURES_OFF = 0,    /* run */
  CNDH_SIGNATURES_WARN = 1,   /* run, with a warning */
  CNDH_SIGNATURES_REQUIRE = 2 /* nothing */
};

/* All of it is explained beside condyle::HostOptions, in condyle/host/host.h. Strings are UTF-8, end with a 0, and may
   be NULL for "not given". Times in milliseconds, 0: the default. */
typedef struct cndh_options {
  uint32_t struct_size; /* bytes */
  uint32_t flags;       /* CNDH_IN_PROCESS, ... */
  /* Directories and plugin files. None: where Condyle is installed. */
  const char* const* plugins;
  uint64_t plugin_count;
  /* Path of condyle-worker. NULL: where Condyle is installed. */
  const char* worker;
  int64_t deadline_ms;              /* one answer of one plugin; 5000 */
  int64_t consultation_deadline_ms; /* all plugins of one consultation; twice deadline_ms */
  /* Failures in a row before a plugin is left alone for a while: 0 is 5, -1 never. */
  int32_t failures_before_suspension;
  int32_t parallel;              /* consultations at the same time; 0 is 1 */
  int64_t first_suspension_ms;   /* 1000 */
  int64_t longest_suspension_ms; /* 60000 */
  uint64_t max_input_bytes;      /* 0 is 16 MiB */
  uint64_t worker_memory_bytes;  /* 0 is 512 MiB, UINT64_MAX no limit */
  /* "none", "limits", "filtered" or "strict". NULL: whatever this machine reaches. */
  const char* require_sandbox;
  /* Candidate plugins, asked beside the current ones; what they say is told apart and is not advice. */
  const char* const* shadow;
  uint64_t shadow_count;
  int32_t signatures; /* CNDH_SIGNATURES_... */
  int32_t reserved0;
  /* Directories of trusted keys. */
  const char* const* trust;
  uint64_t trust_count;
  /* Audit store, "sqlite:FILE". NULL: none. */
  const char* audit;
} cndh_options;

/* Finds the plugins and reads their manifests; starts nothing. options may be NULL. On CNDH_OK sets *host, else sets it
   to NULL. result may be NULL; else *result says what was wrong, or, on CNDH_OK, what cndh_plugin_failures does. */
CNDH_EXPORT cndh_status cndh_open(const cndh_options* options, cndh_host** host, cndh_result** result) CNDH_NOEXCEPT;
/* Ends the workers. No call may be running. */
CNDH_EXPORT void cndh_close(cndh_host* host) CNDH_NOEXCEPT;

/* ---- Results ---------------------------------------------------------------------------------------------------- */

/* Every call below that takes `cndh_result** result` sets it, whatever its status, but for CNDH_EXHAUSTED, where it may
   be NULL. */

/* What the call returned. */
CNDH_EXPORT cndh_status cndh_result_status(const cndh_result* result) CNDH_NOEXCEPT;
/* Why it is not CNDH_OK, for people. Empty if it is. No patient data. */
CNDH_EXPORT cndh_bytes cndh_result_error(const cndh_result* result) CNDH_NOEXCEPT;
/* Where the input was refused (a JSON pointer, a line and column, or a key), and what was wrong and is allowed. May
   quote the input. CNDH_NOT_FOUND if it was not refused. */
CNDH_EXPORT cndh_status cndh_result_refusal(const cndh_result* result, cndh_bytes* path,
                                            cndh_bytes* message) CNDH_NOEXCEPT;
/* The whole of it in a format, named in small letters; made when it is first asked for. Each call says which there are;
   CNDH_UNSUPPORTED for others, CNDH_NOT_FOUND where there is no answer. */
CNDH_EXPORT cndh_status cndh_result_get(cndh_result* result, const char* format, cndh_bytes* bytes) CNDH_NOEXCEPT;
/* The formats of this result, separated by blanks. */
CNDH_EXPORT cndh_bytes cndh_result_formats(const cndh_result* result) CNDH_NOEXCEPT;
/* One value of format "json", for programs that have no reader of their own, by a JSON pointer (RFC 6901):
   "/recommendations/0/text". Strings without quotes; numbers, true and false, and objects as in JSON. CNDH_NOT_FOUND
   if nothing is there; a text or a number that is merely empty or 0 is given as such. CNDH_MISUSE for a list: count
   it, and take its elements. */
CNDH_EXPORT cndh_status cndh_result_at(cndh_result* result, const char* pointer, cndh_bytes* value) CNDH_NOEXCEPT;
/* Number of elements of a list, 0 if it is absent. */
CNDH_EXPORT cndh_status cndh_result_count(const cndh_result* result, const char* pointer,
                                          uint64_t* count) CNDH_NOEXCEPT;
/* 1 if a consultation was cancelled before all plugins had answered, else 0. */
CNDH_EXPORT int32_t cndh_result_cancelled(const cndh_result* result) CNDH_NOEXCEPT;
/* The entry of the audit trail that the call made, the first if there are several. CNDH_NOT_FOUND if there is none.
   hash: 64 characters. */
CNDH_EXPORT cndh_status cndh_result_audit(const cndh_result* result, uint64_t* sequence,
                                          cndh_bytes* hash) CNDH_NOEXCEPT;
CNDH_EXPORT void cndh_result_free(cndh_result* result) CNDH_NOEXCEPT;

/* ---- Cancelling ------------------------------------------------------------------------------------------------- */

/* NULL if there is no memory. One may serve several calls; once requested it stays so. It may be freed while a call
   that was given it runs. */
CNDH_EXPORT cndh_cancel* cndh_cancel_new(void) CNDH_NOEXCEPT;
/* From any thread: ends the calls that were given it, within some 10 ms. They still have a result. */
CNDH_EXPORT void cndh_cancel_request(cndh_cancel* cancel) CNDH_NOEXCEPT;
CNDH_EXPORT void cndh_cancel_free(cndh_cancel* cancel) CNDH_NOEXCEPT;

/* ---- Asking ----------------------------------------------------------------------------------------------------- */

/* cndh_consult_options.flags */
enum { CNDH_RECEIPT = 1u /* also makes format "receipt" */ };

typedef struct cndh_consult_options {
  uint32_t struct_size; /* bytes */
  uint32_t flags;
  const char* as_of;          /* moment of assessment, RFC 3339; overrides the input's own */
  int64_t question_budget_ms; /* time for ranking next questions by asking again; 100 are ample, 0: not ranked */
  cndh_cancel* cancel;        /* may be NULL */
  /* Who asks, for the audit trail: your own opaque identifiers, printable ASCII, at most 200 bytes. */
  const char* user;
  const char* organisation;
  /* Called, on the thread of the call, with the consultation before it is recorded, if there is an audit trail: what
     cndh_delivery_set is given is recorded with it. For services that make cards. Both arguments live until it
     returns; the result is the library's. Must not throw, and must not call the host. */
  void (*deliver)(void* context, cndh_result* consultation, cndh_delivery* delivery);
  void* deliver_context;
} cndh_consult_options;

/* Assesses a patient: FHIR R4 Bundle or QuestionnaireResponse, Case JSON, Case text. options may be NULL. Formats:
     json, protobuf  condyle.v1.Consultation, canonical JSON or serialised
     text, html      for people; html is one page that loads nothing
     fhir            a FHIR R4 Bundle, JSON
     receipt         with CNDH_RECEIPT: what cndh_replay takes. Patient data
     times           how long each plugin took: condyle.v1.PluginTimes in JSON
   CNDH_OK also if plugins failed: /pluginFailures names them, and what they guard is held. */
CNDH_EXPORT cndh_status cndh_consult(cndh_host* host, cndh_bytes input, const cndh_consult_options* options,
                                     cndh_result** result) CNDH_NOEXCEPT;

/* Sets what was delivered: a condyle.v1.AuditDelivery in canonical JSON. CNDH_MISUSE if it is not one. */
CNDH_EXPORT cndh_status cndh_delivery_set(cndh_delivery* delivery, cndh_bytes json) CNDH_NOEXCEPT;

typedef struct cndh_what_if_options {
  uint32_t struct_size; /* bytes */
  uint32_t flags;       /* none yet */
  const char* as_of;
  int64_t budget_ms;       /* 0 is 1000 */
  int32_t sets_per_target; /* 0 is 5 */
  int32_t reserved0;
  cndh_cancel* cancel;
} cndh_what_if_options;

/* What would have to be different for another outcome. Formats: json, protobuf (condyle.v1.WhatIf), text. */
CNDH_EXPORT cndh_status cndh_what_if(cndh_host* host, cndh_bytes input, const cndh_what_if_options* options,
                                     cndh_result** result) CNDH_NOEXCEPT;

/* Asks again what a receipt holds, and compares byte for byte. Formats: json, protobuf (condyle.v1.ReplayReport); what
   differs is patient data. CNDH_REFUSED if the receipt cannot be replayed. */
CNDH_EXPORT cndh_status cndh_replay(cndh_host* host, cndh_bytes receipt, cndh_result** result) CNDH_NOEXCEPT;

/* ---- The audit trail -------------------------------------------------------------------------------------------- */

/* cndh_override.side */
enum { CNDH_SIDE_NONE = 0, CNDH_SIDE_LEFT = 1, CNDH_SIDE_RIGHT = 2 };

/* Somebody decided against a piece of advice. */
typedef struct cndh_override {
  uint32_t struct_size; /* bytes */
  int32_t side;         /* that of the recommendation */
  uint64_t sequence;    /* cndh_result_audit of the consultation that gave it */
  const char* hash;
  const char* advice_id;
  const char* reason_code; /* your own code: printable ASCII, 1 to 200 bytes */
  const char* text;        /* at most 4,000 bytes; a store without patient data does not get it */
  const char* user;
  const char* organisation;
} cndh_override;

/* Appends to the audit trail, and returns when it is durable. Formats: json, protobuf (condyle.v1.AuditRecords). */
CNDH_EXPORT cndh_status cndh_record_override(cndh_host* host, const cndh_override* override_,
                                             cndh_result** result) CNDH_NOEXCEPT;

/* What a CDS client reports of a card. */
typedef struct cndh_feedback {
  uint32_t struct_size;   /* bytes */
  uint32_t flags;         /* none yet */
  const char* service_id; /* that gave the card */
  cndh_bytes feedback;    /* condyle.v1.AuditFeedback, canonical JSON */
  const char* user;       /* NULL: the one that got the card */
  const char* organisation;
} cndh_feedback;

/* Appends reports on cards, all or none. As cndh_record_override. */
CNDH_EXPORT cndh_status cndh_record_feedback(cndh_host* host, const cndh_feedback* const* reports, uint64_t count,
                                             cndh_result** result) CNDH_NOEXCEPT;

/* ---- What is there ---------------------------------------------------------------------------------------------- */

/* Manifests of the usable plugins, sorted by id. Formats: json, protobuf (condyle.v1.PluginManifests). */
CNDH_EXPORT cndh_status cndh_manifests(cndh_host* host, cndh_result** result) CNDH_NOEXCEPT;
/* Plugins that were left out, missing screens, plugins without a good signature, and whether workers are less shut in
   than they can be. Formats: json, protobuf (condyle.v1.LoadReport). */
CNDH_EXPORT cndh_status cndh_plugin_failures(cndh_host* host, cndh_result** result) CNDH_NOEXCEPT;
/* How each plugin has fared lately. Formats: json, protobuf (condyle.v1.HealthReport). */
CNDH_EXPORT cndh_status cndh_health(cndh_host* host, cndh_result** result) CNDH_NOEXCEPT;
/* FHIR R4 Questionnaire of all inputs. Format: json. It is no message: cndh_result_at finds nothing. */
CNDH_EXPORT cndh_status cndh_questionnaire(cndh_host* host, cndh_result** result) CNDH_NOEXCEPT;
/* What a plugin is, for whom and on what basis, from its manifest; NULL: of all plugins. CNDH_NOT_FOUND if there is no
   such plugin. Formats: json, protobuf (condyle.v1.ModelCard, of all ModelCards), html, text. */
CNDH_EXPORT cndh_status cndh_model_card(cndh_host* host, const char* plugin_id, cndh_result** result) CNDH_NOEXCEPT;

#if UINTPTR_MAX == UINT64_MAX
#ifdef __cplusplus
#define CNDH_STATIC_ASSERT static_assert
#else
#define CNDH_STATIC_ASSERT _Static_assert
#endif
/* The layout of 1.0 for 64-bit targets. These never change; fields are only added after them. */
CNDH_STATIC_ASSERT(sizeof(cndh_bytes) == 16, "cndh_bytes is frozen");
CNDH_STATIC_ASSERT(sizeof(cndh_options) == 144, "cndh_options 1.0 cannot change");
CNDH_STATIC_ASSERT(sizeof(cndh_consult_options) == 64, "cndh_consult_options 1.0 cannot change");
CNDH_STATIC_ASSERT(sizeof(cndh_what_if_options) == 40, "cndh_what_if_options 1.0 cannot change");
CNDH_STATIC_ASSERT(sizeof(cndh_override) == 64, "cndh_override 1.0 cannot change");
CNDH_STATIC_ASSERT(sizeof(cndh_feedback) == 48, "cndh_feedback 1.0 cannot change");
#undef CNDH_STATIC_ASSERT
#endif

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* CONDYLE_HOST_H_ */
