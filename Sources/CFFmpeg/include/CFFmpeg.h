#pragma once

// FFmpeg's libraries as Swift sees them, plus the macros that Swift can't import as inline functions.

#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

static inline int martlet_averror_eof(void) { return AVERROR_EOF; }
static inline int martlet_averror_again(void) { return AVERROR(EAGAIN); }
static inline int martlet_averror_exit(void) { return AVERROR_EXIT; }
static inline int martlet_averror_io(void) { return AVERROR(EIO); }
static inline int martlet_averror_no_memory(void) { return AVERROR(ENOMEM); }
static inline int martlet_averror_not_permitted(void) { return AVERROR(EPERM); }
static inline int64_t martlet_no_timestamp(void) { return AV_NOPTS_VALUE; }
static inline int martlet_seek_size_query(void) { return AVSEEK_SIZE; }
static inline int martlet_seek_force(void) { return AVSEEK_FORCE; }
static inline int martlet_probe_score_retry(void) { return AVPROBE_SCORE_RETRY; }
static inline int martlet_quality_scale(void) { return FF_QP2LAMBDA; }

// `av_frame_get_side_data` takes an enum that differs between FFmpeg releases; these two name what is read.
static inline const int32_t *martlet_stream_display_matrix(const AVStream *stream) {
    return (const int32_t *)av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, NULL);
}
static inline const int32_t *martlet_frame_display_matrix(const AVFrame *frame) {
    const AVFrameSideData *data = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
    return data && data->size >= 9 * sizeof(int32_t) ? (const int32_t *)data->data : NULL;
}
