#pragma once
// The part of ONNX Runtime's C interface that Martlet uses, without its header.
//
// ONNX Runtime hands out one table of function pointers that only ever grows at its end, so a position once published
// stays. The positions below are those of `OrtApi` in onnxruntime_c_api.h (interface version 1 and later). Every function
// that can fail returns a status: NULL is success, anything else is released with `ort_release_status`.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct OrtStatus OrtStatus;
typedef struct OrtEnv OrtEnv;
typedef struct OrtSession OrtSession;
typedef struct OrtSessionOptions OrtSessionOptions;
typedef struct OrtMemoryInfo OrtMemoryInfo;
typedef struct OrtValue OrtValue;
typedef struct OrtAllocator OrtAllocator;
typedef struct OrtTypeInfo OrtTypeInfo;
typedef struct OrtTensorInfo OrtTensorInfo;
typedef struct OrtModelMetadata OrtModelMetadata;

typedef void (*OrtFunction)(void);
/// The table: an array of function pointers of different types.
typedef const OrtFunction *OrtTable;

enum {
    ORT_INTERFACE_VERSION = 17,

    ORT_SLOT_GET_ERROR_CODE = 1,
    ORT_SLOT_GET_ERROR_MESSAGE = 2,
    ORT_SLOT_CREATE_ENV = 3,
    ORT_SLOT_CREATE_SESSION = 7,
    ORT_SLOT_CREATE_SESSION_FROM_ARRAY = 8,
    ORT_SLOT_RUN = 9,
    ORT_SLOT_CREATE_SESSION_OPTIONS = 10,
    ORT_SLOT_SET_OPTIMISED_MODEL_PATH = 11,
    ORT_SLOT_DISABLE_MEMORY_PATTERN = 17,
    ORT_SLOT_DISABLE_CPU_ARENA = 19,
    ORT_SLOT_SET_OPTIMISATION = 23,
    ORT_SLOT_SET_INTRA_OP_THREADS = 24,
    ORT_SLOT_SET_INTER_OP_THREADS = 25,
    ORT_SLOT_INPUT_COUNT = 30,
    ORT_SLOT_OUTPUT_COUNT = 31,
    ORT_SLOT_INPUT_TYPE = 33,
    ORT_SLOT_OUTPUT_TYPE = 34,
    ORT_SLOT_INPUT_NAME = 36,
    ORT_SLOT_OUTPUT_NAME = 37,
    ORT_SLOT_CREATE_TENSOR = 48,
    ORT_SLOT_CREATE_TENSOR_WITH_DATA = 49,
    ORT_SLOT_IS_TENSOR = 50,
    ORT_SLOT_TENSOR_DATA = 51,
    ORT_SLOT_FILL_STRINGS = 52,
    ORT_SLOT_STRINGS_LENGTH = 53,
    ORT_SLOT_STRINGS_CONTENT = 54,
    ORT_SLOT_CAST_TO_TENSOR_INFO = 55,
    ORT_SLOT_ELEMENT_TYPE = 60,
    ORT_SLOT_DIMENSION_COUNT = 61,
    ORT_SLOT_DIMENSIONS = 62,
    ORT_SLOT_ELEMENT_COUNT = 64,
    ORT_SLOT_VALUE_TENSOR_INFO = 65,
    ORT_SLOT_CREATE_CPU_MEMORY_INFO = 69,
    ORT_SLOT_ALLOCATOR_FREE = 76,
    ORT_SLOT_DEFAULT_ALLOCATOR = 78,
    ORT_SLOT_RELEASE_ENV = 92,
    ORT_SLOT_RELEASE_STATUS = 93,
    ORT_SLOT_RELEASE_MEMORY_INFO = 94,
    ORT_SLOT_RELEASE_SESSION = 95,
    ORT_SLOT_RELEASE_VALUE = 96,
    ORT_SLOT_RELEASE_TYPE_INFO = 98,
    ORT_SLOT_RELEASE_TENSOR_INFO = 99,
    ORT_SLOT_RELEASE_SESSION_OPTIONS = 100,
    ORT_SLOT_MODEL_METADATA = 111,
    ORT_SLOT_METADATA_LOOKUP = 116,
    ORT_SLOT_RELEASE_METADATA = 118,
    ORT_SLOT_METADATA_KEYS = 123,
    ORT_SLOT_ADD_SESSION_CONFIG = 130,
};

