#pragma once
#include <cstdio>
#include <exception>
#include <stdexcept>

#include "CVision.h"

namespace martlet {

/// Runs `body` and turns every exception into CV_FAILED with its text: none may cross into Swift.
template <typename Body>
int32_t guarded(char *message, size_t capacity, Body body) noexcept {
    try {
        body();
        return CV_OK;
    } catch (const std::exception &error) {
        std::snprintf(message, capacity, "%s", error.what());
    } catch (...) {
        std::snprintf(message, capacity, "unknown failure");
    }
    return CV_FAILED;
}

inline void require(bool condition, const char *what) {
    if (!condition) throw std::invalid_argument(what);
}

}  // namespace martlet
