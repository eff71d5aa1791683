#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <unistd.h>

#include "../Guard.hpp"
#include "Scoring.hpp"

using martlet::guarded;
using martlet::require;
using namespace martlet::faces;

// dlib's frontal face detector (HOG features, a pyramid, five linear filters), computed here so that it can also look at a part
// of a picture, and several times faster: windows are screened in fixed point, and only those that may reach a filter's
// threshold are scored as dlib scores them. Rectangles and confidences are dlib's, bit for bit.

namespace {

/// dlib carries its detector compressed, and takes half a second to unpack it: what was unpacked is kept in a file.
dlib::frontal_face_detector detector(const char *cache) {
    dlib::frontal_face_detector detector;
    if (cache) {
        try {
            dlib::deserialize(cache) >> detector;
            if (detector.num_detectors() == Filters::count) return detector;
        } catch (const std::exception &) {
            // Not there yet, or cut short: unpacked anew.
        }
    }
    detector = dlib::get_frontal_face_detector();
    if (cache) {
        // Only helps the next time: a disk that takes nothing is no failure.
        const std::string part = std::string(cache) + "." + std::to_string(getpid());
        try {
            dlib::serialize(part) << detector;
            if (std::rename(part.c_str(), cache) != 0) std::remove(part.c_str());
        } catch (const std::exception &) {
            std::remove(part.c_str());
        }
    }
    return detector;
}

}  // namespace

struct CvFaceDetector {
    explicit CvFaceDetector(const char *cache) : detector(::detector(cache)) {}

    dlib::frontal_face_detector detector;
    Filters filters{detector};
    GradientTable gradients;
};

struct CvFaceScan {
    const CvFaceDetector &source;
    int width = 0, height = 0;
    std::vector<LevelSize> levels;
    std::vector<Step> steps;
    GreyPart whole, upper, lower;
    HistogramWorkspace workspace;
    Features features;
};

