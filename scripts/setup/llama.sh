# shellcheck shell=bash disable=SC2034 # engines.sh reads what is set here
# llama-server: one that is there already, else built from the pinned source distribution.

llama_title="llama-server"
llama_binary=$MARTLET_HOME/engines/llama/bin/llama-server
llama_variable=MARTLET_LLAMA_SERVER
llama_tree=vendor/llama.cpp
llama_megabytes=1500
llama_takes="ten minutes or so"
llama_options=(-DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_UI=OFF -DLLAMA_USE_PREBUILT_UI=OFF
    -DLLAMA_OPENSSL=OFF -DLLAMA_BUILD_APP=OFF -DLLAMA_BUILD_SERVER=ON)
llama_cuda=(-DGGML_CUDA=ON)

# Versions are counted differently by different builders, so a server is judged by what it can do.
llama_serves() { # PROGRAM
    local help option
    timeout 20 "$1" --version >/dev/null 2>&1 </dev/null || return 1
    help=$(timeout 20 "$1" --help 2>&1 </dev/null) || return 1
    for option in --mmproj --jinja --cache-reuse --api-key --no-webui; do
        [[ $help == *"$option"* ]] || return 1
    done
}

llama_ready() { server_ready llama; }
llama_do() { server_do llama; }
