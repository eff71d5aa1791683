#include <climits>
#include <cmath>
#include <cstring>
#include <fstream>

#include "../Guard.hpp"
#include "Dlib.hpp"

using martlet::guarded;
using martlet::require;

// dlib's shape predictor (an ensemble of regression trees, Kazemi and Sullivan 2014): its files and, point for point, its results.
// What it learnt lies here in few long arrays: the trees' leaves are added as whole vectors, fetched ahead while others are added.

namespace {

/// The numbers of a file that dlib serialized, one after the other. Nine million of them: dlib's own streams take ten times as long.
class NumberFile {
  public:
    static constexpr const char *damaged = "the landmark file is damaged";

    explicit NumberFile(const char *path) : file(path, std::ios::binary), buffer(1 << 20) {
        require(bool(file), "the landmark file can't be read");
        for (int exponent = -range; exponent <= range; ++exponent) powers.push_back(std::ldexp(1.0, exponent));
    }

    /// A control byte (how many bytes follow, and the sign), then the bytes, the lowest first.
    int64_t integer() {
        const uint8_t control = byte();
        const size_t size = control & 0x0f;
        require(size <= 8 && (control & 0x70) == 0, damaged);
        uint64_t value = 0;
        if (filled - next >= 8) {
            std::memcpy(&value, buffer.data() + next, 8);
            value &= size == 8 ? ~uint64_t(0) : (uint64_t(1) << (8 * size)) - 1;
            next += size;
        } else {
            for (size_t i = 0; i < size; ++i) value |= uint64_t(byte()) << (8 * i);
        }
        require(value <= uint64_t(INT64_MAX), damaged);
        return control & 0x80 ? -int64_t(value) : int64_t(value);
    }

    /// A mantissa and a power of two.
    float real() {
        const int64_t mantissa = integer(), exponent = integer();
        require(exponent >= -range && exponent <= range, damaged);
        return float(double(mantissa) * powers[size_t(exponent + range)]);
    }

    size_t count(int64_t limit) {
        const int64_t size = integer();
        require(size > 0 && size <= limit, damaged);
        return size_t(size);
    }

    /// The measures of a matrix of one column, written as negative numbers.
    void expectMatrix(long rows) {
        const int64_t r = integer(), c = integer();
        require(r == -rows && c == -1, damaged);
    }

    dlib::matrix<float, 0, 1> matrix(long rows) {
        expectMatrix(rows);
        dlib::matrix<float, 0, 1> out(rows);
        for (long i = 0; i < rows; ++i) out(i) = real();
        return out;
    }

  private:
    /// Powers of two that single precision numbers have.
    static constexpr int range = 300;

    std::ifstream file;
    std::vector<char> buffer;
    std::vector<double> powers;
    size_t next = 0, filled = 0;

    uint8_t byte() {
        if (next == filled) {
            file.read(buffer.data(), std::streamsize(buffer.size()));
            filled = size_t(file.gcount());
            next = 0;
            require(filled > 0, damaged);
        }
        return uint8_t(buffer[next++]);
    }
};

}  // namespace

struct CvLandmarkModel {
    static constexpr size_t points = CV_LANDMARKS;
    static constexpr size_t values = 2 * points;

    struct Split {
        uint16_t first, second;
        float threshold;
    };

    struct Cascade {
        std::vector<uint32_t> anchors;
        std::vector<dlib::vector<float, 2>> offsets;
        size_t trees = 0;
        std::vector<Split> splits;
        std::vector<float> leaves;
    };

    dlib::matrix<float, 0, 1> initial;
    size_t splitsPerTree = 0;
    std::vector<Cascade> cascades;

    explicit CvLandmarkModel(const char *path) {
        NumberFile file(path);
        require(file.integer() == 1, "the landmark file has another version");
        initial = file.matrix(long(values));
        cascades.resize(file.count(64));
        for (Cascade &cascade : cascades) {
            cascade.trees = file.count(4096);
            for (size_t i = 0; i < cascade.trees; ++i) addTree(file, cascade);
        }
        require(file.count(64) == cascades.size(), damaged);
        for (Cascade &cascade : cascades) {
            cascade.anchors.resize(file.count(65536));
            for (uint32_t &anchor : cascade.anchors) {
                const int64_t value = file.integer();
                require(value >= 0 && value < int64_t(points), damaged);
                anchor = uint32_t(value);
            }
        }
        require(file.count(64) == cascades.size(), damaged);
        for (Cascade &cascade : cascades) {
            require(file.count(65536) == cascade.anchors.size(), damaged);
            for (size_t i = 0; i < cascade.anchors.size(); ++i) {
                const float x = file.real(), y = file.real();
                cascade.offsets.emplace_back(x, y);
            }
            for (const Split &split : cascade.splits) {
                require(split.first < cascade.offsets.size() && split.second < cascade.offsets.size(), damaged);
            }
        }
    }

