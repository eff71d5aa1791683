#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "Dlib.hpp"

namespace martlet::faces {

/// Cells of 8 pixels, windows of 10 cells, 31 features a cell, kept in rows of 32.
constexpr int cellSize = 8, windowCells = 10, planes = 31, stride = 32;

/// Part of a picture: `left` and `top` are where it lies in the whole.
struct GreyPart {
    int left = 0, top = 0, width = 0, height = 0;
    std::vector<uint8_t> own;
    const uint8_t *pixels = nullptr;

    int right() const { return left + width; }
    int bottom() const { return top + height; }
    const uint8_t *row(int y) const { return pixels + size_t(y - top) * size_t(width); }
};

/// A rectangle, right and bottom exclusive.
struct Box {
    int left, top, right, bottom;

    Box united(const Box &other) const {
        return {std::min(left, other.left), std::min(top, other.top), std::max(right, other.right), std::max(bottom, other.bottom)};
    }
    Box grown(int by, int width, int height) const {
        return {std::max(0, left - by), std::max(0, top - by), std::min(width, right + by), std::min(height, bottom + by)};
    }
};

/// How dlib's pyramid_down<6> makes one level from the one above it, position for position: its columns step in single
/// precision four at a time and its rows in double precision, so that where a sample falls depends on the picture's size.
/// Tables of it let any part of a level be computed alone, with the very values of the whole.
struct Step {
    int inWidth, inHeight, outWidth, outHeight;
    std::vector<int> left, top;
    std::vector<float> xFraction, yFraction, yRest;
    std::vector<double> yExact;
    /// Columns from here on are computed one at a time, in other precision.
    int vectorEnd;

    Step(int width, int height)
        : inWidth(width), inHeight(height), outWidth(5 * width / 6), outHeight(5 * height / 6), left(size_t(outWidth)), top(size_t(outHeight)),
          xFraction(size_t(outWidth)), yFraction(size_t(outHeight)), yRest(size_t(outHeight)), yExact(size_t(outHeight)) {
        const double xScale = (inWidth - 1) / double(std::max(outWidth - 1, 1));
        const double yScale = (inHeight - 1) / double(std::max(outHeight - 1, 1));
        double y = -yScale;
        for (int r = 0; r < outHeight; ++r) {
            y += yScale;
            const long whole = static_cast<long>(std::floor(y));
            top[size_t(r)] = int(whole);
            yExact[size_t(r)] = y - double(whole);
            yFraction[size_t(r)] = float(y - double(whole));
            yRest[size_t(r)] = float(1 - (y - double(whole)));
        }
        double x = -4 * xScale;
        float lanes[4] = {float(x), float(x + xScale), float(x + 2 * xScale), float(x + 3 * xScale)};
        const float laneStep = float(4 * xScale);
        int c = 0;
        for (;; c += 4) {
            int whole[4];
            for (int lane = 0; lane < 4; ++lane) {
                lanes[lane] += laneStep;
                whole[lane] = int(lanes[lane]);
            }
            if (whole[3] + 1 >= inWidth || c + 3 >= outWidth) break;
            for (int lane = 0; lane < 4; ++lane) {
                left[size_t(c + lane)] = whole[lane];
                xFraction[size_t(c + lane)] = lanes[lane] - float(whole[lane]);
            }
        }
        vectorEnd = c;
        x = -xScale + c * xScale;
        for (; c < outWidth; ++c) {
            x += xScale;
            const long whole = static_cast<long>(std::floor(x));
            left[size_t(c)] = int(whole);
            xFraction[size_t(c)] = float(x - double(whole));
        }
    }

    /// The part of the level above that a part of this one is made from.
    Box source(const Box &box) const {
        return {left[size_t(box.left)], top[size_t(box.top)], std::min(inWidth, left[size_t(box.right - 1)] + 2),
                std::min(inHeight, top[size_t(box.bottom - 1)] + 2)};
    }

