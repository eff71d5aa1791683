/** What the server sends and what the page keeps, for the type check alone. */
declare namespace Martlet {
  interface ErrorBody {
    message: string;
    type?: string;
    code?: string | null;
    param?: string | null;
    details?: any;
    retry_after_ms?: number | null;
    request_id?: string | null;
  }

  interface StreamEvent {
    id: string | null;
    event: string;
    data: string;
  }

  interface Transfer {
    done: number;
    total: number | null;
    rate: number;
    /** The connection is lost; the transfer goes on when it is back. */
    waiting: boolean;
  }

  interface Upload {
    id: string;
    name: string;
    bytes: number;
    offset: number;
    complete: boolean;
    expires: string;
  }

  interface Plan {
    video: { duration: number; width: number; height: number; fps: number; codec: string; audio: boolean; container: string };
    plan: {
      frames: number;
      size: { width: number; height: number };
      sample_rate: number;
      tokens: number;
      times: number[];
      fitted: boolean;
      used: boolean;
    };
    thumbnails: { time: number; image: string }[];
  }

  interface Citation {
    kind: string;
    text: string;
    start: number;
    end: number;
  }

  interface Answer {
    response: string;
    model: string;
    backend: string;
    frames: { count: number; width: number | null; height: number | null };
    used_evidence: boolean;
    citations: Citation[];
    finish_reason: string;
    usage: { prompt_tokens: number; completion_tokens: number; prompt_tokens_details?: { cached_tokens: number } };
    timings: Record<string, number>;
    request_id: string;
  }

  interface Progress {
    stage: string;
    done: number | null;
    total: number | null;
    unit: string | null;
    fraction: number | null;
    note: string | null;
    position?: number | null;
    wait_ms?: number | null;
  }

  type TurnStatus = 'uploading' | 'sending' | 'working' | 'writing' | 'done' | 'failed' | 'stopped';

  interface Turn {
    id: string;
    prompt: string;
    created: number;
    status: TurnStatus;
    answerId: string | null;
    lastEventId: string | null;
    answer: string;
    notices: string[];
    result: Answer | null;
    error: { message: string; code: string; requestId: string | null; retryAfter: number | null; at: number } | null;
    progress?: Progress | null;
  }

  interface Settings {
    model: string;
    evidence: string;
    video: Record<string, number>;
    generation: Record<string, number>;
  }

  interface Video {
    kind: 'file' | 'url';
    name: string;
    url: string | null;
    bytes: number;
    uploadId: string | null;
    duration: number | null;
    thumbnail: string | null;
  }

  interface Conversation {
    id: string;
    created: number;
    updated: number;
    video: Video;
    settings: Settings;
    turns: Turn[];
  }

  interface Model {
    id: string;
    owned_by: string;
    engine: string;
    capabilities: string[];
    state: 'absent' | 'fetching' | 'onDisk' | 'loading' | 'ready' | 'draining' | 'failed';
    bytes: number | null;
    licence: string | null;
    parameters: number | null;
    context_length: number | null;
    reason: string | null;
    memory_bytes: number | null;
    users: number | null;
    pinned: boolean | null;
    description?: string | null;
    needs?: { memory_bytes: number | null; gpu: boolean } | null;
    default?: boolean;
    obstacle?: string | null;
  }

  interface Pull {
    id: string;
    state: 'running' | 'done' | 'failed' | 'stopped';
    done: number | null;
    total: number | null;
    rate: number | null;
    eta: number | null;
    message: string | null;
  }

  interface Endpoint {
    id: string;
    backend: string;
    state: 'up' | 'ejected' | 'half_open' | 'draining';
    slots: number;
    outstanding: number;
    failures: number;
    latency_ms: number | null;
    retry_in_ms: number | null;
  }

  interface Pool {
    id: string;
    pick: string;
    lane: { running: number; waiting: number; slots: number; average_service_ms: number | null };
    endpoints: Endpoint[];
  }

  interface Memory {
    budget_bytes: number | null;
    used_bytes: number;
    models: { id: string; bytes: number; pinned: boolean; users: number }[];
  }

  interface RequestLine {
    time: string;
    request_id: string;
    method: string;
    route: string;
    status: number;
    duration_ms: number;
    key: string | null;
    model: string | null;
    prompt_tokens: number | null;
    completion_tokens: number | null;
    code: string | null;
  }

  interface Figures {
    time: string;
    requests_per_second: number;
    errors_per_second: number;
    tokens_per_second: number;
    running: number;
    waiting: number;
    memory_bytes: number;
    cpu: number;
  }

  interface Health {
    status: string;
    parts: { name: string; state: 'ok' | 'degraded' | 'down'; note: string | null }[];
  }

