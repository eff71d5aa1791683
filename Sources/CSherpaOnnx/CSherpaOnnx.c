#include "CSherpaOnnx.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sherpa-onnx/c-api/c-api.h"

// Every function used of the library, by its own declared type, so that the compiler checks each call.
#define SHERPA_FUNCTIONS(USE) \
    USE(SherpaOnnxCreateOfflineRecognizer) \
    USE(SherpaOnnxDestroyOfflineRecognizer) \
    USE(SherpaOnnxCreateOfflineStream) \
    USE(SherpaOnnxDestroyOfflineStream) \
    USE(SherpaOnnxAcceptWaveformOffline) \
    USE(SherpaOnnxDecodeOfflineStream) \
    USE(SherpaOnnxGetOfflineStreamResult) \
    USE(SherpaOnnxDestroyOfflineRecognizerResult) \
    USE(SherpaOnnxCreateVoiceActivityDetector) \
    USE(SherpaOnnxDestroyVoiceActivityDetector) \
    USE(SherpaOnnxVoiceActivityDetectorAcceptWaveform) \
    USE(SherpaOnnxVoiceActivityDetectorEmpty) \
    USE(SherpaOnnxVoiceActivityDetectorFront) \
    USE(SherpaOnnxVoiceActivityDetectorPop) \
    USE(SherpaOnnxVoiceActivityDetectorFlush) \
    USE(SherpaOnnxDestroySpeechSegment)

struct SpeechLibrary {
#define DECLARE(name) __typeof__(&name) name;
    SHERPA_FUNCTIONS(DECLARE)
#undef DECLARE
};

// Each handle carries its own copy of the functions, so that it doesn't depend on how long the library handle lives.
struct SpeechRecogniser {
    SpeechLibrary api;
    const SherpaOnnxOfflineRecognizer *recogniser;
};

struct SpeechDetector {
    SpeechLibrary api;
    const SherpaOnnxVoiceActivityDetector *detector;
};

static void *open_library(const char *path, int flags, char *message, size_t capacity) {
    void *library = dlopen(path, flags);
    if (!library) {
        const char *reason = dlerror();
        snprintf(message, capacity, "%s", reason ? reason : "dlopen failed");
    }
    return library;
}

