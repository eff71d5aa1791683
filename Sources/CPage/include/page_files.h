#ifndef MARTLET_PAGE_FILES_H
#define MARTLET_PAGE_FILES_H

#include <stddef.h>

/// A file of the web page, as it is sent. `path` is relative to the folder `web`.
typedef struct {
    const char *path;
    const unsigned char *bytes;
    size_t count;
} MartletPageFile;

extern const MartletPageFile martlet_page_files[];
extern const size_t martlet_page_file_count;

/// Swift doesn't see arrays whose length it isn't told.
static inline const MartletPageFile *martlet_page_file(size_t index) { return &martlet_page_files[index]; }

#endif
