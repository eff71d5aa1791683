#pragma once
#include <cmath>

#include "Pyramid.hpp"

namespace martlet::faces {

/// For each gradient its orientation (18 bins) and length, with dlib's arithmetic: 511 x 511 entries.
class GradientTable {
  public:
    struct Entry {
        float length;
        int32_t bin;
    };

    GradientTable() : entries(511 * 511) {
        const float across[9] = {1.0000f, 0.9397f, 0.7660f, 0.500f, 0.1736f, -0.1736f, -0.5000f, -0.7660f, -0.9397f};
        const float down[9] = {0.0000f, 0.3420f, 0.6428f, 0.8660f, 0.9848f, 0.9848f, 0.8660f, 0.6428f, 0.3420f};
        for (int y = -255; y <= 255; ++y) {
            for (int x = -255; x <= 255; ++x) {
                float best = 0;
                int bin = 0;
                for (int o = 0; o < 9; ++o) {
                    const float dot = float(x) * across[o] + float(y) * down[o];
                    if (dot > best) {
                        best = dot;
                        bin = o;
                    } else if (-dot > best) {
                        best = -dot;
                        bin = o + 9;
                    }
                }
                entries[size_t((y + 255) * 511 + x + 255)] = {std::sqrt(float(x * x + y * y)), bin};
            }
        }
    }

    const Entry *centre() const { return entries.data() + 255 * 511 + 255; }

  private:
    std::vector<Entry> entries;
};

/// Felzenszwalb's features of the cells of one level or a part of one, with the zeros that surround a whole level.
/// Cell (0, 0) is the level's first cell that has features; a window may begin up to 4 cells before it.
struct Features {
    /// Cells with right values, zeros outside of the level included.
    Box cells{0, 0, 0, 0};
    std::vector<float> values;
    /// The same times 32768.
    std::vector<int16_t> fixed;

    int width() const { return cells.right - cells.left; }
    size_t at(int row, int column) const { return (size_t(row - cells.top) * size_t(width()) + size_t(column - cells.left)) * stride; }
};

/// A level's measures. Its features are those of the cells without the outermost ring.
struct LevelSize {
    int width, height;

    int cellColumns() const { return int(float(width) / float(cellSize) + 0.5); }
    int cellRows() const { return int(float(height) / float(cellSize) + 0.5); }
    int columns() const { return std::max(cellColumns() - 2, 0); }
    int rows() const { return std::max(cellRows() - 2, 0); }
    /// Every window lies in here.
    Box padded() const { return {-4, -4, columns() + 5, rows() + 5}; }
};

/// Scratch memory for computing features.
class HistogramWorkspace {
  public:
    /// The pixels that the features of these cells are made from.
    static Box pixels(const Box &cells, const LevelSize &level) {
        // Feature cell c is cell c + 1; its neighbours count for its norm, and pixels up to half a cell (and a gradient) beside them.
        const Box inside = clipped(cells, level);
        return Box{inside.left * cellSize - cellSize / 2 - 1, inside.top * cellSize - cellSize / 2 - 1,
                   (inside.right + 2) * cellSize + cellSize / 2 + 1, (inside.bottom + 2) * cellSize + cellSize / 2 + 1}
            .grown(0, level.width, level.height);
    }

    /// Features of `cells` (in the level's padded cells) out of a part of the level that holds their pixels.
    void compute(const GreyPart &part, const LevelSize &level, const Box &cells, const GradientTable &table, Features &out) {
        out.cells = cells;
        const size_t count = size_t(out.width()) * size_t(cells.bottom - cells.top) * stride;
        out.values.assign(count, 0);
        out.fixed.assign(count, 0);
        const Box inside = clipped(cells, level);
        if (inside.left >= inside.right || inside.top >= inside.bottom) return;

        // Histograms of the cells and of the ring around them, with one more ring that catches what falls outside.
        const Box ring{inside.left - 1, inside.top - 1, inside.right + 3, inside.bottom + 3};
        columns = ring.right - ring.left;
        rows = ring.bottom - ring.top;
        histograms.assign(size_t(columns) * size_t(rows) * bins, 0);
        vote(part, level, ring, table);
        measure();
        describe(inside, ring, out);
    }

  private:
    static constexpr int bins = 18;

    typedef float Pair __attribute__((vector_size(8)));

    std::vector<float> histograms, norms;
    std::vector<Pair> band;
    int columns = 0, rows = 0;

    static Box clipped(const Box &cells, const LevelSize &level) {
        return {std::max(cells.left, 0), std::max(cells.top, 0), std::min(cells.right, level.columns()), std::min(cells.bottom, level.rows())};
    }