/// Element types, numbered as in ONNX's TensorProto.
enum {
    ORT_FLOAT32 = 1,
    ORT_UINT8 = 2,
    ORT_INT8 = 3,
    ORT_INT32 = 6,
    ORT_INT64 = 7,
    ORT_BOOL = 9,
    ORT_FLOAT64 = 11,
};

/// Opens the shared library at `path` and returns its table, or NULL with `message` filled in.
/// The library stays loaded for the life of the process. `version` receives a string that lives as long.
OrtTable ort_open(const char *path, const char **version, char *message, size_t capacity);

/// Makes the process take memory of more than `bytes` straight from the system, which gets it back as soon as it is freed.
/// By itself the C library raises that limit with each large piece that is freed, and then keeps such pieces. Does nothing
/// where there is no such choice.
void ort_map_large_memory(size_t bytes);
/// Gives freed memory that the C library keeps back to the system.
void ort_return_freed_memory(void);

#define ORT_CALL(table, slot, type) ((type)(table)[slot])

static inline int32_t ort_error_code(OrtTable t, const OrtStatus *status) {
    return ORT_CALL(t, ORT_SLOT_GET_ERROR_CODE, int32_t(*)(const OrtStatus *))(status);
}
static inline const char *ort_error_message(OrtTable t, const OrtStatus *status) {
    return ORT_CALL(t, ORT_SLOT_GET_ERROR_MESSAGE, const char *(*)(const OrtStatus *))(status);
}
static inline void ort_release_status(OrtTable t, OrtStatus *status) {
    ORT_CALL(t, ORT_SLOT_RELEASE_STATUS, void (*)(OrtStatus *))(status);
}

/// `severity`: 0 verbose to 4 fatal; messages below it are not written.
static inline OrtStatus *ort_create_env(OrtTable t, int32_t severity, const char *log_id, OrtEnv **out) {
    return ORT_CALL(t, ORT_SLOT_CREATE_ENV, OrtStatus * (*)(int32_t, const char *, OrtEnv **))(severity, log_id, out);
}
static inline void ort_release_env(OrtTable t, OrtEnv *env) {
    ORT_CALL(t, ORT_SLOT_RELEASE_ENV, void (*)(OrtEnv *))(env);
}

static inline OrtStatus *ort_create_options(OrtTable t, OrtSessionOptions **out) {
    return ORT_CALL(t, ORT_SLOT_CREATE_SESSION_OPTIONS, OrtStatus * (*)(OrtSessionOptions **))(out);
}
static inline OrtStatus *ort_set_intra_op_threads(OrtTable t, OrtSessionOptions *options, int32_t count) {
    return ORT_CALL(t, ORT_SLOT_SET_INTRA_OP_THREADS, OrtStatus * (*)(OrtSessionOptions *, int32_t))(options, count);
}
static inline OrtStatus *ort_set_inter_op_threads(OrtTable t, OrtSessionOptions *options, int32_t count) {
    return ORT_CALL(t, ORT_SLOT_SET_INTER_OP_THREADS, OrtStatus * (*)(OrtSessionOptions *, int32_t))(options, count);
}
static inline OrtStatus *ort_add_session_config(
    OrtTable t, OrtSessionOptions *options, const char *key, const char *value) {
    return ORT_CALL(t, ORT_SLOT_ADD_SESSION_CONFIG,
                    OrtStatus * (*)(OrtSessionOptions *, const char *, const char *))(options, key, value);
}
/// Creating the session writes the model as it is then to `path`.
static inline OrtStatus *ort_set_optimised_model_path(OrtTable t, OrtSessionOptions *options, const char *path) {
    return ORT_CALL(t, ORT_SLOT_SET_OPTIMISED_MODEL_PATH, OrtStatus * (*)(OrtSessionOptions *, const char *))(options, path);
}
/// `level`: 0 none, 1 basic, 2 extended, 99 all.
static inline OrtStatus *ort_set_optimisation(OrtTable t, OrtSessionOptions *options, int32_t level) {
    return ORT_CALL(t, ORT_SLOT_SET_OPTIMISATION, OrtStatus * (*)(OrtSessionOptions *, int32_t))(options, level);
}
/// Runs allocate each tensor by itself, instead of all that one run of the same shapes needed at once.
static inline OrtStatus *ort_disable_memory_pattern(OrtTable t, OrtSessionOptions *options) {
    return ORT_CALL(t, ORT_SLOT_DISABLE_MEMORY_PATTERN, OrtStatus * (*)(OrtSessionOptions *))(options);
}
/// Runs take memory from the system and free it, instead of keeping it in an arena.
static inline OrtStatus *ort_disable_cpu_arena(OrtTable t, OrtSessionOptions *options) {
    return ORT_CALL(t, ORT_SLOT_DISABLE_CPU_ARENA, OrtStatus * (*)(OrtSessionOptions *))(options);
}
static inline void ort_release_options(OrtTable t, OrtSessionOptions *options) {
    ORT_CALL(t, ORT_SLOT_RELEASE_SESSION_OPTIONS, void (*)(OrtSessionOptions *))(options);
}