namespace {

/// Levels that dlib looks at: as long as the next one's rectangle is 64 pixels wide and high.
void prepare(CvFaceScan &scan, int width, int height) {
    if (scan.width == width && scan.height == height) return;
    scan.width = width;
    scan.height = height;
    scan.levels = {{width, height}};
    scan.steps.clear();
    const dlib::pyramid_down<6> pyramid;
    dlib::rectangle rect(0, 0, width - 1, height - 1);
    for (;;) {
        rect = pyramid.rect_down(rect);
        if (rect.width() < 64 || rect.height() < 64) break;
        const LevelSize above = scan.levels.back();
        scan.steps.emplace_back(above.width, above.height);
        scan.levels.push_back({scan.steps.back().outWidth, scan.steps.back().outHeight});
    }
}

/// Windows whose first cells are in here.
using Windows = Box;

Windows allWindows(const LevelSize &level) { return {-4, -4, level.columns() - 4, level.rows() - 4}; }

struct Detection {
    double confidence;
    int detector, level, row, column;
    dlib::rectangle rect;
};

/// Scores the windows of one level whose features are in `scan.features`.
void score(CvFaceScan &scan, int level, const Windows &windows, std::vector<Detection> &found) {
    const LevelSize size = scan.levels[size_t(level)];
    const Filters &filters = scan.source.filters;
    const Features &features = scan.features;
    const size_t line = size_t(features.width()) * stride;
    constexpr int wide = 4;
    int32_t scores[Filters::count * wide];
    const auto consider = [&](int row, int column, int lanes) {
        for (int d = 0; d < Filters::count; ++d) {
            for (int lane = 0; lane < lanes; ++lane) {
                if (scores[d * lanes + lane] < filters.screens[d]) continue;
                const float exact = filters.exact(d, features, row, column + lane, size);
                if (!(exact >= filters.thresholds[d])) continue;
                // dlib names a window by the cell after its middle, in cells with the filter's padding.
                const dlib::point centre(column + lane + 9, row + 9);
                dlib::rectangle rect = dlib::default_fhog_feature_extractor().feats_to_image(
                    dlib::centered_rect(centre, windowCells, windowCells), cellSize, windowCells, windowCells);
                rect = dlib::pyramid_down<6>().rect_up(rect, unsigned(level));
                found.push_back({double(exact) - filters.thresholds[d], d, level, row, column + lane, rect});
            }
        }
    };
    for (int row = windows.top; row < windows.bottom; ++row) {
        const int16_t *cells = features.fixed.data() + features.at(row, windows.left);
        int column = windows.left;
        for (; column + wide <= windows.right; column += wide, cells += wide * stride) {
            screen<wide>(filters, cells, line, scores);
            consider(row, column, wide);
        }
        for (; column < windows.right; ++column, cells += stride) {
            screen<1>(filters, cells, line, scores);
            consider(row, column, 1);
        }
    }
}

/// Best first, without those that overlap a better one.
std::vector<Detection> suppressed(const CvFaceScan &scan, std::vector<Detection> found) {
    std::sort(found.begin(), found.end(), [](const Detection &a, const Detection &b) {
        return std::tie(b.confidence, a.detector, a.level, a.row, a.column) < std::tie(a.confidence, b.detector, b.level, b.row, b.column);
    });
    const dlib::test_box_overlap overlaps = scan.source.detector.get_overlap_tester();
    std::vector<Detection> kept;
    for (const Detection &candidate : found) {
        const bool isCovered =
            std::any_of(kept.begin(), kept.end(), [&](const Detection &other) { return overlaps(other.rect, candidate.rect); });
        if (!isCovered) kept.push_back(candidate);
    }
    return kept;
}

std::vector<Detection> everywhere(CvFaceScan &scan) {
    std::vector<Detection> found;
    const GreyPart *current = &scan.whole;
    for (size_t level = 0; level < scan.levels.size(); ++level) {
        const LevelSize size = scan.levels[level];
        if (level > 0) {
            GreyPart &target = current == &scan.upper ? scan.lower : scan.upper;
            scan.steps[level - 1].apply(*current, {0, 0, size.width, size.height}, target);
            current = &target;
        }
        if (size.columns() == 0 || size.rows() == 0) continue;
        scan.workspace.compute(*current, size, size.padded(), scan.source.gradients, scan.features);
        score(scan, int(level), allWindows(size), found);
    }
    return suppressed(scan, std::move(found));
}

/// The windows at `level` within `reach` cells of where `last` would be there.
Windows around(const Detection &last, int level, int reach, const LevelSize &size) {
    const double ratio = std::pow(5.0 / 6, level - last.level);
    // Middles correspond; a window's first cell lies five cells (and the ring's one) before it.
    const auto moved = [&](int first) { return int(std::lround((first + 6) * ratio)) - 6; };
    const Windows all = allWindows(size);
    const int row = moved(last.row), column = moved(last.column);
    return {std::max(all.left, column - reach), std::max(all.top, row - reach), std::min(all.right, column + reach + 1),
            std::min(all.bottom, row + reach + 1)};
}

/// Looks only near the last detection. `isSure` tells whether a whole scan could hardly answer otherwise: the best window doesn't
/// lie at the rim of what was looked at.
std::vector<Detection> near(CvFaceScan &scan, const Detection &last, bool &isSure) {
    constexpr int reach = 3, levelReach = 1;
    const int top = std::max(0, last.level - levelReach), bottom = std::min(int(scan.levels.size()) - 1, last.level + levelReach);
    // From the smallest level up: which pixels are needed of each.
    std::vector<Windows> windows(scan.levels.size());
    std::vector<std::optional<Box>> pixels(scan.levels.size());
    const auto cellsOf = [](const Windows &w) { return Box{w.left, w.top, w.right + windowCells - 1, w.bottom + windowCells - 1}; };
    for (int level = bottom; level >= 0; --level) {
        const LevelSize size = scan.levels[size_t(level)];
        std::optional<Box> &needed = pixels[size_t(level)];
        if (level < int(scan.levels.size()) - 1 && pixels[size_t(level + 1)]) needed = scan.steps[size_t(level)].source(*pixels[size_t(level + 1)]);
        if (level < top) continue;
        Windows &here = windows[size_t(level)] = around(last, level, reach, size);
        if (here.left >= here.right || here.top >= here.bottom) continue;
        const Box own = HistogramWorkspace::pixels(cellsOf(here), size);
        if (own.left >= own.right || own.top >= own.bottom) continue;
        needed = needed ? needed->united(own) : own;
    }
    std::vector<Detection> found;
    const GreyPart *current = &scan.whole;
    for (int level = 0; level <= bottom; ++level) {
        if (level > 0) {
            if (!pixels[size_t(level)]) break;
            GreyPart &target = current == &scan.upper ? scan.lower : scan.upper;
            scan.steps[size_t(level - 1)].apply(*current, *pixels[size_t(level)], target);
            current = &target;
        }
        const Windows &here = windows[size_t(level)];
        if (level < top || here.left >= here.right || here.top >= here.bottom) continue;
        const LevelSize size = scan.levels[size_t(level)];
        scan.workspace.compute(*current, size, cellsOf(here), scan.source.gradients, scan.features);
        score(scan, level, here, found);
    }
    found = suppressed(scan, std::move(found));
    isSure = false;
    if (!found.empty()) {
        const Detection &best = found.front();
        const Windows &looked = windows[size_t(best.level)];
        const Windows all = allWindows(scan.levels[size_t(best.level)]);
        const bool atRim = (best.column == looked.left && looked.left > all.left) || (best.row == looked.top && looked.top > all.top) ||
                           (best.column == looked.right - 1 && looked.right < all.right) ||
                           (best.row == looked.bottom - 1 && looked.bottom < all.bottom);
        isSure = !atRim;
    }
    return found;
}

void fill(const std::vector<Detection> &found, CvFace *faces, int32_t limit, int32_t *count) {
    *count = int32_t(std::min(found.size(), size_t(limit)));
    for (int32_t i = 0; i < *count; ++i) {
        const Detection &d = found[size_t(i)];
        faces[i] = {int32_t(d.rect.left()), int32_t(d.rect.top()), int32_t(d.rect.right()), int32_t(d.rect.bottom()), d.confidence, d.detector,
                    d.level, d.row, d.column};
    }
}

void look(CvFaceScan *scan, const uint8_t *grey, int32_t width, int32_t height) {
    require(scan && grey && width > 0 && height > 0, "the picture is empty");
    prepare(*scan, width, height);
    scan->whole.left = scan->whole.top = 0;
    scan->whole.width = width;
    scan->whole.height = height;
    scan->whole.pixels = grey;
}

}  // namespace

