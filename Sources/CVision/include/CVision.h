#pragma once
// A C face for the parts of OpenCV that Martlet uses: image preparation, networks, text boxes, motion.
//
// Pictures are 8 bits a channel, rows from the top, without padding: RGB three bytes a pixel, grey one.
// Functions returning int32_t give CV_OK (0) or CV_FAILED (1) with the reason in `message` (never NULL, `capacity` bytes).
// No C++ exception leaves a function.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { CV_OK = 0, CV_FAILED = 1 };

// MARK: Preparing pictures

/// How a picture becomes a network's input: resized to `scaled_*`, put at the top left of a canvas of `canvas_*`
/// filled with `padding`, then each channel `(value - mean) * factor` written as planes.
typedef struct {
    int32_t scaled_width, scaled_height;
    int32_t canvas_width, canvas_height;
    float padding;
    /// In the order of the output's planes.
    float mean[3];
    float factor[3];
    /// 1: planes in the order blue, green, red; 0: red, green, blue.
    int32_t blue_first;
} CvPlanes;

/// `out` holds 3 * canvas_width * canvas_height floats.
int32_t cv_planes(
    const uint8_t *rgb, int32_t width, int32_t height, const CvPlanes *plan, float *out, char *message, size_t capacity);

/// Bilinear resize (area averaging when shrinking); `out` holds out_width * out_height * 3 bytes.
int32_t cv_resize_rgb(
    const uint8_t *rgb, int32_t width, int32_t height, uint8_t *out, int32_t out_width, int32_t out_height,
    char *message, size_t capacity);

/// Luma of an RGB picture; `out` holds width * height bytes.
int32_t cv_grey(const uint8_t *rgb, int32_t width, int32_t height, uint8_t *out, char *message, size_t capacity);

/// Cuts out the quadrilateral `corners` (x, y of top left, top right, bottom right, bottom left) as an upright picture.
int32_t cv_warp_quad(
    const uint8_t *rgb, int32_t width, int32_t height, const float corners[8], uint8_t *out, int32_t out_width,
    int32_t out_height, char *message, size_t capacity);

// MARK: Networks

typedef struct CvNetwork CvNetwork;

enum { CV_MAX_RANK = 8 };

typedef struct {
    /// Owned by the caller after a run: `cv_outputs_free`.
    float *data;
    int32_t rank;
    int32_t dims[CV_MAX_RANK];
} CvOutput;

/// Loads a TensorFlow frozen graph with its text description.
int32_t cv_network_tensorflow(
    const char *graph, const char *description, CvNetwork **out, char *message, size_t capacity);
/// Loads an ONNX file. Input sizes it declares are not binding.
int32_t cv_network_onnx(const char *model, CvNetwork **out, char *message, size_t capacity);
void cv_network_free(CvNetwork *network);

/// Runs the network on one input of `rank` dimensions; fills `outputs[i]` with the layer `names[i]`.
/// Not safe to call from two threads at once on the same network. An input of another shape than the last one loads the
/// model's file again: keep to one size, as frames of a video have.
int32_t cv_network_run(
    CvNetwork *network, const float *input, const int32_t *dims, int32_t rank, const char *const *names, int32_t count,
    CvOutput *outputs, char *message, size_t capacity);
void cv_outputs_free(CvOutput *outputs, int32_t count);

// MARK: Text boxes

typedef struct {
    /// Probability from which a pixel counts as text.
    float pixel_threshold;
    /// Mean probability inside a box from which it is kept.
    float box_threshold;
    /// How much a box grows: distance = area * ratio / perimeter.
    float unclip_ratio;
    /// Shorter sides than this, in map pixels, are dropped.
    float min_side;
} CvTextBoxOptions;

typedef struct {
    /// x, y of top left, top right, bottom right, bottom left as the text runs, in map pixels.
    float corners[8];
    float score;
} CvTextBox;

/// Boxes of the blobs in a probability map (differentiable binarization, arXiv:1911.08947, as PaddleOCR uses it).
int32_t cv_text_boxes(
    const float *map, int32_t width, int32_t height, const CvTextBoxOptions *options, CvTextBox *boxes, int32_t limit,
    int32_t *count, char *message, size_t capacity);

// MARK: Motion

typedef struct {
    /// How far the picture's content moved from the first to the second frame, at the picture's centre, in pixels.
    double dx, dy;
    /// Above 1 the content grew (the camera came closer or zoomed in).
    double scale;
    /// Radians; positive is clockwise on the screen.
    double rotation;
    /// Share of the tracked points that agree with this motion, 0 to 1.
    double inlier_fraction;
    /// Points that could be tracked. Below 8 the motion is unknown: scale 1, everything else 0.
    int32_t tracked;
} CvMotion;