static inline OrtStatus *ort_create_session(
    OrtTable t, const OrtEnv *env, const char *path, const OrtSessionOptions *options, OrtSession **out) {
    return ORT_CALL(t, ORT_SLOT_CREATE_SESSION,
                    OrtStatus * (*)(const OrtEnv *, const char *, const OrtSessionOptions *, OrtSession **))(
        env, path, options, out);
}
/// `data` may go once the session is there.
static inline OrtStatus *ort_create_session_from_array(
    OrtTable t, const OrtEnv *env, const void *data, size_t bytes, const OrtSessionOptions *options, OrtSession **out) {
    return ORT_CALL(t, ORT_SLOT_CREATE_SESSION_FROM_ARRAY,
                    OrtStatus * (*)(const OrtEnv *, const void *, size_t, const OrtSessionOptions *, OrtSession **))(
        env, data, bytes, options, out);
}
static inline void ort_release_session(OrtTable t, OrtSession *session) {
    ORT_CALL(t, ORT_SLOT_RELEASE_SESSION, void (*)(OrtSession *))(session);
}
static inline OrtStatus *ort_run(
    OrtTable t, OrtSession *session, const char *const *input_names, const OrtValue *const *inputs, size_t input_count,
    const char *const *output_names, size_t output_count, OrtValue **outputs) {
    return ORT_CALL(t, ORT_SLOT_RUN,
                    OrtStatus * (*)(OrtSession *, const void *, const char *const *, const OrtValue *const *, size_t,
                                    const char *const *, size_t, OrtValue **))(
        session, NULL, input_names, inputs, input_count, output_names, output_count, outputs);
}

