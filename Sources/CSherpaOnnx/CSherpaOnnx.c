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
    USE(SherpaOnnxOfflineRecognizerSetConfig) \
    USE(SherpaOnnxCreateOnlineRecognizer) \
    USE(SherpaOnnxDestroyOnlineRecognizer) \
    USE(SherpaOnnxCreateOnlineStream) \
    USE(SherpaOnnxDestroyOnlineStream) \
    USE(SherpaOnnxOnlineStreamAcceptWaveform) \
    USE(SherpaOnnxOnlineStreamInputFinished) \
    USE(SherpaOnnxIsOnlineStreamReady) \
    USE(SherpaOnnxDecodeOnlineStream) \
    USE(SherpaOnnxGetOnlineStreamResult) \
    USE(SherpaOnnxDestroyOnlineRecognizerResult) \
    USE(SherpaOnnxOnlineStreamIsEndpoint) \
    USE(SherpaOnnxOnlineStreamReset) \
    USE(SherpaOnnxCreateOfflineTts) \
    USE(SherpaOnnxDestroyOfflineTts) \
    USE(SherpaOnnxOfflineTtsSampleRate) \
    USE(SherpaOnnxOfflineTtsNumSpeakers) \
    USE(SherpaOnnxOfflineTtsGenerateWithConfig) \
    USE(SherpaOnnxDestroyOfflineTtsGeneratedAudio)

struct SpeechLibrary {
#define DECLARE(name) __typeof__(&name) name;
    SHERPA_FUNCTIONS(DECLARE)
#undef DECLARE
};

// Each handle carries its own copy of the functions, so that it doesn't depend on how long the library handle lives.
struct SpeechRecogniser {
    SpeechLibrary api;
    const SherpaOnnxOfflineRecognizer *recogniser;
    SpeechFamily family;
    char *paths[4];
    int32_t threads;
    char language[16];
};

SpeechLibrary *speech_open(const char *path, char *message, size_t capacity) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *reason = dlerror();
        snprintf(message, capacity, "%s", reason ? reason : "dlopen failed");
        return NULL;
    }
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

static const char *path(const SpeechRecogniser *self, int place) { return self->paths[place]; }

static SherpaOnnxOfflineRecognizerConfig offline_config(const SpeechRecogniser *self) {
    SherpaOnnxOfflineRecognizerConfig config;
    memset(&config, 0, sizeof(config));
    config.feat_config.sample_rate = 16000;
    config.feat_config.feature_dim = 80;
    SherpaOnnxOfflineModelConfig *model = &config.model_config;
    switch (self->family) {
    case SPEECH_WHISPER:
        model->whisper.encoder = path(self, 0);
        model->whisper.decoder = path(self, 1);
        model->whisper.language = self->language;
        model->whisper.task = "transcribe";
        // Without it the model cuts words at the end.
        model->whisper.tail_paddings = -1;
        break;
    case SPEECH_TRANSDUCER:
        model->transducer.encoder = path(self, 0);
        model->transducer.decoder = path(self, 1);
        model->transducer.joiner = path(self, 2);
        model->model_type = "nemo_transducer";
        break;
    case SPEECH_SENSE_VOICE:
        model->sense_voice.model = path(self, 0);
        model->sense_voice.language = self->language[0] ? self->language : "auto";
        model->sense_voice.use_itn = 1;
        break;
    case SPEECH_CTC: model->nemo_ctc.model = path(self, 0); break;
    }
    model->tokens = path(self, 3);
    model->num_threads = self->threads;
    model->provider = "cpu";
    config.decoding_method = "greedy_search";
    return config;
}

static char *copy(const char *text) { return text ? strdup(text) : NULL; }

SpeechRecogniser *speech_recogniser_create(const SpeechLibrary *library, SpeechRecogniserOptions options) {
    SpeechRecogniser *self = calloc(1, sizeof(SpeechRecogniser));
    if (!self) return NULL;
    self->api = *library;
    self->family = options.family;
    self->threads = options.threads;
    self->paths[0] = copy(options.encoder);
    self->paths[1] = copy(options.decoder);
    self->paths[2] = copy(options.joiner);
    self->paths[3] = copy(options.tokens);
    SherpaOnnxOfflineRecognizerConfig config = offline_config(self);
    self->recogniser = library->SherpaOnnxCreateOfflineRecognizer(&config);
    if (!self->recogniser) {
        speech_recogniser_destroy(self);
        return NULL;
    }
    return self;
}

