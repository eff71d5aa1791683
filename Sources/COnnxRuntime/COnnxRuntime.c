#include "COnnxRuntime.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

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

void ort_map_large_memory(size_t bytes) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, (int)bytes);
    // Without this, setting the one above fixes the other at 128 KiB, and small tensors come and go with system calls.
    mallopt(M_TRIM_THRESHOLD, (int)(4 * bytes));
#else
    (void)bytes;
#endif
}

void ort_return_freed_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