  interface System {
    version: string;
    started: string;
    uptime_seconds: number;
    address: string;
    machine: { cores: number; memory_bytes: number; gpus: any[] };
    health: Health;
    findings: { subject: string; status: string; detail: string; remedy: string | null }[];
    configuration: { key: string; value: any; source: string; about?: string }[];
  }

  type JobStatus = 'pending' | 'processing' | 'retrying' | 'completed' | 'failed' | 'cancelled';

  interface AnalysisResult {
    tags?: Record<string, { spans: number; seconds: number }>;
    calls?: number;
    failed_calls?: number;
    segments?: number;
    answered_by?: string;
    unsupported_tags?: string[];
    unknown_seconds?: number;
    sidecar?: boolean;
    seconds?: number;
    video_path?: string;
  }

  interface Job {
    id: number;
    kind: 'analysis' | 'fetch' | 'register' | 'expressions';
    video_path: string | null;
    status: JobStatus;
    progress: number;
    stage: string | null;
    done: number | null;
    total: number | null;
    unit: string | null;
    rate: number | null;
    eta_seconds: number | null;
    created_at: string;
    started_at: string | null;
    completed_at: string | null;
    error: string | null;
    error_code: string | null;
    attempt: number;
    max_attempts: number;
    retry_at: string | null;
    priority: number;
    batch: string | null;
    result: AnalysisResult | null;
  }

  interface LibraryVideo {
    id: number;
    path: string;
    title: string;
    duration: number;
    has_ai_data: boolean;
    thumbnail_path: string | null;
    created_at: string;
    file_size: number | null;
    file_extension: string | null;
    codec: string | null;
    width: number | null;
    height: number | null;
    fps: number | null;
    analysis_model: string | null;
    tag_count: number;
    timestamp_count: number;
    tags: string[];
    coverage: number;
    job: Job | null;
    available: boolean;
  }

  interface Span {
    id: number;
    video_path: string;
    tag_name: string;
    start_time: number;
    end_time: number | null;
    confidence: number;
    source: 'analysis' | 'manual' | 'import';
    job_id: number | null;
  }

  interface Passage {
    start: number;
    end: number;
    text: string;
    confidence?: number | null;
  }

  type EvidenceKind = 'transcript' | 'screen_text' | 'objects' | 'scenes';

  interface Timeline extends Record<EvidenceKind, Passage[]> {
    missing: Partial<Record<EvidenceKind, string>>;
    unknown: [number, number][];
  }

  interface Hit {
    video_path: string;
    title: string;
    kind: 'tag' | 'transcript' | 'screen_text' | 'object' | 'title';
    start: number;
    end: number | null;
    text: string;
    confidence: number | null;
  }

  type RuleField = 'threshold' | 'max_gap' | 'min_duration' | 'required_duration';
  type Rules = Record<string, Partial<Record<RuleField, number | string>>>;

  interface AnalysisConfig {
    analysis_tags: string;
    llm_base_url: string;
    llm_model: string;
    max_batch_size: number;
    livekit_url?: string;
    frame_interval: number;
    tolerance: number;
    tag_rules: Rules;
    votes?: number | null;
    evidence: boolean;
    side_car: 'data' | 'beside' | 'none';
  }

  interface BatchAnswer {
    batch: string;
    jobs: { video_path: string; job_id: number }[];
    refused: { video_path: string; code: string; message: string }[];
  }

  type Region = 'mata_kiri' | 'mata_kanan' | 'mulut';

  interface ExpressionOptions {
    models: string[];
    estimators: string[];
    detections: string[];
    available: boolean;
    reason: string | null;
  }

  interface ExpressionReport {
    estimator: string;
    detection: string;
    frames: { total: number; used: number; skipped: number; detected: number; tracked: number; several_faces: number };
    rows: number;
    segments: number;
    baseline: { video_frame: number; time: number };
    duration: number;
    frame_rate: number;
    size: { width: number; height: number };
    regions: Region[];
    warnings: { code: string; message: string }[];
    seconds: number;
  }

  interface Expressions {
    video_path: string;
    job_id: number;
    created_at: string;
    model: string | null;
    synthetic: boolean;
    note: string | null;
    report: ExpressionReport;
    prediction: { prediction: number; prediction_label: string; confidence: number; avg_probability: number } | null;
    overlay: boolean;
    series: { video_frame: number[]; time: number[]; magnitude: Record<Region, number[]>; probability: number[] | null; thinned?: number };
  }

  interface VectorRow {
    video_frame: number;
    time: number;
    boxes: [number, number, number, number][];
    vectors: number[];
  }

  interface Vectors {
    grid: Record<Region, [number, number]>;
    resized: Record<Region, [number, number]>;
    rows: VectorRow[];
  }

  type VoiceInput = { kind: 'text'; text: string } | { kind: 'file'; file: File } | { kind: 'recording'; pieces: Int16Array[] };