    void find(const uint8_t *grey, int32_t width, int32_t height, const dlib::rectangle &face, int32_t *out) const {
        dlib::matrix<float, 0, 1> shape = initial;
        const dlib::point_transform_affine toPicture = dlib::impl::unnormalizing_tform(face);
        std::vector<float> pixels;
        std::vector<const float *> leaves;
        float *current = &shape(0);
        for (const Cascade &cascade : cascades) {
            const dlib::matrix<float, 2, 2> turn = dlib::matrix_cast<float>(dlib::impl::find_tform_between_shapes(initial, shape).get_m());
            pixels.resize(cascade.offsets.size());
            for (size_t i = 0; i < pixels.size(); ++i) {
                const dlib::point at = toPicture(turn * cascade.offsets[i] + dlib::impl::location(shape, cascade.anchors[i]));
                const bool isInside = at.x() >= 0 && at.y() >= 0 && at.x() < width && at.y() < height;
                pixels[i] = isInside ? grey[size_t(at.y()) * size_t(width) + size_t(at.x())] : 0;
            }
            leaves.resize(cascade.trees);
            const float *next = cascade.leaves.data();
            const Split *splits = cascade.splits.data();
            for (size_t tree = 0; tree < cascade.trees; ++tree, splits += splitsPerTree, next += (splitsPerTree + 1) * values) {
                size_t node = 0;
                while (node < splitsPerTree) {
                    const Split &split = splits[node];
                    node = 2 * node + (pixels[split.first] - pixels[split.second] > split.threshold ? 1 : 2);
                }
                leaves[tree] = next + (node - splitsPerTree) * values;
                for (size_t line = 0; line < values; line += 16) __builtin_prefetch(leaves[tree] + line);
            }
            for (const float *leaf : leaves) {
                for (size_t i = 0; i < values; ++i) current[i] += leaf[i];
            }
        }
        for (size_t i = 0; i < points; ++i) {
            const dlib::point at = toPicture(dlib::impl::location(shape, i));
            out[2 * i] = int32_t(at.x());
            out[2 * i + 1] = int32_t(at.y());
        }
    }

  private:
    static constexpr const char *damaged = NumberFile::damaged;

    void addTree(NumberFile &file, Cascade &cascade) {
        const size_t splits = file.count(4095);
        if (splitsPerTree == 0) splitsPerTree = splits;
        require(splits == splitsPerTree && (splits & (splits + 1)) == 0, damaged);
        for (size_t i = 0; i < splits; ++i) {
            const int64_t first = file.integer(), second = file.integer();
            require(first >= 0 && first < 65536 && second >= 0 && second < 65536, damaged);
            cascade.splits.push_back({uint16_t(first), uint16_t(second), file.real()});
        }
        require(file.count(4096) == splits + 1, damaged);
        if (cascade.leaves.empty()) cascade.leaves.reserve(cascade.trees * (splits + 1) * values);
        for (size_t i = 0; i <= splits; ++i) {
            file.expectMatrix(long(values));
            for (size_t n = 0; n < values; ++n) cascade.leaves.push_back(file.real());
        }
    }
};

int32_t cv_landmark_model_load(const char *path, CvLandmarkModel **out, char *message, size_t capacity) {
    return guarded(message, capacity, [&] { *out = new CvLandmarkModel(path); });
}

void cv_landmark_model_free(CvLandmarkModel *model) { delete model; }

int32_t cv_landmarks(
    const CvLandmarkModel *model, const uint8_t *grey, int32_t width, int32_t height, const CvFace *face, int32_t *points, char *message,
    size_t capacity) {
    return guarded(message, capacity, [&] {
        require(grey && width > 0 && height > 0, "the picture is empty");
        model->find(grey, width, height, dlib::rectangle(face->left, face->top, face->right, face->bottom), points);
    });
}