void speech_recogniser_destroy(SpeechRecogniser *self) {
    if (!self) return;
    if (self->recogniser) self->api.SherpaOnnxDestroyOfflineRecognizer(self->recogniser);
    for (int place = 0; place < 4; place++) free(self->paths[place]);
    free(self);
}

void speech_recogniser_set_language(SpeechRecogniser *self, const char *language) {
    if (self->family != SPEECH_WHISPER && self->family != SPEECH_SENSE_VOICE) return;
    if (strncmp(self->language, language, sizeof(self->language)) == 0) return;
    snprintf(self->language, sizeof(self->language), "%s", language);
    SherpaOnnxOfflineRecognizerConfig config = offline_config(self);
    self->api.SherpaOnnxOfflineRecognizerSetConfig(self->recogniser, &config);
}

static float *copy_numbers(const float *numbers, int32_t count) {
    if (!numbers || count <= 0) return NULL;
    float *copy = malloc((size_t)count * sizeof(float));
    if (copy) memcpy(copy, numbers, (size_t)count * sizeof(float));
    return copy;
}

static char *copy_tokens(const char *const *tokens, int32_t count) {
    if (!tokens || count <= 0) return NULL;
    size_t bytes = 0;
    for (int32_t place = 0; place < count; place++) bytes += strlen(tokens[place]) + 1;
    char *copy = malloc(bytes);
    for (int32_t place = 0; copy && place < count; place++) {
        size_t length = strlen(tokens[place]) + 1;
        memcpy(copy, tokens[place], length);
        copy += length;
    }
    return copy ? copy - bytes : NULL;
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
        result->language = strdup(found->lang ? found->lang : "");
        result->tokens = copy_tokens(found->tokens_arr, found->count);
        result->token_times = copy_numbers(found->timestamps, found->count);
        result->token_log_probabilities = copy_numbers(found->ys_log_probs, found->count);
        result->token_count = result->tokens ? found->count : 0;
        self->api.SherpaOnnxDestroyOfflineRecognizerResult(found);
        code = result->text && result->language ? 0 : -1;
    }
    self->api.SherpaOnnxDestroyOfflineStream(stream);
    if (code != 0) speech_result_free(result);
    return code;
}

void speech_result_free(SpeechResult *result) {
    free(result->text);
    free(result->language);
    free(result->tokens);
    free(result->token_times);
    free(result->token_log_probabilities);
    memset(result, 0, sizeof(*result));
}

struct SpeechStreamer {
    SpeechLibrary api;
    const SherpaOnnxOnlineRecognizer *recogniser;
};

struct SpeechStream {
    SpeechStreamer *streamer;
    const SherpaOnnxOnlineStream *stream;
};

SpeechStreamer *speech_streamer_create(const SpeechLibrary *library, SpeechRecogniserOptions options) {
    SherpaOnnxOnlineRecognizerConfig config;
    memset(&config, 0, sizeof(config));
    config.feat_config.sample_rate = 16000;
    config.feat_config.feature_dim = 80;
    config.model_config.transducer.encoder = options.encoder;
    config.model_config.transducer.decoder = options.decoder;
    config.model_config.transducer.joiner = options.joiner;
    config.model_config.tokens = options.tokens;
    config.model_config.num_threads = options.threads;
    config.model_config.provider = "cpu";
    config.decoding_method = "greedy_search";
    config.enable_endpoint = 1;
    config.rule1_min_trailing_silence = 2.4f;
    config.rule2_min_trailing_silence = 0.8f;
    config.rule3_min_utterance_length = 20;
    SpeechStreamer *self = calloc(1, sizeof(SpeechStreamer));
    if (!self) return NULL;
    self->api = *library;
    self->recogniser = library->SherpaOnnxCreateOnlineRecognizer(&config);
    if (!self->recogniser) {
        free(self);
        return NULL;
    }
    return self;
}

void speech_streamer_destroy(SpeechStreamer *self) {
    if (!self) return;
    self->api.SherpaOnnxDestroyOnlineRecognizer(self->recogniser);
    free(self);
}

SpeechStream *speech_stream_create(SpeechStreamer *streamer) {
    SpeechStream *self = calloc(1, sizeof(SpeechStream));
    if (!self) return NULL;
    self->streamer = streamer;
    self->stream = streamer->api.SherpaOnnxCreateOnlineStream(streamer->recogniser);
    if (!self->stream) {
        free(self);
        return NULL;
    }
    return self;
}

