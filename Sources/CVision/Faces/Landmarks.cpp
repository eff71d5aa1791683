#include <fstream>

#include "../Guard.hpp"
#include "Dlib.hpp"

using martlet::guarded;
using martlet::require;

// dlib's shape predictor (an ensemble of regression trees, Kazemi and Sullivan 2014): its files and, point for point, its results.
// What it learnt lies here in few long arrays: the trees' leaves are added as whole vectors, fetched ahead while others are added.

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
        std::ifstream file(path, std::ios::binary);
        require(bool(file), "the landmark file can't be read");
        int version = 0;
        dlib::deserialize(version, file);
        require(version == 1, "the landmark file has another version");
        dlib::deserialize(initial, file);
        require(initial.size() == long(values), "the landmark file isn't one of 68 points");
        // Tree by tree, for the whole as dlib holds it takes three times the memory.
        cascades.resize(count(file, 64));
        for (Cascade &cascade : cascades) {
            cascade.trees = count(file, 4096);
            for (size_t i = 0; i < cascade.trees; ++i) {
                dlib::impl::regression_tree tree;
                deserialize(tree, file);
                add(tree, cascade);
            }
            cascade.leaves.shrink_to_fit();
        }
        std::vector<std::vector<unsigned long>> anchors;
        std::vector<std::vector<dlib::vector<float, 2>>> offsets;
        dlib::deserialize(anchors, file);
        dlib::deserialize(offsets, file);
        require(anchors.size() == cascades.size() && offsets.size() == cascades.size(), damaged);
        for (size_t i = 0; i < cascades.size(); ++i) place(anchors[i], offsets[i], cascades[i]);
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
    static constexpr const char *damaged = "the landmark file is damaged";

    static size_t count(std::istream &file, unsigned long limit) {
        unsigned long size = 0;
        dlib::deserialize(size, file);
        require(size > 0 && size <= limit, damaged);
        return size;
    }

    void add(const dlib::impl::regression_tree &tree, Cascade &cascade) {
        if (splitsPerTree == 0) splitsPerTree = tree.splits.size();
        require(splitsPerTree > 0 && splitsPerTree < 4096 && (splitsPerTree & (splitsPerTree + 1)) == 0, damaged);
        require(tree.splits.size() == splitsPerTree && tree.leaf_values.size() == splitsPerTree + 1, damaged);
        for (const auto &split : tree.splits) {
            require(split.idx1 < 65536 && split.idx2 < 65536, damaged);
            cascade.splits.push_back({uint16_t(split.idx1), uint16_t(split.idx2), split.thresh});
        }
        if (cascade.leaves.empty()) cascade.leaves.reserve(cascade.trees * (splitsPerTree + 1) * values);
        for (const auto &leaf : tree.leaf_values) {
            require(leaf.size() == long(values), damaged);
            cascade.leaves.insert(cascade.leaves.end(), leaf.begin(), leaf.end());
        }
    }

    static void place(
        const std::vector<unsigned long> &anchors, const std::vector<dlib::vector<float, 2>> &offsets, Cascade &cascade) {
        require(anchors.size() == offsets.size(), damaged);
        for (unsigned long anchor : anchors) {
            require(anchor < points, damaged);
            cascade.anchors.push_back(uint32_t(anchor));
        }
        for (const Split &split : cascade.splits) require(split.first < offsets.size() && split.second < offsets.size(), damaged);
        cascade.offsets = offsets;
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
