# SPDX-FileCopyrightText: The Condyle authors
# SPDX-License-Identifier: Apache-2.0
#
# The C interface of the Condyle host (condyle/host.h) for Python, with its standard library alone. Copy it.
"""Clinical decision support by Condyle.

    with condyle.Host() as host:
        consultation = host.consult(fhir_bundle_bytes)
        print(consultation["urgency"])

Calls release the interpreter's lock: threads ask side by side, as many as `parallel` says.
"""
import ctypes
import json
import os

OK, REFUSED = 0, 1


class Error(Exception):
    """Condyle could not answer. `status` is one of condyle/host.h; the text holds no patient data."""

    def __init__(self, status, text):
        super().__init__(text or f"status {status}")
        self.status = status


class Refused(Exception):
    """The patient data break a rule. `path` says where. The text may quote them."""

    def __init__(self, path, message):
        super().__init__(f"{path}: {message}" if path else message)
        self.path, self.message = path, message


class _Bytes(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("size", ctypes.c_uint64)]

    def copy(self):
        return ctypes.string_at(self.data, self.size) if self.size else b""


class _Options(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32), ("flags", ctypes.c_uint32),
        ("plugins", ctypes.POINTER(ctypes.c_char_p)), ("plugin_count", ctypes.c_uint64),
        ("worker", ctypes.c_char_p),
        ("deadline_ms", ctypes.c_int64), ("consultation_deadline_ms", ctypes.c_int64),
        ("failures_before_suspension", ctypes.c_int32), ("parallel", ctypes.c_int32),
        ("first_suspension_ms", ctypes.c_int64), ("longest_suspension_ms", ctypes.c_int64),
        ("max_input_bytes", ctypes.c_uint64), ("worker_memory_bytes", ctypes.c_uint64),
        ("require_sandbox", ctypes.c_char_p),
        ("shadow", ctypes.POINTER(ctypes.c_char_p)), ("shadow_count", ctypes.c_uint64),
        ("signatures", ctypes.c_int32), ("reserved0", ctypes.c_int32),
        ("trust", ctypes.POINTER(ctypes.c_char_p)), ("trust_count", ctypes.c_uint64),
        ("audit", ctypes.c_char_p),
    ]


class _ConsultOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32), ("flags", ctypes.c_uint32),
        ("as_of", ctypes.c_char_p), ("question_budget_ms", ctypes.c_int64), ("cancel", ctypes.c_void_p),
        ("user", ctypes.c_char_p), ("organisation", ctypes.c_char_p),
        ("deliver", ctypes.c_void_p), ("deliver_context", ctypes.c_void_p),
    ]


def _load(path):
    library = ctypes.CDLL(path or os.environ.get("CONDYLE_HOST_LIBRARY") or "libcondyle_host.so.1")
    handle, status, place = ctypes.c_void_p, ctypes.c_int32, ctypes.POINTER(ctypes.c_void_p)
    for name, result, arguments in (
        ("cndh_version", ctypes.c_char_p, []),
        ("cndh_open", status, [ctypes.POINTER(_Options), place, place]),
        ("cndh_close", None, [handle]),
        ("cndh_consult", status, [handle, _Bytes, ctypes.POINTER(_ConsultOptions), place]),
        ("cndh_manifests", status, [handle, place]),
        ("cndh_questionnaire", status, [handle, place]),
        ("cndh_result_error", _Bytes, [handle]),
        ("cndh_result_refusal", status, [handle, ctypes.POINTER(_Bytes), ctypes.POINTER(_Bytes)]),
        ("cndh_result_get", status, [handle, ctypes.c_char_p, ctypes.POINTER(_Bytes)]),
        ("cndh_result_free", None, [handle]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class Host:
    """A set of plugins that can be asked. Thread-safe; close it, or use it in a `with`."""

    def __init__(self, plugins=(), parallel=1, audit=None, library=None):
        self._library = _load(library)
        paths = (ctypes.c_char_p * len(plugins))(*(os.fsencode(path) for path in plugins))
        options = _Options(struct_size=ctypes.sizeof(_Options), plugins=paths, plugin_count=len(plugins),
                           parallel=parallel, audit=audit.encode() if audit else None)
        self._host = ctypes.c_void_p()
        result = ctypes.c_void_p()
        status = self._library.cndh_open(ctypes.byref(options), ctypes.byref(self._host), ctypes.byref(result))
        self._read(status, result, None)

    def close(self):
        self._library.cndh_close(self._host)
        self._host = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def version(self):
        return self._library.cndh_version().decode()

    def consult(self, patient, format="json", as_of=None, question_budget_ms=0):
        """Assesses bytes: a FHIR Bundle, a QuestionnaireResponse, or a Case.

        Gives a dict for "json", else bytes: "text", "html", "protobuf". Raises Refused or Error.
        """
        given = (ctypes.c_char * len(patient)).from_buffer_copy(patient)
        options = _ConsultOptions(struct_size=ctypes.sizeof(_ConsultOptions), question_budget_ms=question_budget_ms,
                                  as_of=as_of.encode() if as_of else None)
        result = ctypes.c_void_p()
        status = self._library.cndh_consult(self._host, _Bytes(ctypes.addressof(given), len(patient)),
                                            ctypes.byref(options), ctypes.byref(result))
        return self._read(status, result, format)

    def manifests(self):
        return self._ask(self._library.cndh_manifests)["manifests"]

    def questionnaire(self):
        return self._ask(self._library.cndh_questionnaire)

    def _ask(self, call):
        result = ctypes.c_void_p()
        return self._read(call(self._host, ctypes.byref(result)), result, "json")

    def _read(self, status, result, format):
        """Copies what is wanted out of a result, and frees it."""
        library, first, second = self._library, _Bytes(), _Bytes()
        try:
            if status == REFUSED:
                library.cndh_result_refusal(result, ctypes.byref(first), ctypes.byref(second))
                raise Refused(first.copy().decode(), second.copy().decode())
            if status != OK:
                raise Error(status, library.cndh_result_error(result).copy().decode())
            if format is None:
                return None
            status = library.cndh_result_get(result, format.encode(), ctypes.byref(first))
            if status != OK:
                raise Error(status, f"there is no format {format!r}")
            return json.loads(first.copy()) if format == "json" else first.copy()
        finally:
            library.cndh_result_free(result)