/// The similarity transform that explains most of the motion between two grey frames of the same size:
/// corners tracked by pyramidal Lucas-Kanade, then a robust fit. Deterministic.
int32_t cv_global_motion(
    const uint8_t *previous, const uint8_t *next, int32_t width, int32_t height, CvMotion *out, char *message,
    size_t capacity);

/// Shift between two grey frames by phase correlation; `response` near 1 means one shift explains the pair.
int32_t cv_phase_shift(
    const uint8_t *previous, const uint8_t *next, int32_t width, int32_t height, double *dx, double *dy,
    double *response, char *message, size_t capacity);

/// Dense optical flow (DIS, fast preset): `flow` receives dx, dy for each pixel.
int32_t cv_dense_flow(
    const uint8_t *previous, const uint8_t *next, int32_t width, int32_t height, float *flow, char *message,
    size_t capacity);

/// Dense optical flow between two small pictures (Farneback, two levels, windows of 13 pixels): dx, dy for each pixel. DIS, above, looks at
/// patches too large for them.
int32_t cv_region_flow(
    const uint8_t *previous, const uint8_t *next, int32_t width, int32_t height, float *flow, char *message, size_t capacity);

// MARK: Faces

/// dlib's frontal face detector. Never changes after it is made: any number of threads may scan with it.
typedef struct CvFaceDetector CvFaceDetector;
/// One thread's scratch memory. Its detector must outlive it.
typedef struct CvFaceScan CvFaceScan;

typedef struct {
    /// Pixels, right and bottom inclusive; may reach beyond the picture.
    int32_t left, top, right, bottom;
    /// How far the score is above its filter's threshold.
    double confidence;
    /// Which of dlib's five filters, and where in the pyramid: what `cv_faces_near` goes on from.
    int32_t detector, level, row, column;
} CvFace;

/// `cache` (may be NULL) is a file in which the detector is kept in a form that loads fast; it is made when it isn't there.
int32_t cv_face_detector_create(const char *cache, CvFaceDetector **out, char *message, size_t capacity);
void cv_face_detector_free(CvFaceDetector *detector);
int32_t cv_face_scan_create(const CvFaceDetector *detector, CvFaceScan **out, char *message, size_t capacity);
void cv_face_scan_free(CvFaceScan *scan);

/// Faces in a grey picture, most confident first: the rectangles and confidences of dlib's own detector (no upsampling, threshold 0).
int32_t cv_faces_everywhere(
    CvFaceScan *scan, const uint8_t *grey, int32_t width, int32_t height, CvFace *faces, int32_t limit, int32_t *count, char *message,
    size_t capacity);

/// The same, of the windows near `last` alone (three cells around it, one pyramid level up and down), in a picture of the same size.
/// `is_sure` is 0 when nothing was found, or the best window lies at the rim of what was looked at.
int32_t cv_faces_near(
    CvFaceScan *scan, const uint8_t *grey, int32_t width, int32_t height, const CvFace *last, CvFace *faces, int32_t limit, int32_t *count,
    int32_t *is_sure, char *message, size_t capacity);

/// dlib's predictor of 68 landmarks. Never changes after it is loaded: any number of threads may use it.
typedef struct CvLandmarkModel CvLandmarkModel;

enum { CV_LANDMARKS = 68 };

/// Reads dlib's shape_predictor_68_face_landmarks.dat, or another of its form.
int32_t cv_landmark_model_load(const char *path, CvLandmarkModel **out, char *message, size_t capacity);
void cv_landmark_model_free(CvLandmarkModel *model);

/// `points` receives x, y of each landmark, in pixels; they may lie beyond the picture.
int32_t cv_landmarks(
    const CvLandmarkModel *model, const uint8_t *grey, int32_t width, int32_t height, const CvFace *face, int32_t *points, char *message,
    size_t capacity);

// MARK: Regions of a face

/// Grey of a blue-green-red picture, as OpenCV computes it; `out` holds width * height bytes.
int32_t cv_grey_of_bgr(const uint8_t *bgr, int32_t width, int32_t height, uint8_t *out, char *message, size_t capacity);

/// Cuts [left, right) x [top, bottom) out of a grey picture and stretches it to the given size, as OpenCV's bilinear resize does.
int32_t cv_crop_grey(
    const uint8_t *grey, int32_t width, int32_t height, int32_t left, int32_t top, int32_t right, int32_t bottom, uint8_t *out,
    int32_t out_width, int32_t out_height, char *message, size_t capacity);

#ifdef __cplusplus
}
#endif
