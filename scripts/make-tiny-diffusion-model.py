#!/usr/bin/env python3
"""Writes a tiny image model with random weights: diffusion.gguf, llm.gguf and tae.gguf.

    make-tiny-diffusion-model.py OUT_DIR

It knows nothing; it is for tests of everything around an image model. sd-server takes it for Ovis-Image, whose width and
depth it reads from the files. A prompt, a seed, a negative prompt and every step change the picture, which is coloured
noise. The same seed gives the same files. Needs the packages gguf and numpy.
"""

import argparse
import os

import gguf
import numpy as np

SEED = 20240701
# One head; sd-server's positions want 128 numbers of it. One block of each kind.
WIDTH, FEED_FORWARD, LATENT_CHANNELS, PATCH, TIME = 128, 512, 16, 2, 256
# Heads and vocabulary are those of Qwen3 4B and its tokenizer, which are built in.
TEXT_WIDTH, TEXT_FEED_FORWARD, HEADS, KEY_HEADS, HEAD, VOCABULARY = 64, 128, 32, 8, 128, 151936
AUTOENCODER_WIDTH, AUTOENCODER_BLOCKS = 64, 3


class Weights:
    def __init__(self, path, architecture, name, seed):
        self.writer = gguf.GGUFWriter(path, architecture)
        self.writer.add_name(name)
        self.writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
        self.random = np.random.default_rng(seed)

    def constant(self, name, size, value):
        self.writer.add_tensor(name, np.full(size, value, np.float32))

    def matrix(self, name, rows, columns, bias=True, gain=1.0):
        values = self.random.standard_normal((rows, columns), np.float32) * (gain / np.sqrt(columns))
        self.writer.add_tensor(name + ".weight", values.astype(np.float16))
        if bias:
            self.constant(name + ".bias", rows, 0)

    def convolution(self, name, outputs, inputs, bias=0.0, gain=1.4):
        values = self.random.standard_normal((outputs, inputs, 3, 3), np.float32) * (gain / np.sqrt(9 * inputs))
        self.writer.add_tensor(name + ".weight", values.astype(np.float16))
        if bias is not None:
            self.constant(name + ".bias", outputs, bias)

    def finish(self):
        self.writer.write_header_to_file()
        self.writer.write_kv_data_to_file()
        self.writer.write_tensors_to_file()
        self.writer.close()


def write_diffusion(path):
    weights = Weights(path, "ovis", "tiny random image model", SEED)
    patch = LATENT_CHANNELS * PATCH * PATCH
    weights.matrix("img_in", WIDTH, patch)
    weights.matrix("time_in.in_layer", WIDTH, TIME)
    weights.matrix("time_in.out_layer", WIDTH, WIDTH)
    weights.constant("txt_norm.scale", TEXT_WIDTH, 1)
    weights.matrix("txt_in", WIDTH, TEXT_WIDTH)
    for stream in ("img", "txt"):
        block = f"double_blocks.0.{stream}_"
        weights.matrix(block + "mod.lin", 6 * WIDTH, WIDTH)
        weights.matrix(block + "attn.qkv", 3 * WIDTH, WIDTH)
        weights.constant(block + "attn.norm.query_norm.scale", WIDTH, 1)
        weights.constant(block + "attn.norm.key_norm.scale", WIDTH, 1)
        weights.matrix(block + "attn.proj", WIDTH, WIDTH)
        weights.matrix(block + "mlp.gate_proj", FEED_FORWARD, WIDTH)
        weights.matrix(block + "mlp.up_proj", FEED_FORWARD, WIDTH)
        weights.matrix(block + "mlp.down_proj", WIDTH, FEED_FORWARD)
    weights.matrix("single_blocks.0.modulation.lin", 3 * WIDTH, WIDTH)
    weights.matrix("single_blocks.0.linear1", 3 * WIDTH + 2 * FEED_FORWARD, WIDTH)
    weights.constant("single_blocks.0.norm.query_norm.scale", WIDTH, 1)
    weights.constant("single_blocks.0.norm.key_norm.scale", WIDTH, 1)
    weights.matrix("single_blocks.0.linear2", WIDTH, WIDTH + FEED_FORWARD)
    weights.matrix("final_layer.adaLN_modulation.1", 2 * WIDTH, WIDTH)
    weights.matrix("final_layer.linear", patch, WIDTH)
    weights.finish()