SpeechLibrary *speech_open(const char *onnx_runtime, const char *sherpa, char *message, size_t capacity) {
    if (!open_library(onnx_runtime, RTLD_NOW | RTLD_GLOBAL, message, capacity)) return NULL;
    void *library = open_library(sherpa, RTLD_NOW | RTLD_LOCAL, message, capacity);
    if (!library) return NULL;
    SpeechLibrary *api = calloc(1, sizeof(SpeechLibrary));
    if (!api) {
        snprintf(message, capacity, "out of memory");
        return NULL;
    }
#define RESOLVE(name) \
    api->name = (__typeof__(&name))dlsym(library, #name); \
    if (!api->name) { \
        snprintf(message, capacity, "%s is missing: another version of sherpa-onnx", #name); \
        free(api); \
        return NULL; \
    }
    SHERPA_FUNCTIONS(RESOLVE)
#undef RESOLVE
    return api;
}

void speech_close(SpeechLibrary *library) { free(library); }

SpeechRecogniser *speech_recogniser_create(
    const SpeechLibrary *library, const char *encoder, const char *merged_decoder, const char *tokens,
    int32_t threads) {
    SherpaOnnxOfflineRecognizerConfig config;
    memset(&config, 0, sizeof(config));
    config.feat_config.sample_rate = 16000;
    config.feat_config.feature_dim = 80;
    config.model_config.moonshine.encoder = encoder;
    config.model_config.moonshine.merged_decoder = merged_decoder;
    config.model_config.tokens = tokens;
    config.model_config.num_threads = threads;
    config.model_config.provider = "cpu";
    config.decoding_method = "greedy_search";

    SpeechRecogniser *self = calloc(1, sizeof(SpeechRecogniser));
    if (!self) return NULL;
    self->api = *library;
    self->recogniser = library->SherpaOnnxCreateOfflineRecognizer(&config);
    if (!self->recogniser) {
        free(self);
        return NULL;
    }
    return self;
}

void speech_recogniser_destroy(SpeechRecogniser *self) {
    if (!self) return;
    self->api.SherpaOnnxDestroyOfflineRecognizer(self->recogniser);
    free(self);
}

int32_t speech_recognise(
    SpeechRecogniser *self, int32_t sample_rate, const float *samples, int32_t count, SpeechResult *result) {
    memset(result, 0, sizeof(*result));
    const SherpaOnnxOfflineStream *stream = self->api.SherpaOnnxCreateOfflineStream(self->recogniser);
    if (!stream) return -1;
    self->api.SherpaOnnxAcceptWaveformOffline(stream, sample_rate, samples, count);
    self->api.SherpaOnnxDecodeOfflineStream(self->recogniser, stream);
    const SherpaOnnxOfflineRecognizerResult *found = self->api.SherpaOnnxGetOfflineStreamResult(stream);
    int32_t code = -1;
    if (found) {
        result->text = strdup(found->text ? found->text : "");
        if (found->timestamps && found->count > 0) {
            size_t bytes = (size_t)found->count * sizeof(float);
            result->token_times = malloc(bytes);
            if (result->token_times) {
                memcpy(result->token_times, found->timestamps, bytes);
                result->token_count = found->count;
            }
        }
        self->api.SherpaOnnxDestroyOfflineRecognizerResult(found);
        code = result->text ? 0 : -1;
    }
    self->api.SherpaOnnxDestroyOfflineStream(stream);
    if (code != 0) speech_result_free(result);
    return code;
}

void speech_result_free(SpeechResult *result) {
    free(result->text);
    free(result->token_times);
    memset(result, 0, sizeof(*result));
}

SpeechDetector *speech_detector_create(
    const SpeechLibrary *library, const char *model, SpeechDetectorOptions options) {
    SherpaOnnxVadModelConfig config;
    memset(&config, 0, sizeof(config));
    config.silero_vad.model = model;
    config.silero_vad.threshold = options.threshold;
    config.silero_vad.min_silence_duration = options.min_silence;
    config.silero_vad.min_speech_duration = options.min_speech;
    config.silero_vad.max_speech_duration = options.max_speech;
    config.silero_vad.window_size = options.window;
    config.sample_rate = options.sample_rate;
    config.num_threads = 1;
    config.provider = "cpu";

    SpeechDetector *self = calloc(1, sizeof(SpeechDetector));
    if (!self) return NULL;
    self->api = *library;
    // Twice the longest segment, so that the ring never drops the start of one that is still open.
    self->detector = library->SherpaOnnxCreateVoiceActivityDetector(&config, 2 * options.max_speech + 10);
    if (!self->detector) {
        free(self);
        return NULL;
    }
    return self;
}

void speech_detector_destroy(SpeechDetector *self) {
    if (!self) return;
    self->api.SherpaOnnxDestroyVoiceActivityDetector(self->detector);
    free(self);
}

void speech_detector_accept(SpeechDetector *self, const float *samples, int32_t count) {
    self->api.SherpaOnnxVoiceActivityDetectorAcceptWaveform(self->detector, samples, count);
}

void speech_detector_flush(SpeechDetector *self) { self->api.SherpaOnnxVoiceActivityDetectorFlush(self->detector); }

int32_t speech_detector_next(SpeechDetector *self, int32_t *start, int32_t *count) {
    if (self->api.SherpaOnnxVoiceActivityDetectorEmpty(self->detector)) return 0;
    const SherpaOnnxSpeechSegment *segment = self->api.SherpaOnnxVoiceActivityDetectorFront(self->detector);
    if (!segment) return 0;
    *start = segment->start;
    *count = segment->n;
    self->api.SherpaOnnxDestroySpeechSegment(segment);
    self->api.SherpaOnnxVoiceActivityDetectorPop(self->detector);
    return 1;
}
