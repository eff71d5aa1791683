#pragma once
// Speech recognition and voice activity detection by sherpa-onnx, loaded at run time.
//
// Nothing here is safe to call from two threads at once on the same recogniser or detector.

#include <stddef.h>
#include <stdint.h>

typedef struct SpeechLibrary SpeechLibrary;
typedef struct SpeechRecogniser SpeechRecogniser;
typedef struct SpeechDetector SpeechDetector;

/// Opens libonnxruntime.so, then libsherpa-onnx-c-api.so, which needs it. NULL with `message` filled in on failure.
/// The libraries stay loaded for the life of the process; `speech_close` frees only the handle.
SpeechLibrary *speech_open(const char *onnx_runtime, const char *sherpa, char *message, size_t capacity);
void speech_close(SpeechLibrary *library);

/// A Moonshine recogniser of the second form: encoder, merged decoder, tokens file. NULL on failure.
SpeechRecogniser *speech_recogniser_create(
    const SpeechLibrary *library, const char *encoder, const char *merged_decoder, const char *tokens, int32_t threads);
void speech_recogniser_destroy(SpeechRecogniser *recogniser);

typedef struct {
    /// UTF-8, never NULL.
    char *text;
    /// Seconds from the start of the samples, one for each token; NULL when the model gives none.
    float *token_times;
    int32_t token_count;
} SpeechResult;

/// Recognises one utterance. Returns 0 and fills in `result` (freed with `speech_result_free`), or -1.
int32_t speech_recognise(
    SpeechRecogniser *recogniser, int32_t sample_rate, const float *samples, int32_t count, SpeechResult *result);
void speech_result_free(SpeechResult *result);

typedef struct {
    /// Speech probability from which a window counts as speech.
    float threshold;
    /// Seconds of silence that end a segment.
    float min_silence;
    /// Seconds of speech that make a segment.
    float min_speech;
    /// Seconds after which a segment is cut at the next likely place.
    float max_speech;
    /// Samples of one window: 512 at 16 kHz.
    int32_t window;
    int32_t sample_rate;
} SpeechDetectorOptions;

/// A Silero voice activity detector. NULL on failure.
SpeechDetector *speech_detector_create(
    const SpeechLibrary *library, const char *model, SpeechDetectorOptions options);
void speech_detector_destroy(SpeechDetector *detector);
/// Takes one window of samples.
void speech_detector_accept(SpeechDetector *detector, const float *samples, int32_t count);
/// Ends the sound: a segment still open is closed.
void speech_detector_flush(SpeechDetector *detector);
/// Takes the next finished segment: 1 and its place in samples from the start, or 0 when there is none.
int32_t speech_detector_next(SpeechDetector *detector, int32_t *start, int32_t *count);