def write_text_encoder(path):
    weights = Weights(path, "qwen3", "tiny random text encoder", SEED + 1)
    words = weights.random.standard_normal((VOCABULARY, TEXT_WIDTH), np.float32)
    kind = gguf.GGMLQuantizationType.Q8_0
    weights.writer.add_tensor("token_embd.weight", gguf.quants.quantize(words, kind), raw_dtype=kind)
    weights.constant("output_norm.weight", TEXT_WIDTH, 1)
    block = "blk.0."
    weights.constant(block + "attn_norm.weight", TEXT_WIDTH, 1)
    weights.matrix(block + "attn_q", HEADS * HEAD, TEXT_WIDTH, bias=False)
    weights.matrix(block + "attn_k", KEY_HEADS * HEAD, TEXT_WIDTH, bias=False)
    weights.matrix(block + "attn_v", KEY_HEADS * HEAD, TEXT_WIDTH, bias=False)
    weights.matrix(block + "attn_output", TEXT_WIDTH, HEADS * HEAD, bias=False)
    weights.constant(block + "attn_q_norm.weight", HEAD, 1)
    weights.constant(block + "attn_k_norm.weight", HEAD, 1)
    weights.constant(block + "ffn_norm.weight", TEXT_WIDTH, 1)
    weights.matrix(block + "ffn_gate", TEXT_FEED_FORWARD, TEXT_WIDTH, bias=False)
    weights.matrix(block + "ffn_up", TEXT_FEED_FORWARD, TEXT_WIDTH, bias=False)
    weights.matrix(block + "ffn_down", TEXT_WIDTH, TEXT_FEED_FORWARD, bias=False)
    weights.finish()


def write_autoencoder(path):
    """TAESD for sixteen channels: its layers are numbered, those without weights included."""
    weights = Weights(path, "taesd", "tiny random autoencoder", SEED + 2)
    width = AUTOENCODER_WIDTH

    def residual(name):
        for layer in (0, 2, 4):
            weights.convolution(f"{name}.conv.{layer}", width, width, gain=0.7)

    weights.convolution("encoder.layers.0", width, 3)
    residual("encoder.layers.1")
    for stage in range(3):
        first = 2 + stage * (AUTOENCODER_BLOCKS + 1)
        weights.convolution(f"encoder.layers.{first}", width, width, bias=None)
        for block in range(AUTOENCODER_BLOCKS):
            residual(f"encoder.layers.{first + 1 + block}")
    weights.convolution("encoder.layers.14", LATENT_CHANNELS, width)

    weights.convolution("decoder.layers.0", width, LATENT_CHANNELS)
    for stage in range(3):
        first = 2 + stage * (AUTOENCODER_BLOCKS + 2)
        for block in range(AUTOENCODER_BLOCKS):
            residual(f"decoder.layers.{first + block}")
        weights.convolution(f"decoder.layers.{first + AUTOENCODER_BLOCKS + 1}", width, width, bias=None)
    residual("decoder.layers.17")
    # Around middle grey.
    weights.convolution("decoder.layers.18", 3, width, bias=0.5, gain=0.15)
    weights.finish()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="OUT_DIR")
    folder = parser.parse_args().folder
    os.makedirs(folder, exist_ok=True)
    files = (("diffusion.gguf", write_diffusion), ("llm.gguf", write_text_encoder), ("tae.gguf", write_autoencoder))
    for name, write in files:
        # Whole or not there at all, also when two make it at once.
        part = os.path.join(folder, f".{name}.{os.getpid()}")
        write(part)
        os.replace(part, os.path.join(folder, name))


if __name__ == "__main__":
    main()
