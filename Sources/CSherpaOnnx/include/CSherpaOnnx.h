#pragma once
// Speech recognition and speech synthesis by sherpa-onnx, loaded at run time.
//
// Nothing here is safe to call from two threads at once on the same recogniser, stream or voice.

#include <stddef.h>
#include <stdint.h>

typedef struct SpeechLibrary SpeechLibrary;
typedef struct SpeechRecogniser SpeechRecogniser;
typedef struct SpeechStreamer SpeechStreamer;
typedef struct SpeechStream SpeechStream;
typedef struct SpeechVoice SpeechVoice;

/// Opens libsherpa-onnx-c-api.so, which finds the libonnxruntime.so beside it. NULL with `message` filled in on failure.
/// The libraries stay loaded for the life of the process; `speech_close` frees only the handle.
SpeechLibrary *speech_open(const char *path, char *message, size_t capacity);
void speech_close(SpeechLibrary *library);

// MARK: Recognition of whole utterances

typedef enum {
    /// Encoder and decoder; takes a language.
    SPEECH_WHISPER,
    /// Encoder, decoder and joiner, as NVIDIA's Parakeet TDT.
    SPEECH_TRANSDUCER,
    /// One model; takes a language.
    SPEECH_SENSE_VOICE,
    /// One model, as NVIDIA's Parakeet CTC.
    SPEECH_CTC,
} SpeechFamily;

typedef struct {
    SpeechFamily family;
    /// The encoder, or the only model.
    const char *encoder;
    /// NULL where the family has none.
    const char *decoder;
    const char *joiner;
    const char *tokens;
    int32_t threads;
} SpeechRecogniserOptions;

/// NULL on failure.
SpeechRecogniser *speech_recogniser_create(const SpeechLibrary *library, SpeechRecogniserOptions options);
void speech_recogniser_destroy(SpeechRecogniser *recogniser);
/// What later utterances are in: ISO 639-1; empty: the model finds out. Families without languages pass over it.
void speech_recogniser_set_language(SpeechRecogniser *recogniser, const char *language);

typedef struct {
    /// UTF-8, never NULL.
    char *text;
    /// What the model says of the language; empty when it says nothing.
    char *language;
    /// The tokens' texts, one after the other, each ended by a zero; NULL when there are none.
    char *tokens;
    /// Seconds from the start of the samples, one for each token; NULL when the model gives none.
    float *token_times;
    /// Natural logarithms of the tokens' probabilities; NULL when the model gives none.
    float *token_log_probabilities;
    int32_t token_count;
} SpeechResult;

/// Recognises one utterance. Returns 0 and fills in `result` (freed with `speech_result_free`), or -1.
int32_t speech_recognise(
    SpeechRecogniser *recogniser, int32_t sample_rate, const float *samples, int32_t count, SpeechResult *result);
void speech_result_free(SpeechResult *result);

// MARK: Recognition while the sound comes in

/// A streaming transducer (Zipformer): encoder, decoder and joiner. NULL on failure.
SpeechStreamer *speech_streamer_create(const SpeechLibrary *library, SpeechRecogniserOptions options);
void speech_streamer_destroy(SpeechStreamer *streamer);
/// One recording. It must not outlive its streamer. NULL on failure.
SpeechStream *speech_stream_create(SpeechStreamer *streamer);
void speech_stream_destroy(SpeechStream *stream);
/// Takes samples and decodes what can be; `is_last` ends the sound.
void speech_stream_accept(SpeechStream *stream, int32_t sample_rate, const float *samples, int32_t count, int32_t is_last);
/// Whether people paused, so that what was heard is a sentence.
int32_t speech_stream_is_endpoint(SpeechStream *stream);
/// What was heard since the start or the last reset. Times are counted from there. Returns 0, or -1.
int32_t speech_stream_result(SpeechStream *stream, SpeechResult *result);
void speech_stream_reset(SpeechStream *stream);

// MARK: Synthesis

/// The files of a model of Kokoro.
typedef struct {
    const char *model;
    const char *tokens;
    const char *voices;
    int32_t threads;
} SpeechVoiceOptions;

/// NULL on failure.
SpeechVoice *speech_voice_create(const SpeechLibrary *library, SpeechVoiceOptions options);
void speech_voice_destroy(SpeechVoice *voice);
/// Samples a second of what it says.
int32_t speech_voice_rate(const SpeechVoice *voice);
int32_t speech_voice_speakers(const SpeechVoice *voice);
/// Says one sentence, given as phonemes in Unicode. Returns the number of samples and sets `samples` (freed with
/// `speech_samples_free`), or -1.
int32_t speech_voice_say(
    SpeechVoice *voice, const int32_t *phonemes, int32_t count, int32_t speaker, float speed, float **samples);
void speech_samples_free(float *samples);
