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
}

interface AbortSignal {
  throwIfAborted(): void;
}
