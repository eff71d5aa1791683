#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "Guard.hpp"

using martlet::guarded;
using martlet::require;

namespace {

using Quad = std::array<cv::Point2f, 4>;

/// Corners in the order top left, top right, bottom right, bottom left: two leftmost, two rightmost, each by height.
Quad ordered(const cv::RotatedRect &rect) {
    Quad corners;
    rect.points(corners.data());
    std::sort(corners.begin(), corners.end(), [](auto &a, auto &b) { return a.x < b.x; });
    if (corners[0].y > corners[1].y) std::swap(corners[0], corners[1]);
    if (corners[2].y > corners[3].y) std::swap(corners[2], corners[3]);
    return {corners[0], corners[2], corners[3], corners[1]};
}

/// Mean probability inside the quadrilateral.
float mean_inside(const cv::Mat &map, const Quad &quad) {
    cv::Rect around = cv::boundingRect(std::vector<cv::Point2f>(quad.begin(), quad.end()));
    around &= cv::Rect(0, 0, map.cols, map.rows);
    if (around.empty()) return 0;
    std::vector<cv::Point> shifted;
    for (const auto &corner : quad) {
        shifted.emplace_back(cvRound(corner.x) - around.x, cvRound(corner.y) - around.y);
    }
    cv::Mat mask = cv::Mat::zeros(around.size(), CV_8UC1);
    cv::fillConvexPoly(mask, shifted, 1);
    return float(cv::mean(map(around), mask)[0]);
}

}  // namespace

int32_t cv_text_boxes(
    const float *map, int32_t width, int32_t height, const CvTextBoxOptions *options, CvTextBox *boxes, int32_t limit,
    int32_t *count, char *message, size_t capacity) {
    *count = 0;
    return guarded(message, capacity, [&] {
        require(map && width > 0 && height > 0, "the map is empty");
        const cv::Mat probability(height, width, CV_32FC1, const_cast<float *>(map));
        cv::Mat mask = probability > options->pixel_threshold;
        cv::dilate(mask, mask, cv::Mat::ones(2, 2, CV_8UC1));
        std::vector<std::vector<cv::Point>> contours;
        cv::findContours(mask, contours, cv::RETR_LIST, cv::CHAIN_APPROX_SIMPLE);
        for (const auto &contour : contours) {
            if (*count >= limit) break;
            cv::RotatedRect rect = cv::minAreaRect(contour);
            if (std::min(rect.size.width, rect.size.height) < options->min_side) continue;
            const float score = mean_inside(probability, ordered(rect));
            if (score < options->box_threshold) continue;
            // Growing a rectangle by a distance and taking the smallest rectangle around it again is the same as
            // adding the distance on each side.
            const float area = rect.size.area(), perimeter = 2 * (rect.size.width + rect.size.height);
            const float distance = area * options->unclip_ratio / perimeter;
            rect.size.width += 2 * distance;
            rect.size.height += 2 * distance;
            if (std::min(rect.size.width, rect.size.height) < options->min_side + 2) continue;
            const Quad quad = ordered(rect);
            CvTextBox &box = boxes[(*count)++];
            for (size_t corner = 0; corner < 4; ++corner) {
                box.corners[2 * corner] = quad[corner].x;
                box.corners[2 * corner + 1] = quad[corner].y;
            }
            box.score = score;
        }
    });
}
