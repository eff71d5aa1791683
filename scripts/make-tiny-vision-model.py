#!/usr/bin/env python3
"""Writes a tiny vision-language model with random weights: model.gguf and mmproj.gguf.

    make-tiny-vision-model.py OUT_DIR

It knows nothing; it is for tests of everything around a vision model: image tokens, frame order, the prompt cache. The
same seed gives the same files. Needs the packages gguf and numpy.
"""

import os
import sys

import gguf
import numpy as np

WIDTH, LAYERS, HEADS, FEED_FORWARD, CONTEXT = 64, 2, 4, 128, 16384
PATCH, IMAGE, VISION_WIDTH, VISION_LAYERS, VISION_HEADS, VISION_FEED_FORWARD = 14, 56, 48, 2, 4, 96

# Roles become plain words, so that no special tokens are needed beyond begin and end.
CHAT_TEMPLATE = (
    "{% for message in messages %}{{ message['role'] + ': ' }}"
    "{% if message['content'] is string %}{{ message['content'] }}"
    "{% else %}{% for part in message['content'] %}"
    "{% if part['type'] == 'text' %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}"
    "{{ '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}"
)


def byte_vocabulary():
    """SentencePiece vocabulary of the 256 bytes, the printable ones also as pieces, and three control tokens."""
    tokens, scores, types = [], [], []

    def add(text, score, kind):
        tokens.append(text)
        scores.append(score)
        types.append(kind)

    add("<unk>", 0.0, gguf.TokenType.UNKNOWN)
    add("<s>", 0.0, gguf.TokenType.CONTROL)
    add("</s>", 0.0, gguf.TokenType.CONTROL)
    for byte in range(256):
        add(f"<0x{byte:02X}>", 0.0, gguf.TokenType.BYTE)
    for byte in range(33, 127):
        add(chr(byte), -float(byte), gguf.TokenType.NORMAL)
    add("\u2581", -200.0, gguf.TokenType.NORMAL)
    return tokens, scores, types


class Weights:
    def __init__(self, writer, seed):
        self.writer = writer
        self.random = np.random.default_rng(seed)

    def random_matrix(self, name, *shape, scale=None):
        scale = scale if scale is not None else 1.0 / np.sqrt(shape[-1])
        self.writer.add_tensor(name, (self.random.standard_normal(shape) * scale).astype(np.float32))

    def ones(self, name, size):
        self.writer.add_tensor(name, np.ones(size, np.float32))

    def zeros(self, name, size):
        self.writer.add_tensor(name, np.zeros(size, np.float32))


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_text_model(path):
    tokens, scores, types = byte_vocabulary()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny random vision-language model")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(tokens))
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores(scores)
    writer.add_token_types(types)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(CHAT_TEMPLATE)

    weights = Weights(writer, 20240601)
    weights.random_matrix("token_embd.weight", len(tokens), WIDTH, scale=1.0)
    weights.random_matrix("output.weight", len(tokens), WIDTH, scale=0.3)
    weights.ones("output_norm.weight", WIDTH)
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        weights.ones(block + "attn_norm.weight", WIDTH)
        weights.ones(block + "ffn_norm.weight", WIDTH)
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            weights.random_matrix(block + name + ".weight", WIDTH, WIDTH)
        for name in ("ffn_gate", "ffn_up"):
            weights.random_matrix(block + name + ".weight", FEED_FORWARD, WIDTH)
        weights.random_matrix(block + "ffn_down.weight", WIDTH, FEED_FORWARD)
    finish(writer)


def write_projector(path):
    """A SigLIP-like encoder with the two-layer projector of Janus: one square of 16 tokens for each picture."""
    writer = gguf.GGUFWriter(path, "clip")
    writer.add_name("tiny random vision projector")
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_bool("clip.has_vision_encoder", True)
    writer.add_string("clip.projector_type", "janus_pro")
    writer.add_bool("clip.use_gelu", True)
    writer.add_uint32("clip.vision.image_size", IMAGE)
    writer.add_uint32("clip.vision.patch_size", PATCH)
    writer.add_uint32("clip.vision.embedding_length", VISION_WIDTH)
    writer.add_uint32("clip.vision.feed_forward_length", VISION_FEED_FORWARD)
    writer.add_uint32("clip.vision.block_count", VISION_LAYERS)
    writer.add_uint32("clip.vision.projection_dim", WIDTH)
    writer.add_uint32("clip.vision.attention.head_count", VISION_HEADS)
    writer.add_float32("clip.vision.attention.layer_norm_epsilon", 1e-6)
    writer.add_array("clip.vision.image_mean", [0.5, 0.5, 0.5])
    writer.add_array("clip.vision.image_std", [0.5, 0.5, 0.5])

    weights = Weights(writer, 20240602)
    # The patches' own scale: large enough that what is in a picture outweighs where it lies.
    weights.random_matrix("v.patch_embd.weight", VISION_WIDTH, 3, PATCH, PATCH, scale=2.0 / PATCH)
    weights.zeros("v.patch_embd.bias", VISION_WIDTH)
    weights.random_matrix("v.position_embd.weight", (IMAGE // PATCH) ** 2, VISION_WIDTH, scale=0.1)
    weights.ones("v.post_ln.weight", VISION_WIDTH)
    weights.zeros("v.post_ln.bias", VISION_WIDTH)
    for layer in range(VISION_LAYERS):
        block = f"v.blk.{layer}."
        for name in ("ln1", "ln2"):
            weights.ones(block + name + ".weight", VISION_WIDTH)
            weights.zeros(block + name + ".bias", VISION_WIDTH)
        for name in ("attn_q", "attn_k", "attn_v", "attn_out"):
            weights.random_matrix(block + name + ".weight", VISION_WIDTH, VISION_WIDTH)
            weights.zeros(block + name + ".bias", VISION_WIDTH)
        weights.random_matrix(block + "ffn_up.weight", VISION_FEED_FORWARD, VISION_WIDTH)
        weights.zeros(block + "ffn_up.bias", VISION_FEED_FORWARD)
        weights.random_matrix(block + "ffn_down.weight", VISION_WIDTH, VISION_FEED_FORWARD)
        weights.zeros(block + "ffn_down.bias", VISION_WIDTH)
    weights.random_matrix("mm.0.weight", WIDTH, VISION_WIDTH)
    weights.zeros("mm.0.bias", WIDTH)
    weights.random_matrix("mm.1.weight", WIDTH, WIDTH, scale=0.25)
    weights.zeros("mm.1.bias", WIDTH)
    finish(writer)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make-tiny-vision-model.py OUT_DIR")
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name, write in (("model.gguf", write_text_model), ("mmproj.gguf", write_projector)):
        # Whole or not there at all, also when two make it at once.
        part = os.path.join(folder, f".{name}.{os.getpid()}")
        write(part)
        os.replace(part, os.path.join(folder, name))


if __name__ == "__main__":
    main()