int32_t cv_face_detector_create(const char *cache, CvFaceDetector **out, char *message, size_t capacity) {
    return guarded(message, capacity, [&] { *out = new CvFaceDetector(cache); });
}

void cv_face_detector_free(CvFaceDetector *detector) { delete detector; }

int32_t cv_face_scan_create(const CvFaceDetector *detector, CvFaceScan **out, char *message, size_t capacity) {
    return guarded(message, capacity, [&] { *out = new CvFaceScan{*detector}; });
}

void cv_face_scan_free(CvFaceScan *scan) { delete scan; }

int32_t cv_faces_everywhere(
    CvFaceScan *scan, const uint8_t *grey, int32_t width, int32_t height, CvFace *faces, int32_t limit, int32_t *count, char *message,
    size_t capacity) {
    return guarded(message, capacity, [&] {
        look(scan, grey, width, height);
        fill(everywhere(*scan), faces, limit, count);
    });
}

int32_t cv_faces_near(
    CvFaceScan *scan, const uint8_t *grey, int32_t width, int32_t height, const CvFace *last, CvFace *faces, int32_t limit, int32_t *count,
    int32_t *is_sure, char *message, size_t capacity) {
    return guarded(message, capacity, [&] {
        look(scan, grey, width, height);
        require(last->level >= 0 && last->level < int(scan->levels.size()), "the last face is of a picture of another size");
        const Detection from{last->confidence, last->detector, last->level, last->row, last->column,
                             dlib::rectangle(last->left, last->top, last->right, last->bottom)};
        bool isSure = false;
        fill(near(*scan, from, isSure), faces, limit, count);
        *is_sure = isSure ? 1 : 0;
    });
}