    /// Adds every pixel's gradient to the four cells around it, in the order of the pixels.
    /// `ring` are the cells that there are histograms for.
    void vote(const GreyPart &part, const LevelSize &level, const Box &ring, const GradientTable &table) {
        const int visibleRows = std::min(level.cellRows() * cellSize, level.height) - 1;
        const int visibleColumns = std::min(level.cellColumns() * cellSize, level.width) - 1;
        // Pixels whose four cells all are among the histograms.
        const int firstRow = std::max({1, part.top + 1, ring.top * cellSize + cellSize / 2});
        const int lastRow = std::min({visibleRows, part.bottom() - 1, (ring.bottom - 1) * cellSize + cellSize / 2});
        const int firstColumn = std::max({1, part.left + 1, ring.left * cellSize + cellSize / 2});
        const int lastColumn = std::min({visibleColumns, part.right() - 1, (ring.right - 1) * cellSize + cellSize / 2});
        // dlib's vectors of eight pixels end here; the others round in another order.
        int vectorEnd = 1;
        while (vectorEnd < visibleColumns - 7) vectorEnd += 8;
        const GradientTable::Entry *centre = table.centre();
        const int firstHalf = firstColumn + cellSize / 2, lastHalf = lastColumn + cellSize / 2;
        // Pixels between two rows of cells add to both: to the upper one, which has what the band above gave it, and to the lower one.
        band.assign(size_t(columns) * bins, Pair{0, 0});
        int bandRow = firstRow / cellSize;
        for (int y = firstRow; y < lastRow; ++y) {
            const uint8_t *above = part.row(y - 1) - part.left, *here = part.row(y) - part.left, *below = part.row(y + 1) - part.left;
            // The cell of y is floor((y + 0.5) / 8 - 0.5).
            const int half = y + cellSize / 2;
            if (y == firstRow) bandRow = half / cellSize - 1;
            if (half / cellSize - 1 != bandRow) finishBand(bandRow++ - ring.top);
            const float lower = (float(half % cellSize) + 0.5f) / float(cellSize);
            const Pair rowWeights{1 - lower, lower};
            const auto gradient = [&](int x) {
                return centre[(int(below[x]) - int(above[x])) * 511 + int(here[x + 1]) - int(here[x - 1])];
            };
            for (int cell = firstHalf / cellSize; cell * cellSize < lastHalf; ++cell) {
                Pair *votes = band.data() + size_t(cell - 1 - ring.left) * bins;
                const int begin = std::max(firstHalf, cell * cellSize), end = std::min(lastHalf, (cell + 1) * cellSize);
                const int vectorHalf = std::min(end, vectorEnd + cellSize / 2);
                int at = begin;
                for (; at < vectorHalf; ++at) {
                    const GradientTable::Entry entry = gradient(at - cellSize / 2);
                    const float right = (float(at - cell * cellSize) + 0.5f) / float(cellSize), left = 1 - right;
                    votes[entry.bin] += rowWeights * (left * entry.length);
                    votes[entry.bin + bins] += rowWeights * (right * entry.length);
                }
                for (; at < end; ++at) {
                    const GradientTable::Entry entry = gradient(at - cellSize / 2);
                    const float right = (float(at - cell * cellSize) + 0.5f) / float(cellSize), left = 1 - right;
                    votes[entry.bin] += rowWeights * left * entry.length;
                    votes[entry.bin + bins] += rowWeights * right * entry.length;
                }
            }
        }
        if (firstRow < lastRow) {
            finishBand(bandRow - ring.top);
            finishBand(bandRow + 1 - ring.top);
        }
    }

    void finishBand(int row) {
        float *target = histograms.data() + size_t(row) * size_t(columns) * bins;
        for (size_t i = 0; i < band.size(); ++i) {
            target[i] = band[i][0];
            band[i] = Pair{band[i][1], 0};
        }
    }

    void measure() {
        norms.assign(size_t(columns) * size_t(rows), 0);
        for (size_t cell = 0; cell < norms.size(); ++cell) {
            const float *h = histograms.data() + cell * bins;
            float sum = 0;
            for (int o = 0; o < 9; ++o) sum += (h[o] + h[o + 9]) * (h[o] + h[o + 9]);
            norms[cell] = sum;
        }
    }

    void describe(const Box &inside, const Box &ring, Features &out) const {
        for (int row = inside.top; row < inside.bottom; ++row) {
            for (int column = inside.left; column < inside.right; ++column) {
                // The feature cell's own cell is one further down and right.
                const size_t cell = size_t(row + 1 - ring.top) * size_t(columns) + size_t(column + 1 - ring.left);
                const float *h = histograms.data() + cell * bins;
                const float *n = norms.data() + cell;
                const ptrdiff_t line = columns;
                // Lanes in dlib's order: what each of its four vectors holds.
                const float z1[4] = {n[0], n[-line], n[-1 + 0], n[-line - 1]};
                const float z2[4] = {n[1], n[-line + 1], n[0], n[-line]};
                const float z3[4] = {n[line], n[0], n[line - 1], n[-1]};
                const float z4[4] = {n[line + 1], n[1], n[line], n[0]};
                float limit[4], factor[4];
                for (int lane = 0; lane < 4; ++lane) {
                    limit[lane] = 0.2f * std::sqrt(z1[lane] + z2[lane] + z3[lane] + z4[lane] + 0.0001f);
                    factor[lane] = 0.1f / limit[lane];
                }
                float *values = out.values.data() + out.at(row, column);
                float clipped[4][bins];
                for (int lane = 0; lane < 4; ++lane) {
                    for (int o = 0; o < bins; ++o) clipped[lane][o] = std::min(h[o], limit[lane]) * factor[lane];
                }
                for (int o = 0; o < bins; ++o) values[o] = (clipped[0][o] + clipped[1][o]) + (clipped[2][o] + clipped[3][o]);
                for (int lane = 0; lane < 4; ++lane) {
                    float texture = 0;
                    for (int o = 0; o < bins; o += 3) texture += clipped[lane][o] + clipped[lane][o + 1] + clipped[lane][o + 2];
                    values[27 + lane] = texture * 0.4714f;
                }
                float both[4][9];
                for (int lane = 0; lane < 4; ++lane) {
                    for (int o = 0; o < 9; ++o) both[lane][o] = std::min(h[o] + h[o + 9], limit[lane]) * factor[lane];
                }
                for (int o = 0; o < 9; ++o) values[18 + o] = (both[0][o] + both[1][o]) + (both[2][o] + both[3][o]);
                int16_t *fixed = out.fixed.data() + out.at(row, column);
                for (int plane = 0; plane < stride; ++plane) fixed[plane] = int16_t(values[plane] * 32768.0f + 0.5f);
            }
        }
    }
};

}  // namespace martlet::faces
