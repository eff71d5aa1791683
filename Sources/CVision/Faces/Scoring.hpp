#pragma once
#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "Histograms.hpp"

namespace martlet::faces {

using FilterBank = dlib::scan_fhog_pyramid<dlib::pyramid_down<6>>::fhog_filterbank;

/// The five detectors' filters, in the form that screens windows fast and in dlib's own that decides.
struct Filters {
    static constexpr int count = 5;
    static constexpr size_t windowValues = size_t(windowCells) * windowCells * stride;
    /// Fixed-point scale of the weights; sums of products stay within 32 bits.
    static constexpr float weightScale = 2048;

    std::vector<FilterBank> banks;
    double thresholds[count];
    /// Row, column, plane of each detector.
    std::vector<int16_t> weights;
    /// What a screened score must reach for the exact score to possibly reach its threshold.
    int32_t screens[count];

    explicit Filters(const dlib::frontal_face_detector &detector) : weights(count * windowValues) {
        if (detector.num_detectors() != count) throw std::runtime_error("the face detector has another number of filters");
        for (int d = 0; d < count; ++d) {
            const FilterBank &bank = detector.get_processed_w(d).get_detect_argument();
            thresholds[d] = detector.get_w(d)(detector.get_w(d).size() - 1);
            // What rounding of weights and features can take away at most, features being at most 0.4, those of texture 0.85.
            double loss = 0;
            for (int plane = 0; plane < planes; ++plane) {
                dlib::matrix<double> filter = dlib::zeros_matrix<double>(windowCells, windowCells);
                for (size_t i = 0; i < bank.row_filters[size_t(plane)].size(); ++i) {
                    filter += dlib::matrix_cast<double>(bank.col_filters[size_t(plane)][i] * dlib::trans(bank.row_filters[size_t(plane)][i]));
                }
                for (int row = 0; row < windowCells; ++row) {
                    for (int column = 0; column < windowCells; ++column) {
                        const double exact = filter(row, column);
                        const int16_t rounded = int16_t(std::lround(exact * weightScale));
                        weights[(size_t(d * windowCells + row) * windowCells + size_t(column)) * stride + size_t(plane)] = rounded;
                        loss += std::abs(rounded / weightScale - exact) * (plane < 27 ? 0.4 : 0.85) + std::abs(exact) / 65536;
                    }
                }
            }
            screens[d] = int32_t(std::floor((thresholds[d] - loss - 0.001) * weightScale * 32768));
            banks.push_back(bank);
        }
    }

    const int16_t *of(int detector, int row) const { return weights.data() + size_t(detector * windowCells + row) * windowCells * stride; }

    /// The score of the window whose first cell is (row, column), summed as dlib sums it, bit for bit.
    float exact(int detector, const Features &features, int row, int column, const LevelSize &level) const {
        const FilterBank &bank = banks[size_t(detector)];
        // dlib computes eight columns at a time, and the last few one by one in another order.
        const int lastColumn = level.columns() + windowCells - 1 - 4;
        int vectorEnd = 5;
        while (vectorEnd < lastColumn - 7) vectorEnd += 8;
        const bool isVector = column + 9 < vectorEnd;
        const auto sum = [isVector](const float *values, const dlib::matrix<float, 0, 1> &filter) {
            if (!isVector) {
                float total = 0;
                for (int n = 0; n < windowCells; ++n) total += values[n] * filter(n);
                return total;
            }
            float first = 0, second = 0, third = 0;
            for (int n = 0; n < 9; n += 3) {
                first += values[n] * filter(n);
                second += values[n + 1] * filter(n + 1);
                third += values[n + 2] * filter(n + 2);
            }
            first += values[9] * filter(9);
            return first + (second + third);
        };
        float score = 0;
        bool isFirst = true;
        for (int plane = 0; plane < planes; ++plane) {
            float patch[windowCells][windowCells];
            for (int r = 0; r < windowCells; ++r) {
                const float *cell = features.values.data() + features.at(row + r, column) + plane;
                for (int c = 0; c < windowCells; ++c) patch[r][c] = cell[size_t(c) * stride];
            }
            for (size_t i = 0; i < bank.row_filters[size_t(plane)].size(); ++i) {
                float lines[windowCells];
                for (int r = 0; r < windowCells; ++r) lines[r] = sum(patch[r], bank.row_filters[size_t(plane)][i]);
                const float part = sum(lines, bank.col_filters[size_t(plane)][i]);
                score = isFirst ? part : score + part;
                isFirst = false;
            }
        }
        return score;
    }
};

/// Fixed-point scores of `lanes` windows that lie side by side, for all detectors: scores[detector * lanes + window].
/// `line` is how far apart rows of cells are.
template <int lanes>
inline void screen(const Filters &filters, const int16_t *cells, size_t line, int32_t *scores) {
#if defined(__AVX512BW__)
    __m512i sums[Filters::count][lanes];
    for (auto &row : sums) for (auto &sum : row) sum = _mm512_setzero_si512();
    for (int row = 0; row < windowCells; ++row) {
        const int16_t *values = cells + size_t(row) * line;
        for (int column = 0; column < windowCells; ++column) {
            __m512i window[lanes];
            for (int lane = 0; lane < lanes; ++lane) window[lane] = _mm512_loadu_si512(values + (column + lane) * stride);
            for (int d = 0; d < Filters::count; ++d) {
                const __m512i weights = _mm512_loadu_si512(filters.of(d, row) + column * stride);
                for (int lane = 0; lane < lanes; ++lane) {
#if defined(__AVX512VNNI__)
                    sums[d][lane] = _mm512_dpwssd_epi32(sums[d][lane], window[lane], weights);
#else
                    sums[d][lane] = _mm512_add_epi32(sums[d][lane], _mm512_madd_epi16(window[lane], weights));
#endif
                }
            }
        }
    }
    for (int d = 0; d < Filters::count; ++d)
        for (int lane = 0; lane < lanes; ++lane) scores[d * lanes + lane] = _mm512_reduce_add_epi32(sums[d][lane]);
#elif defined(__AVX2__)
    for (int d = 0; d < Filters::count; ++d) {
        __m256i sums[lanes];
        for (auto &sum : sums) sum = _mm256_setzero_si256();
        for (int row = 0; row < windowCells; ++row) {
            const int16_t *values = cells + size_t(row) * line;
            const int16_t *weights = filters.of(d, row);
            for (int piece = 0; piece < windowCells * stride; piece += 16) {
                const __m256i weight = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(weights + piece));
                for (int lane = 0; lane < lanes; ++lane) {
                    const __m256i value = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(values + lane * stride + piece));
                    sums[lane] = _mm256_add_epi32(sums[lane], _mm256_madd_epi16(value, weight));
                }
            }
        }
        for (int lane = 0; lane < lanes; ++lane) {
            int32_t parts[8];
            _mm256_storeu_si256(reinterpret_cast<__m256i *>(parts), sums[lane]);
            scores[d * lanes + lane] = parts[0] + parts[1] + parts[2] + parts[3] + parts[4] + parts[5] + parts[6] + parts[7];
        }
    }
#else
    for (int d = 0; d < Filters::count; ++d) {
        for (int lane = 0; lane < lanes; ++lane) {
            int32_t sum = 0;
            for (int row = 0; row < windowCells; ++row) {
                const int16_t *values = cells + size_t(row) * line + lane * stride;
                const int16_t *weights = filters.of(d, row);
                for (int n = 0; n < windowCells * stride; ++n) sum += int32_t(values[n]) * int32_t(weights[n]);
            }
            scores[d * lanes + lane] = sum;
        }
    }
#endif
}

}  // namespace martlet::faces
