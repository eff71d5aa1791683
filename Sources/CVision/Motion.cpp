#include <algorithm>
#include <cmath>
#include <complex>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>
#include <vector>

#include "Guard.hpp"

using martlet::guarded;
using martlet::require;

namespace {

using Point = std::complex<double>;

/// A similarity transform as complex numbers: next = turn * previous + shift, `turn` = scale * e^(i * rotation).
struct Similarity {
    Point turn{1, 0};
    Point shift{0, 0};

    Point operator()(Point from) const { return turn * from + shift; }
};

struct Pair {
    Point from, to;
};

/// Least squares over the chosen pairs.
Similarity fit(const std::vector<Pair> &pairs, const std::vector<size_t> &chosen) {
    Point meanFrom{0, 0}, meanTo{0, 0};
    for (size_t index : chosen) {
        meanFrom += pairs[index].from;
        meanTo += pairs[index].to;
    }
    const double n = double(chosen.size());
    meanFrom /= n;
    meanTo /= n;
    Point cross{0, 0};
    double spread = 0;
    for (size_t index : chosen) {
        const Point from = pairs[index].from - meanFrom;
        cross += (pairs[index].to - meanTo) * std::conj(from);
        spread += std::norm(from);
    }
    Similarity out;
    if (spread > 1e-9) out.turn = cross / spread;
    out.shift = meanTo - out.turn * meanFrom;
    return out;
}

std::vector<size_t> agreeing(const std::vector<Pair> &pairs, const Similarity &motion, double tolerance) {
    std::vector<size_t> inliers;
    for (size_t index = 0; index < pairs.size(); ++index) {
        if (std::abs(motion(pairs[index].from) - pairs[index].to) <= tolerance) inliers.push_back(index);
    }
    return inliers;
}

/// Random sample consensus over pairs of points, with a fixed seed so that the same frames give the same answer.
std::vector<size_t> consensus(const std::vector<Pair> &pairs, double tolerance, double minDistance) {
    constexpr int rounds = 200;
    cv::RNG random(0x6d61726c);
    std::vector<size_t> best;
    for (int round = 0; round < rounds; ++round) {
        const size_t a = size_t(random.uniform(0, int(pairs.size())));
        const size_t b = size_t(random.uniform(0, int(pairs.size())));
        if (std::abs(pairs[a].from - pairs[b].from) < minDistance) continue;
        std::vector<size_t> inliers = agreeing(pairs, fit(pairs, {a, b}), tolerance);
        if (inliers.size() > best.size()) best = std::move(inliers);
    }
    return best;
}

std::vector<Pair> tracked(const cv::Mat &previous, const cv::Mat &next) {
    std::vector<cv::Point2f> corners, moved, back;
    cv::goodFeaturesToTrack(previous, corners, 400, 0.01, std::max(4.0, previous.cols / 60.0));
    if (corners.empty()) return {};
    std::vector<uchar> forward, backward;
    std::vector<float> errors;
    const cv::Size window(21, 21);
    cv::calcOpticalFlowPyrLK(previous, next, corners, moved, forward, errors, window, 4);
    cv::calcOpticalFlowPyrLK(next, previous, moved, back, backward, errors, window, 4);
    const cv::Point2f centre(float(previous.cols) / 2, float(previous.rows) / 2);
    const cv::Rect2f frame(0, 0, float(previous.cols), float(previous.rows));
    std::vector<Pair> pairs;
    for (size_t index = 0; index < corners.size(); ++index) {
        // A point counts when tracking it back leads to where it came from.
        if (!forward[index] || !backward[index] || !frame.contains(moved[index])) continue;
        if (cv::norm(back[index] - corners[index]) > 1) continue;
        const cv::Point2f from = corners[index] - centre, to = moved[index] - centre;
        pairs.push_back({{from.x, from.y}, {to.x, to.y}});
    }
    return pairs;
}

cv::Mat grey(const uint8_t *pixels, int32_t width, int32_t height) {
    require(pixels && width >= 16 && height >= 16, "the frame is smaller than 16 pixels");
    return cv::Mat(height, width, CV_8UC1, const_cast<uint8_t *>(pixels));
}

}  // namespace

int32_t cv_global_motion(
    const uint8_t *previous, const uint8_t *next, int32_t width, int32_t height, CvMotion *out, char *message,
    size_t capacity) {
    *out = CvMotion{0, 0, 1, 0, 0, 0};
    return guarded(message, capacity, [&] {
        const std::vector<Pair> pairs = tracked(grey(previous, width, height), grey(next, width, height));
        out->tracked = int32_t(pairs.size());
        if (pairs.size() < 8) return;
        const double tolerance = std::max(1.0, width / 400.0);
        std::vector<size_t> inliers = consensus(pairs, tolerance, width / 10.0);
        if (inliers.size() < 4) return;
        Similarity motion = fit(pairs, inliers);
        inliers = agreeing(pairs, motion, tolerance);
        if (inliers.size() < 4) return;
        motion = fit(pairs, inliers);
        out->dx = motion.shift.real();
        out->dy = motion.shift.imag();
        out->scale = std::abs(motion.turn);
        out->rotation = std::arg(motion.turn);
        out->inlier_fraction = double(inliers.size()) / double(pairs.size());
    });
}

int32_t cv_phase_shift(
    const uint8_t *previous, const uint8_t *next, int32_t width, int32_t height, double *dx, double *dy,
    double *response, char *message, size_t capacity) {
    return guarded(message, capacity, [&] {
        cv::Mat first, second, window;
        grey(previous, width, height).convertTo(first, CV_32F);
        grey(next, width, height).convertTo(second, CV_32F);
        cv::createHanningWindow(window, first.size(), CV_32F);
        const cv::Point2d shift = cv::phaseCorrelate(first, second, window, response);
        *dx = shift.x;
        *dy = shift.y;
    });
}

int32_t cv_dense_flow(
    const uint8_t *previous, const uint8_t *next, int32_t width, int32_t height, float *flow, char *message,
    size_t capacity) {
    return guarded(message, capacity, [&] {
        cv::Mat target(height, width, CV_32FC2, flow);
        cv::Mat found;
        cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_FAST)
            ->calc(grey(previous, width, height), grey(next, width, height), found);
        found.copyTo(target);
    });
}

int32_t cv_region_flow(
    const uint8_t *previous, const uint8_t *next, int32_t width, int32_t height, float *flow, char *message, size_t capacity) {
    return guarded(message, capacity, [&] {
        cv::Mat target(height, width, CV_32FC2, flow);
        target.setTo(cv::Scalar(0, 0));
        cv::calcOpticalFlowFarneback(
            grey(previous, width, height), grey(next, width, height), target, 0.5, 2, 13, 5, 5, 1.1, cv::OPTFLOW_FARNEBACK_GAUSSIAN);
    });
}
