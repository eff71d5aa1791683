# shellcheck shell=bash
# llama-server: one that is there already, else built from the pinned source distribution.

llama_title="llama-server"
llama_binary=$MARTLET_HOME/engines/llama/bin/llama-server

# The server to use instead of building: MARTLET_LLAMA_SERVER, else one on PATH. Sets `llama_given`.
llama_find_given() {
    llama_given=${MARTLET_LLAMA_SERVER:-}
    if [[ -n $llama_given ]]; then
        [[ -f $llama_given && -x $llama_given && $llama_given == /* ]] || fail "MARTLET_LLAMA_SERVER must be the absolute path of a program."
    else
        llama_given=$(type -P llama-server) || llama_given=
    fi
}

# Versions are counted differently by different builders, so a server is judged by what it can do.
llama_serves() {
    local help option
    timeout 20 "$1" --version >/dev/null 2>&1 </dev/null || return 1
    help=$(timeout 20 "$1" --help 2>&1 </dev/null) || return 1
    for option in --mmproj --jinja --cache-reuse --api-key --no-webui; do
        [[ $help == *"$option"* ]] || return 1
    done
}

# The instruction sets a build for this very processor may use; a cache that moved to a lesser one must be built anew.
llama_instruction_sets() {
    grep -m1 -E '^(flags|Features)' /proc/cpuinfo |
        grep -oE '\b(sse3|ssse3|sse4_[12]|avx[0-9a-z_]*|fma|f16c|bmi[12]|amx[a-z0-9_]*|asimd[a-z]*|sve[0-9a-z]*|i8mm|bf16)\b' | sort -u
}

llama_processor_can() { # INSTRUCTION_SETS
    local have name
    have=" $(llama_instruction_sets | tr '\n' ' ') "
    for name in $1; do [[ $have == *" $name "* ]] || return 1; done
}

llama_find_accelerator() {
    nvcc=$(type -P nvcc) || nvcc=
    [[ -n $nvcc || ! -x /usr/local/cuda/bin/nvcc ]] || nvcc=/usr/local/cuda/bin/nvcc
    accelerator=${nvcc:+cuda}
    accelerator=${accelerator:-cpu}
}

llama_ready() {
    local have="" given
    [[ -x $llama_binary && -r $stamps/llama ]] || return 1
    IFS= read -r have <"$stamps/llama"
    if [[ $have == "given "* ]]; then
        # Stays in use, also when the variable or PATH no longer shows it, until another one is named.
        given=$(readlink "$llama_binary")
        [[ -z ${MARTLET_LLAMA_SERVER:-} || $MARTLET_LLAMA_SERVER == "$given" ]] &&
            [[ $have == "given $given $(stat -L -c '%Y.%s' "$given")" ]]
        return
    fi
    # A server that turns up on PATH later doesn't oust the one built; one that is named does.
    [[ -z ${MARTLET_LLAMA_SERVER:-} ]] || return 1
    llama_find_accelerator
    [[ $have == "built ${llama[1]} ${llama[3]} $accelerator "* ]] && llama_processor_can "${have#* * * * }"
}

show_ninja() {
    if [[ $1 =~ ^\[([0-9]+/[0-9]+)\] ]]; then shown="building ${BASH_REMATCH[1]}"; fi
}

show_nothing() { :; }

llama_do() {
    llama_find_given
    if [[ -n $llama_given ]]; then
        if llama_serves "$llama_given"; then
            mkdir -p "${llama_binary%/*}"
            ln -sfn "$llama_given" "$llama_binary.part"
            mv -fT "$llama_binary.part" "$llama_binary"
            stamp llama "given $llama_given $(stat -L -c '%Y.%s' "$llama_given")"
            say "using the one at hand"
            return
        fi
        [[ -z ${MARTLET_LLAMA_SERVER:-} ]] || fail "the server that MARTLET_LLAMA_SERVER names is too old: it lacks options that Martlet uses."
        say "the one on PATH is too old; building one"
    fi
    llama_find_accelerator
    need_space "$MARTLET_HOME" 1500
    local source=$MARTLET_HOME/build/llama.cpp-${llama[1]}
    if [[ ! -d $source ]]; then
        progress "fetching"
        fetch "${llama[@]}"
        progress "unpacking"
        rm -rf "$source.part"
        mkdir -p "$source.part"
        # The vendored tree alone; its own tests and pictures aren't needed.
        tar -xzf "$fetched" -C "$source.part" --strip-components=3 --exclude='*/.git' --wildcards '*/vendor/llama.cpp/*'
        mv -T "$source.part" "$source"
    fi
    local options=(-DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF -DGGML_NATIVE=ON
        -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_UI=OFF -DLLAMA_USE_PREBUILT_UI=OFF
        -DLLAMA_OPENSSL=OFF -DLLAMA_BUILD_APP=OFF -DLLAMA_BUILD_SERVER=ON)
    if [[ $accelerator == cuda ]]; then options+=(-DGGML_CUDA=ON "-DCMAKE_CUDA_COMPILER=$nvcc"); fi
    local sets
    sets=$(llama_instruction_sets | tr '\n' ' ')
    progress "configuring"
    # Ninja keeps what is compiled: after an interruption the rest is built.
    CC=gcc CXX=g++ logged llama-configure.log show_nothing \
        cmake -S "$source" -B "$source/build-$accelerator" -G Ninja "${options[@]}" ||
        fail "llama-server could not be configured (see above)."
    say "building ($accelerator; ten minutes or so on two cores, once)"
    logged llama-build.log show_ninja cmake --build "$source/build-$accelerator" --target llama-server ||
        fail "llama-server could not be built (see above). Run the same command again: it goes on where it stopped."
    mkdir -p "${llama_binary%/*}"
    install -m 755 -s "$source/build-$accelerator/bin/llama-server" "$llama_binary.part"
    "$llama_binary.part" --version >/dev/null 2>&1 </dev/null || fail "the llama-server just built doesn't run."
    mv -fT "$llama_binary.part" "$llama_binary"
    stamp llama "built ${llama[1]} ${llama[3]} $accelerator $sets"
    rm -rf "$source" "${downloads:?}/${llama[2]}"
    say "ready"
}