    void apply(const GreyPart &in, const Box &box, GreyPart &out) const {
        out.left = box.left;
        out.top = box.top;
        out.width = box.right - box.left;
        out.height = box.bottom - box.top;
        out.own.resize(size_t(out.width) * size_t(out.height));
        out.pixels = out.own.data();
        const int vectorColumns = std::min(box.right, vectorEnd);
        for (int r = box.top; r < box.bottom; ++r) {
            const uint8_t *upper = in.row(top[size_t(r)]) - in.left;
            const uint8_t *lower = in.row(std::min(top[size_t(r)] + 1, inHeight - 1)) - in.left;
            uint8_t *target = out.own.data() + size_t(r - box.top) * size_t(out.width) - box.left;
            const float down = yFraction[size_t(r)], up = yRest[size_t(r)];
            int c = box.left;
#if defined(__AVX2__)
            // Eight columns are made from at most twelve source pixels in a row.
            for (; c + 8 <= vectorColumns && left[size_t(c)] + 16 <= in.right(); c += 8) {
                const int first = left[size_t(c)];
                const __m256i places = _mm256_sub_epi32(
                    _mm256_loadu_si256(reinterpret_cast<const __m256i *>(left.data() + c)), _mm256_set1_epi32(first));
                const __m256i pick = _mm256_or_si256(places, _mm256_set1_epi32(int(0x80808000)));
                const __m256i pickNext = _mm256_add_epi32(pick, _mm256_set1_epi32(1));
                const auto pixels = [](const uint8_t *row, __m256i chosen) {
                    const __m256i bytes = _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i *>(row)));
                    return _mm256_cvtepi32_ps(_mm256_shuffle_epi8(bytes, chosen));
                };
                const __m256 across = _mm256_loadu_ps(xFraction.data() + c), rest = _mm256_sub_ps(_mm256_set1_ps(1), across);
                const __m256 ups = _mm256_set1_ps(up), downs = _mm256_set1_ps(down);
                __m256 value = _mm256_mul_ps(_mm256_mul_ps(ups, rest), pixels(upper + first, pick));
                value = _mm256_add_ps(value, _mm256_mul_ps(_mm256_mul_ps(ups, across), pixels(upper + first, pickNext)));
                value = _mm256_add_ps(value, _mm256_mul_ps(_mm256_mul_ps(downs, rest), pixels(lower + first, pick)));
                value = _mm256_add_ps(value, _mm256_mul_ps(_mm256_mul_ps(downs, across), pixels(lower + first, pickNext)));
                const __m256i whole = _mm256_cvttps_epi32(value);
                const __m256 remainder = _mm256_sub_ps(value, _mm256_cvtepi32_ps(whole));
                // All ones where it rounds up, which is -1.
                const __m256i up1 = _mm256_castps_si256(_mm256_cmp_ps(remainder, _mm256_set1_ps(0.5f), _CMP_GE_OQ));
                const __m256i rounded = _mm256_sub_epi32(whole, up1);
                const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(rounded), _mm256_extracti128_si256(rounded, 1));
                _mm_storel_epi64(reinterpret_cast<__m128i *>(target + c), _mm_packus_epi16(words, words));
            }
#endif
            for (; c < vectorColumns; ++c) target[c] = blended(upper, lower, left[size_t(c)], xFraction[size_t(c)], up, down);
            const double fraction = yExact[size_t(r)];
            for (; c < box.right; ++c) {
                const int at = left[size_t(c)], next = std::min(at + 1, inWidth - 1);
                const float across = xFraction[size_t(c)];
                const float value = float(
                    (1 - fraction) * ((1 - across) * float(upper[at]) + across * float(upper[next])) +
                    fraction * ((1 - across) * float(lower[at]) + across * float(lower[next])));
                dlib::assign_pixel(target[c], value);
            }
        }
    }

  private:
    static uint8_t blended(const uint8_t *upper, const uint8_t *lower, int at, float across, float up, float down) {
        const float rest = 1 - across;
        const float value = up * rest * upper[at] + up * across * upper[at + 1] + down * rest * lower[at] + down * across * lower[at + 1];
        // value + 0.5 in double precision, as dlib rounds.
        const int whole = int(value);
        return uint8_t(whole + (value - float(whole) >= 0.5f));
    }
};

}  // namespace martlet::faces
