import CFFmpeg
import Foundations

extension AudioSamples {
    private static let threads = WorkerThreads(name: "denoise", width: 2)

    /// The sound without steady noise, and as loud as speech usually is (-20 dBFS, at most 30 dB more or less).
    ///
    /// What lies under a floor of -35 dB is taken out band by band, 20 dB at most, by FFmpeg's `afftdn`.
    /// - Throws: `MediaError.engineFailed`; `CancellationError`.
    public func denoised() async throws -> AudioSamples {
        try await Self.threads.run {
            var cleaned = try SoundFilter.run("afftdn=nr=20:nf=-35", on: self)
            let power = cleaned.reduce(0) { $0 + Double($1) * Double($1) } / Double(max(1, cleaned.count))
            if power > 0 {
                // 0.1 is -20 dBFS; 30 dB are a factor of 31.6.
                let gain = Float(min(31.6, max(1 / 31.6, 0.1 / power.squareRoot())))
                for place in cleaned.indices { cleaned[place] = max(-1, min(1, cleaned[place] * gain)) }
            }
            return AudioSamples(sampleRate: sampleRate, samples: cleaned)
        }
    }
}

/// FFmpeg's filters on sound in memory.
enum SoundFilter {
    private static let block = 4096

    /// - Parameter description: as FFmpeg writes filters.
    /// - Throws: `MediaError.engineFailed`.
    static func run(_ description: String, on sound: AudioSamples) throws -> [Float] {
        silenceFFmpegOnce()
        var graph = avfilter_graph_alloc()
        defer { avfilter_graph_free(&graph) }
        var source: UnsafeMutablePointer<AVFilterContext>?
        var sink: UnsafeMutablePointer<AVFilterContext>?
        var inputs = avfilter_inout_alloc()
        var outputs = avfilter_inout_alloc()
        defer {
            avfilter_inout_free(&inputs)
            avfilter_inout_free(&outputs)
        }
        let arguments = "sample_rate=\(sound.sampleRate):sample_fmt=fltp:channel_layout=mono:time_base=1/\(sound.sampleRate)"
        guard avfilter_graph_create_filter(&source, avfilter_get_by_name("abuffer"), "in", arguments, nil, graph) >= 0,
            avfilter_graph_create_filter(&sink, avfilter_get_by_name("abuffersink"), "out", nil, nil, graph) >= 0,
            let outlet = outputs, let inlet = inputs
        else { throw MediaError.engineFailed }
        outlet.pointee.name = av_strdup("in")
        outlet.pointee.filter_ctx = source
        inlet.pointee.name = av_strdup("out")
        inlet.pointee.filter_ctx = sink
        guard avfilter_graph_parse_ptr(graph, "\(description),aformat=sample_fmts=fltp", &inputs, &outputs, nil) >= 0,
            avfilter_graph_config(graph, nil) >= 0
        else { throw MediaError.engineFailed }
        var filtered: [Float] = []
        filtered.reserveCapacity(sound.samples.count)
        var frame = av_frame_alloc()
        defer { av_frame_free(&frame) }
        for start in stride(from: 0, to: sound.samples.count, by: block) {
            try add(sound.samples[start..<min(start + block, sound.samples.count)], at: start, rate: sound.sampleRate, to: source)
            try drain(sink, frame, into: &filtered)
        }
        guard av_buffersrc_add_frame(source, nil) >= 0 else { throw MediaError.engineFailed }
        try drain(sink, frame, into: &filtered)
        return Array(filtered.prefix(sound.samples.count))
    }

    private static func add(
        _ samples: ArraySlice<Float>, at start: Int, rate: Int, to source: UnsafeMutablePointer<AVFilterContext>?
    ) throws {
        var frame = av_frame_alloc()
        defer { av_frame_free(&frame) }
        guard let frame else { throw MediaError.engineFailed }
        frame.pointee.nb_samples = Int32(samples.count)
        frame.pointee.format = AV_SAMPLE_FMT_FLTP.rawValue
        frame.pointee.sample_rate = Int32(rate)
        frame.pointee.pts = Int64(start)
        av_channel_layout_default(&frame.pointee.ch_layout, 1)
        guard av_frame_get_buffer(frame, 0) >= 0, let plane = frame.pointee.data.0 else { throw MediaError.engineFailed }
        plane.withMemoryRebound(to: Float.self, capacity: samples.count) { target in
            for (place, sample) in samples.enumerated() { target[place] = sample }
        }
        guard av_buffersrc_add_frame(source, frame) >= 0 else { throw MediaError.engineFailed }
    }

    private static func drain(
        _ sink: UnsafeMutablePointer<AVFilterContext>?, _ frame: UnsafeMutablePointer<AVFrame>?, into samples: inout [Float]
    ) throws {
        guard let frame else { throw MediaError.engineFailed }
        while true {
            let result = av_buffersink_get_frame(sink, frame)
            if result == martlet_averror_again() || result == martlet_averror_eof() { return }
            guard result >= 0, let plane = frame.pointee.data.0 else { throw MediaError.engineFailed }
            let count = Int(frame.pointee.nb_samples)
            plane.withMemoryRebound(to: Float.self, capacity: count) { samples.append(contentsOf: UnsafeBufferPointer(start: $0, count: count)) }
            av_frame_unref(frame)
        }
    }
}