/// `slot` is ORT_SLOT_INPUT_COUNT or ORT_SLOT_OUTPUT_COUNT.
static inline OrtStatus *ort_port_count(OrtTable t, int32_t slot, const OrtSession *session, size_t *out) {
    return ORT_CALL(t, slot, OrtStatus * (*)(const OrtSession *, size_t *))(session, out);
}
/// `slot` is ORT_SLOT_INPUT_NAME or ORT_SLOT_OUTPUT_NAME; the name is freed with `ort_allocator_free`.
static inline OrtStatus *ort_port_name(
    OrtTable t, int32_t slot, const OrtSession *session, size_t index, OrtAllocator *allocator, char **out) {
    return ORT_CALL(t, slot, OrtStatus * (*)(const OrtSession *, size_t, OrtAllocator *, char **))(
        session, index, allocator, out);
}
/// `slot` is ORT_SLOT_INPUT_TYPE or ORT_SLOT_OUTPUT_TYPE.
static inline OrtStatus *ort_port_type(
    OrtTable t, int32_t slot, const OrtSession *session, size_t index, OrtTypeInfo **out) {
    return ORT_CALL(t, slot, OrtStatus * (*)(const OrtSession *, size_t, OrtTypeInfo **))(session, index, out);
}
static inline void ort_release_type(OrtTable t, OrtTypeInfo *type) {
    ORT_CALL(t, ORT_SLOT_RELEASE_TYPE_INFO, void (*)(OrtTypeInfo *))(type);
}
/// Borrowed from `type`; NULL when the port isn't a tensor.
static inline OrtStatus *ort_type_tensor_info(OrtTable t, const OrtTypeInfo *type, const OrtTensorInfo **out) {
    return ORT_CALL(t, ORT_SLOT_CAST_TO_TENSOR_INFO, OrtStatus * (*)(const OrtTypeInfo *, const OrtTensorInfo **))(
        type, out);
}
static inline OrtStatus *ort_element_type(OrtTable t, const OrtTensorInfo *info, int32_t *out) {
    return ORT_CALL(t, ORT_SLOT_ELEMENT_TYPE, OrtStatus * (*)(const OrtTensorInfo *, int32_t *))(info, out);
}
static inline OrtStatus *ort_dimension_count(OrtTable t, const OrtTensorInfo *info, size_t *out) {
    return ORT_CALL(t, ORT_SLOT_DIMENSION_COUNT, OrtStatus * (*)(const OrtTensorInfo *, size_t *))(info, out);
}
/// Dimensions that aren't fixed read -1.
static inline OrtStatus *ort_dimensions(OrtTable t, const OrtTensorInfo *info, int64_t *out, size_t count) {
    return ORT_CALL(t, ORT_SLOT_DIMENSIONS, OrtStatus * (*)(const OrtTensorInfo *, int64_t *, size_t))(info, out, count);
}
static inline OrtStatus *ort_element_count(OrtTable t, const OrtTensorInfo *info, size_t *out) {
    return ORT_CALL(t, ORT_SLOT_ELEMENT_COUNT, OrtStatus * (*)(const OrtTensorInfo *, size_t *))(info, out);
}
static inline void ort_release_tensor_info(OrtTable t, OrtTensorInfo *info) {
    ORT_CALL(t, ORT_SLOT_RELEASE_TENSOR_INFO, void (*)(OrtTensorInfo *))(info);
}

