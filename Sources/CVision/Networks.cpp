#include <cstdlib>
#include <cstring>
#include <functional>
#include <opencv2/dnn.hpp>
#include <string>
#include <vector>

#include "Guard.hpp"

using martlet::guarded;
using martlet::require;

struct CvNetwork {
    std::function<cv::dnn::Net()> load;
    cv::dnn::Net net;
    /// The input shape that `net` was last run with.
    std::vector<int32_t> dims;
};

namespace {

cv::dnn::Net prepared(cv::dnn::Net net) {
    require(!net.empty(), "the network is empty");
    net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    return net;
}

CvNetwork *opened(std::function<cv::dnn::Net()> load) {
    cv::dnn::Net net = prepared(load());
    return new CvNetwork{std::move(load), std::move(net), {}};
}

}  // namespace

int32_t cv_network_tensorflow(
    const char *graph, const char *description, CvNetwork **out, char *message, size_t capacity) {
    return guarded(message, capacity, [&] {
        *out = opened([graph = std::string(graph), description = std::string(description)] {
            return cv::dnn::readNetFromTensorflow(graph, description);
        });
    });
}

int32_t cv_network_onnx(const char *model, CvNetwork **out, char *message, size_t capacity) {
    return guarded(message, capacity, [&] {
        *out = opened([model = std::string(model)] { return cv::dnn::readNetFromONNX(model); });
    });
}

void cv_network_free(CvNetwork *network) { delete network; }

int32_t cv_network_run(
    CvNetwork *network, const float *input, const int32_t *dims, int32_t rank, const char *const *names, int32_t count,
    CvOutput *outputs, char *message, size_t capacity) {
    std::memset(outputs, 0, size_t(count) * sizeof(CvOutput));
    int32_t code = guarded(message, capacity, [&] {
        // OpenCV 4.6 gives wrong results after the input of a loaded network changes its shape: begin anew then.
        std::vector<int32_t> shape(dims, dims + rank);
        if (!network->dims.empty() && network->dims != shape) {
            network->dims.clear();
            network->net = prepared(network->load());
        }
        network->net.setInput(cv::Mat(rank, dims, CV_32F, const_cast<float *>(input)));
        std::vector<cv::String> wanted(names, names + count);
        std::vector<cv::Mat> found;
        network->net.forward(found, wanted);
        network->dims = std::move(shape);
        require(int32_t(found.size()) == count, "the network gave another number of outputs");
        for (int32_t index = 0; index < count; ++index) {
            const cv::Mat &source = found[size_t(index)];
            require(source.type() == CV_32F && source.isContinuous() && source.dims <= CV_MAX_RANK,
                    "the network gave an output of another kind");
            CvOutput &target = outputs[index];
            const size_t bytes = source.total() * sizeof(float);
            target.data = static_cast<float *>(std::malloc(bytes ? bytes : 1));
            if (!target.data) throw std::bad_alloc();
            std::memcpy(target.data, source.data, bytes);
            target.rank = source.dims;
            for (int axis = 0; axis < source.dims; ++axis) target.dims[axis] = source.size[axis];
        }
    });
    if (code != CV_OK) cv_outputs_free(outputs, count);
    return code;
}

void cv_outputs_free(CvOutput *outputs, int32_t count) {
    for (int32_t index = 0; index < count; ++index) {
        std::free(outputs[index].data);
        outputs[index].data = nullptr;
    }
}
