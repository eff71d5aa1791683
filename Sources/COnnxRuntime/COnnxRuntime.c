#include "COnnxRuntime.h"

#include <dlfcn.h>
#include <stdio.h>

typedef struct {
    OrtTable (*get_api)(uint32_t version);
    const char *(*get_version_string)(void);
} OrtBase;

OrtTable ort_open(const char *path, const char **version, char *message, size_t capacity) {
    // Local, because sherpa-onnx brings another version, and neither may find the other's symbols.
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *reason = dlerror();
        snprintf(message, capacity, "%s", reason ? reason : "dlopen failed");
        return NULL;
    }
    const OrtBase *(*get_base)(void) = (const OrtBase *(*)(void))dlsym(library, "OrtGetApiBase");
    const OrtBase *base = get_base ? get_base() : NULL;
    if (!base) {
        snprintf(message, capacity, "OrtGetApiBase is missing: not ONNX Runtime");
        return NULL;
    }
    if (version) *version = base->get_version_string();
    OrtTable table = base->get_api(ORT_INTERFACE_VERSION);
    if (!table) snprintf(message, capacity, "interface version %d is not offered", ORT_INTERFACE_VERSION);
    return table;
}