static inline OrtStatus *ort_create_cpu_memory_info(OrtTable t, OrtMemoryInfo **out) {
    enum { ARENA_ALLOCATOR = 1, DEFAULT_MEMORY = 0 };
    return ORT_CALL(t, ORT_SLOT_CREATE_CPU_MEMORY_INFO, OrtStatus * (*)(int32_t, int32_t, OrtMemoryInfo **))(
        ARENA_ALLOCATOR, DEFAULT_MEMORY, out);
}
static inline void ort_release_memory_info(OrtTable t, OrtMemoryInfo *info) {
    ORT_CALL(t, ORT_SLOT_RELEASE_MEMORY_INFO, void (*)(OrtMemoryInfo *))(info);
}
/// Wraps `data` without copying: it must outlive the value.
static inline OrtStatus *ort_create_tensor(
    OrtTable t, const OrtMemoryInfo *memory, void *data, size_t bytes, const int64_t *shape, size_t rank, int32_t type,
    OrtValue **out) {
    return ORT_CALL(t, ORT_SLOT_CREATE_TENSOR_WITH_DATA,
                    OrtStatus * (*)(const OrtMemoryInfo *, void *, size_t, const int64_t *, size_t, int32_t,
                                    OrtValue **))(memory, data, bytes, shape, rank, type, out);
}
/// Memory of the runtime's own, as tensors of strings need it.
static inline OrtStatus *ort_create_owned_tensor(
    OrtTable t, OrtAllocator *allocator, const int64_t *shape, size_t rank, int32_t type, OrtValue **out) {
    return ORT_CALL(t, ORT_SLOT_CREATE_TENSOR,
                    OrtStatus * (*)(OrtAllocator *, const int64_t *, size_t, int32_t, OrtValue **))(
        allocator, shape, rank, type, out);
}
/// Copies `count` strings, each ended by a zero, into a tensor of strings.
static inline OrtStatus *ort_fill_strings(OrtTable t, OrtValue *value, const char *const *strings, size_t count) {
    return ORT_CALL(t, ORT_SLOT_FILL_STRINGS, OrtStatus * (*)(OrtValue *, const char *const *, size_t))(
        value, strings, count);
}
/// The bytes of all strings together, without closing zeros.
static inline OrtStatus *ort_strings_length(OrtTable t, const OrtValue *value, size_t *out) {
    return ORT_CALL(t, ORT_SLOT_STRINGS_LENGTH, OrtStatus * (*)(const OrtValue *, size_t *))(value, out);
}
/// Copies all strings, one behind the other, and where each begins.
static inline OrtStatus *ort_strings_content(
    OrtTable t, const OrtValue *value, void *bytes, size_t length, size_t *starts, size_t count) {
    return ORT_CALL(t, ORT_SLOT_STRINGS_CONTENT, OrtStatus * (*)(const OrtValue *, void *, size_t, size_t *, size_t))(
        value, bytes, length, starts, count);
}
static inline OrtStatus *ort_is_tensor(OrtTable t, const OrtValue *value, int32_t *out) {
    return ORT_CALL(t, ORT_SLOT_IS_TENSOR, OrtStatus * (*)(const OrtValue *, int32_t *))(value, out);
}
static inline OrtStatus *ort_tensor_data(OrtTable t, OrtValue *value, void **out) {
    return ORT_CALL(t, ORT_SLOT_TENSOR_DATA, OrtStatus * (*)(OrtValue *, void **))(value, out);
}
/// Owned by the caller: released with `ort_release_tensor_info`.
static inline OrtStatus *ort_value_tensor_info(OrtTable t, const OrtValue *value, OrtTensorInfo **out) {
    return ORT_CALL(t, ORT_SLOT_VALUE_TENSOR_INFO, OrtStatus * (*)(const OrtValue *, OrtTensorInfo **))(value, out);
}
static inline void ort_release_value(OrtTable t, OrtValue *value) {
    ORT_CALL(t, ORT_SLOT_RELEASE_VALUE, void (*)(OrtValue *))(value);
}

/// Borrowed: never released.
static inline OrtStatus *ort_default_allocator(OrtTable t, OrtAllocator **out) {
    return ORT_CALL(t, ORT_SLOT_DEFAULT_ALLOCATOR, OrtStatus * (*)(OrtAllocator **))(out);
}
static inline OrtStatus *ort_allocator_free(OrtTable t, OrtAllocator *allocator, void *memory) {
    return ORT_CALL(t, ORT_SLOT_ALLOCATOR_FREE, OrtStatus * (*)(OrtAllocator *, void *))(allocator, memory);
}

static inline OrtStatus *ort_model_metadata(OrtTable t, const OrtSession *session, OrtModelMetadata **out) {
    return ORT_CALL(t, ORT_SLOT_MODEL_METADATA, OrtStatus * (*)(const OrtSession *, OrtModelMetadata **))(session, out);
}
/// The array and each key in it are freed with `ort_allocator_free`.
static inline OrtStatus *ort_metadata_keys(
    OrtTable t, const OrtModelMetadata *metadata, OrtAllocator *allocator, char ***out, int64_t *count) {
    return ORT_CALL(t, ORT_SLOT_METADATA_KEYS,
                    OrtStatus * (*)(const OrtModelMetadata *, OrtAllocator *, char ***, int64_t *))(
        metadata, allocator, out, count);
}
/// `out` becomes NULL when there is no such key; else it is freed with `ort_allocator_free`.
static inline OrtStatus *ort_metadata_lookup(
    OrtTable t, const OrtModelMetadata *metadata, OrtAllocator *allocator, const char *key, char **out) {
    return ORT_CALL(t, ORT_SLOT_METADATA_LOOKUP,
                    OrtStatus * (*)(const OrtModelMetadata *, OrtAllocator *, const char *, char **))(
        metadata, allocator, key, out);
}
static inline void ort_release_metadata(OrtTable t, OrtModelMetadata *metadata) {
    ORT_CALL(t, ORT_SLOT_RELEASE_METADATA, void (*)(OrtModelMetadata *))(metadata);
}
