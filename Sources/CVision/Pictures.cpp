#include <opencv2/imgproc.hpp>

#include "Guard.hpp"

using martlet::guarded;
using martlet::require;

namespace {

cv::Mat wrap(const uint8_t *pixels, int32_t width, int32_t height, int type) {
    require(pixels && width > 0 && height > 0, "the picture is empty");
    // OpenCV takes no const data; the header made here is only read from.
    return cv::Mat(height, width, type, const_cast<uint8_t *>(pixels));
}

cv::Mat resized(const cv::Mat &source, int32_t width, int32_t height) {
    require(width > 0 && height > 0, "the target size is empty");
    if (source.cols == width && source.rows == height) return source;
    bool shrinks = width < source.cols && height < source.rows;
    cv::Mat out;
    cv::resize(source, out, cv::Size(width, height), 0, 0, shrinks ? cv::INTER_AREA : cv::INTER_LINEAR);
    return out;
}

}  // namespace

int32_t cv_planes(
    const uint8_t *rgb, int32_t width, int32_t height, const CvPlanes *plan, float *out, char *message,
    size_t capacity) {
    return guarded(message, capacity, [&] {
        require(plan->scaled_width <= plan->canvas_width && plan->scaled_height <= plan->canvas_height,
                "the scaled picture is larger than the canvas");
        cv::Mat scaled = resized(wrap(rgb, width, height, CV_8UC3), plan->scaled_width, plan->scaled_height);
        const size_t area = size_t(plan->canvas_width) * size_t(plan->canvas_height);
        for (int plane = 0; plane < 3; ++plane) {
            const int channel = plan->blue_first ? 2 - plane : plane;
            const float mean = plan->mean[plane], factor = plan->factor[plane];
            const float blank = (plan->padding - mean) * factor;
            float lookup[256];
            for (int value = 0; value < 256; ++value) lookup[value] = (float(value) - mean) * factor;
            float *target = out + size_t(plane) * area;
            for (int32_t y = 0; y < plan->canvas_height; ++y, target += plan->canvas_width) {
                int32_t x = 0;
                if (y < plan->scaled_height) {
                    const uint8_t *row = scaled.ptr<uint8_t>(y) + channel;
                    for (; x < plan->scaled_width; ++x) target[x] = lookup[row[3 * x]];
                }
                for (; x < plan->canvas_width; ++x) target[x] = blank;
            }
        }
    });
}

int32_t cv_resize_rgb(
    const uint8_t *rgb, int32_t width, int32_t height, uint8_t *out, int32_t out_width, int32_t out_height,
    char *message, size_t capacity) {
    return guarded(message, capacity, [&] {
        cv::Mat target = wrap(out, out_width, out_height, CV_8UC3);
        resized(wrap(rgb, width, height, CV_8UC3), out_width, out_height).copyTo(target);
    });
}

int32_t cv_grey(const uint8_t *rgb, int32_t width, int32_t height, uint8_t *out, char *message, size_t capacity) {
    return guarded(message, capacity, [&] {
        cv::Mat target = wrap(out, width, height, CV_8UC1);
        cv::cvtColor(wrap(rgb, width, height, CV_8UC3), target, cv::COLOR_RGB2GRAY);
    });
}

int32_t cv_warp_quad(
    const uint8_t *rgb, int32_t width, int32_t height, const float corners[8], uint8_t *out, int32_t out_width,
    int32_t out_height, char *message, size_t capacity) {
    return guarded(message, capacity, [&] {
        cv::Mat source = wrap(rgb, width, height, CV_8UC3);
        cv::Mat target = wrap(out, out_width, out_height, CV_8UC3);
        const cv::Point2f from[4] = {
            {corners[0], corners[1]}, {corners[2], corners[3]}, {corners[4], corners[5]}, {corners[6], corners[7]}};
        const float right = float(out_width), bottom = float(out_height);
        const cv::Point2f to[4] = {{0, 0}, {right, 0}, {right, bottom}, {0, bottom}};
        cv::warpPerspective(source, target, cv::getPerspectiveTransform(from, to), target.size(), cv::INTER_CUBIC,
                            cv::BORDER_REPLICATE);
    });
}

int32_t cv_grey_of_bgr(const uint8_t *bgr, int32_t width, int32_t height, uint8_t *out, char *message, size_t capacity) {
    return guarded(message, capacity, [&] {
        cv::Mat target = wrap(out, width, height, CV_8UC1);
        cv::cvtColor(wrap(bgr, width, height, CV_8UC3), target, cv::COLOR_BGR2GRAY);
    });
}

int32_t cv_crop_grey(
    const uint8_t *grey, int32_t width, int32_t height, int32_t left, int32_t top, int32_t right, int32_t bottom, uint8_t *out,
    int32_t out_width, int32_t out_height, char *message, size_t capacity) {
    return guarded(message, capacity, [&] {
        require(0 <= left && left < right && right <= width && 0 <= top && top < bottom && bottom <= height, "the region is empty");
        cv::Mat target = wrap(out, out_width, out_height, CV_8UC1);
        const cv::Mat region = wrap(grey, width, height, CV_8UC1)(cv::Rect(left, top, right - left, bottom - top));
        cv::resize(region, target, target.size(), 0, 0, cv::INTER_LINEAR);
    });
}