  /** `decode` to `speak` are the stage that was begun last. */
  type VoiceTurnStatus = 'listening' | 'sending' | 'decode' | 'transcribe' | 'think' | 'speak' | 'done' | 'failed' | 'stopped';

  interface VoiceReport {
    stages: { stage: 'decode' | 'transcribe' | 'think' | 'speak'; start_ms: number; end_ms: number }[];
    first_text_ms: number | null;
    first_audio_ms: number | null;
    total_ms: number;
    audio_seconds: number;
    model: string;
    transcriber: string | null;
    synthesizer: string | null;
  }

  interface VoiceTurn {
    id: string;
    /** Null after a reload: then it can't be asked again. */
    input: VoiceInput | null;
    question: string;
    answer: string;
    status: VoiceTurnStatus;
    report: VoiceReport | null;
    error: { message: string; code: string | null; requestId: string | null; retryAt: number | null } | null;
    sound: Int16Array[];
    rate: number;
    /** Milliseconds from the end of the question to the first sound, as heard here. */
    heardAfter: number | null;
  }

  interface VoiceChoices {
    synthesizer: string;
    voice: string;
    transcriber: string;
    language: string;
    speed: number;
    speaks: boolean;
  }

  interface SpeechModel {
    id: string;
    languages: string[];
    voices: string[];
    default: boolean;
  }

  type StudioKind = 'profile' | 'chat' | 'words';
  type FeatureGroup = 'observed' | 'dress' | 'accessories';
  type FeatureValues = Record<string, string | null>;

  interface FaceBox {
    x: number;
    y: number;
    width: number;
    height: number;
  }

  interface FaceFeatures extends Record<FeatureGroup, FeatureValues> {
    meta?: { face_detected?: boolean; num_faces?: number; quality_score?: number; confidence?: Record<string, number>; face_box?: FaceBox };
  }

  interface SelfieTip {
    code: string;
    message: string;
  }

  interface SelfieAnalysis {
    avatar_features: FaceFeatures;
    tips: SelfieTip[];
    faces: FaceBox[];
  }

  interface VocabularyEntry {
    name: string;
    path: string;
    values: string[];
  }

  interface ImageStyle {
    id: string;
    name: string;
    description: string;
    default: boolean;
  }

  interface Profile {
    handle: string;
    version: number;
    created_at: number;
    updated_at: number;
    expires_at: number | null;
    style: string | null;
    avatar_features: FaceFeatures;
    likeness: boolean;
  }

  interface ProfileVersion {
    version: number;
    created_at: number;
    avatar_features: FaceFeatures;
    style: string | null;
  }

  /** Size, seed and steps as they are written in their fields: empty is the server's own choice. */
  interface PictureSettings {
    size: string;
    seed: string;
    steps: string;
  }

  interface ProfileForm extends PictureSettings {
    kind: 'profile';
    handle: string;
    style: string;
    /** Null once the profile was deleted. */
    features: FaceFeatures | null;
  }

  interface ChatForm extends PictureSettings {
    kind: 'chat';
    scene: '1to1' | 'shorts' | 'scenes';
    participants: string[];
    messages: { sender: string; text: string }[];
    style: string;
  }

  interface WordsForm extends PictureSettings {
    kind: 'words';
    prompt: string;
    negative: string;
    count: number;
  }

  type StudioForm = ProfileForm | ChatForm | WordsForm;

  interface PaintedPicture {
    file: Blob;
    seed: number | null;
    /** Parts of it were made unrecognisable. */
    covered: boolean;
    revised: string | null;
  }

  type PaintingStatus = 'sending' | 'working' | 'fetching' | 'done' | 'failed' | 'stopped';

  /** Something to be painted, from the wish to the pictures; kept in this browser. */
  interface Painting {
    id: string;
    form: StudioForm;
    created: number;
    status: PaintingStatus;
    jobId: number | null;
    job: Pick<Job, 'stage' | 'progress' | 'done' | 'total' | 'unit' | 'eta_seconds'> | null;
    pictures: PaintedPicture[];
    caption: string | null;
    prompt: string | null;
    model: string | null;
    softened: boolean;
    error: PaintingError | null;
  }

  interface PaintingError {
    status: number;
    code: string | null;
    message: string;
    details: any;
    requestId: string | null;
    retryAt: number | null;
  }

  interface ServerFolder {
    path: string;
    folders: string[];
    files: { name: string; path: string; size: number; registered: boolean }[];
  }
}

interface AbortSignal {
  throwIfAborted(): void;
}

interface CanvasRenderingContext2D {
  roundRect(x: number, y: number, width: number, height: number, radius: number): void;
}

// What the audio thread has, of which the libraries for pages know nothing.
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
declare const sampleRate: number;