void speech_stream_destroy(SpeechStream *self) {
    if (!self) return;
    self->streamer->api.SherpaOnnxDestroyOnlineStream(self->stream);
    free(self);
}

void speech_stream_accept(SpeechStream *self, int32_t sample_rate, const float *samples, int32_t count, int32_t is_last) {
    const SpeechStreamer *streamer = self->streamer;
    if (count > 0) streamer->api.SherpaOnnxOnlineStreamAcceptWaveform(self->stream, sample_rate, samples, count);
    if (is_last) streamer->api.SherpaOnnxOnlineStreamInputFinished(self->stream);
    while (streamer->api.SherpaOnnxIsOnlineStreamReady(streamer->recogniser, self->stream)) {
        streamer->api.SherpaOnnxDecodeOnlineStream(streamer->recogniser, self->stream);
    }
}

int32_t speech_stream_is_endpoint(SpeechStream *self) {
    return self->streamer->api.SherpaOnnxOnlineStreamIsEndpoint(self->streamer->recogniser, self->stream);
}

int32_t speech_stream_result(SpeechStream *self, SpeechResult *result) {
    memset(result, 0, sizeof(*result));
    const SpeechLibrary *api = &self->streamer->api;
    const SherpaOnnxOnlineRecognizerResult *found =
        api->SherpaOnnxGetOnlineStreamResult(self->streamer->recogniser, self->stream);
    if (!found) return -1;
    result->text = strdup(found->text ? found->text : "");
    result->language = strdup("");
    result->tokens = copy_tokens(found->tokens_arr, found->count);
    result->token_times = copy_numbers(found->timestamps, found->count);
    result->token_count = result->tokens ? found->count : 0;
    api->SherpaOnnxDestroyOnlineRecognizerResult(found);
    if (result->text && result->language) return 0;
    speech_result_free(result);
    return -1;
}

void speech_stream_reset(SpeechStream *self) {
    self->streamer->api.SherpaOnnxOnlineStreamReset(self->streamer->recogniser, self->stream);
}

struct SpeechVoice {
    SpeechLibrary api;
    const SherpaOnnxOfflineTts *voice;
};

SpeechVoice *speech_voice_create(const SpeechLibrary *library, SpeechVoiceOptions options) {
    SherpaOnnxOfflineTtsConfig config;
    memset(&config, 0, sizeof(config));
    config.model.kokoro.model = options.model;
    config.model.kokoro.tokens = options.tokens;
    config.model.kokoro.voices = options.voices;
    config.model.kokoro.length_scale = 1;
    config.model.num_threads = options.threads;
    config.model.provider = "cpu";
    config.max_num_sentences = 1;
    config.silence_scale = 1;
    SpeechVoice *self = calloc(1, sizeof(SpeechVoice));
    if (!self) return NULL;
    self->api = *library;
    self->voice = library->SherpaOnnxCreateOfflineTts(&config);
    if (!self->voice) {
        free(self);
        return NULL;
    }
    return self;
}

void speech_voice_destroy(SpeechVoice *self) {
    if (!self) return;
    self->api.SherpaOnnxDestroyOfflineTts(self->voice);
    free(self);
}

int32_t speech_voice_rate(const SpeechVoice *self) { return self->api.SherpaOnnxOfflineTtsSampleRate(self->voice); }

int32_t speech_voice_speakers(const SpeechVoice *self) { return self->api.SherpaOnnxOfflineTtsNumSpeakers(self->voice); }

int32_t speech_voice_say(
    SpeechVoice *self, const int32_t *phonemes, int32_t count, int32_t speaker, float speed, float **samples) {
    *samples = NULL;
    SherpaOnnxGenerationConfig config;
    memset(&config, 0, sizeof(config));
    config.speed = speed;
    config.sid = speaker;
    config.silence_scale = 1;
    config.phoneme_codepoints = phonemes;
    config.phoneme_codepoints_lens = &count;
    config.phoneme_codepoints_num_sentences = 1;
    const SherpaOnnxGeneratedAudio *audio =
        self->api.SherpaOnnxOfflineTtsGenerateWithConfig(self->voice, "", &config, NULL, NULL);
    if (!audio) return -1;
    int32_t made = audio->n;
    *samples = copy_numbers(audio->samples, made);
    self->api.SherpaOnnxDestroyOfflineTtsGeneratedAudio(audio);
    return *samples || made == 0 ? made : -1;
}

void speech_samples_free(float *samples) { free(samples); }
