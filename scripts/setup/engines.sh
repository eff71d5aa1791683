# shellcheck shell=bash
# Model servers: one that is there already, else built from a pinned source distribution.
#
# A server NAME is described by variables and functions of its own file:
#   NAME            its pin (pins.sh)                  NAME_tree       the vendored tree inside the source distribution
#   NAME_title      what people call it                NAME_megabytes  disk that building takes
#   NAME_binary     where it is installed              NAME_takes      how long that lasts
#   NAME_variable   the variable that names another    NAME_options    what CMake is told
#   NAME_serves     (function) whether a PROGRAM can do what Martlet needs
#   NAME_cuda       what CMake is told besides when there is a CUDA compiler

# The server that the operator names by the variable, if any. Sets `named`.
find_named_server() { # NAME
    local variable=$1_variable binary=$1_binary
    variable=${!variable}
    named=${!variable:-}
    # Naming the one that set-up installs changes nothing.
    [[ $named != "${!binary}" ]] || named=
    [[ -z $named || (-f $named && -x $named && $named == /*) ]] || fail "$variable must be the absolute path of a program."
}

# The instruction sets a build for this very processor may use; a cache that moved to a lesser one must be built anew.
list_instruction_sets() {
    grep -m1 -E '^(flags|Features)' /proc/cpuinfo |
        grep -oE '\b(sse3|ssse3|sse4_[12]|avx[0-9a-z_]*|fma|f16c|bmi[12]|amx[a-z0-9_]*|asimd[a-z]*|sve[0-9a-z]*|i8mm|bf16)\b' | sort -u
}

processor_can() { # INSTRUCTION_SETS
    local have name
    have=" $(list_instruction_sets | tr '\n' ' ') "
    for name in $1; do [[ $have == *" $name "* ]] || return 1; done
}

# Sets `nvcc` and `accelerator`.
find_accelerator() {
    nvcc=$(type -P nvcc) || nvcc=
    [[ -n $nvcc || ! -x /usr/local/cuda/bin/nvcc ]] || nvcc=/usr/local/cuda/bin/nvcc
    accelerator=${nvcc:+cuda}
    accelerator=${accelerator:-cpu}
}

server_stamp() { server_stamp_key="given $1 $(stat -L -c '%Y.%s' "$1")"; } # PROGRAM

server_ready() { # NAME
    local -n pin=$1 binary=$1_binary
    local have="" given named
    find_named_server "$1"
    [[ -x $binary && -r $stamps/$1 ]] || return 1
    IFS= read -r have <"$stamps/$1"
    if [[ $have == "given "* ]]; then
        # Stays in use, also when the variable or PATH no longer shows it, until another one is named.
        given=$(readlink "$binary")
        server_stamp "$given"
        [[ -z $named || $named == "$given" ]] && [[ $have == "$server_stamp_key" ]]
        return
    fi
    # A server that turns up on PATH later doesn't oust the one built; one that is named does.
    [[ -z $named ]] || return 1
    find_accelerator
    [[ $have == "built ${pin[1]} ${pin[3]} $accelerator "* ]] && processor_can "${have#* * * * }"
}

show_ninja() {
    if [[ $1 =~ ^\[([0-9]+/[0-9]+)\] ]]; then shown="building ${BASH_REMATCH[1]}"; fi
}

show_nothing() { :; }

server_do() { # NAME
    local -n binary=$1_binary variable=$1_variable
    local given named
    mkdir -p "${binary%/*}"
    find_named_server "$1"
    given=$named
    [[ -n $given ]] || given=$(type -P "${binary##*/}") || given=
    if [[ -n $given && $given != "$binary" ]]; then
        if "$1_serves" "$given"; then
            ln -sfn "$given" "$binary.part"
            mv -fT "$binary.part" "$binary"
            server_stamp "$given"
            stamp "$1" "$server_stamp_key"
            say "using the one at hand"
            return
        fi
        [[ -z $named ]] || fail "the server that $variable names is too old: it lacks options that Martlet uses."
        say "the one on PATH is too old; building one"
    fi
    build_server "$1"
}

build_server() { # NAME
    local -n pin=$1 binary=$1_binary tree=$1_tree megabytes=$1_megabytes takes=$1_takes
    local -n own_options=$1_options cuda_options=$1_cuda
    local program=${binary##*/} source=$MARTLET_HOME/build/${tree##*/}-${pin[1]} sets options
    find_accelerator
    need_space "$MARTLET_HOME" "$megabytes"
    if [[ ! -d $source ]]; then
        progress "fetching"
        fetch "${pin[@]}"
        progress "unpacking"
        rm -rf "$source.part"
        mkdir -p "$source.part"
        # The vendored tree alone; its own tests and pictures aren't needed.
        tar -xzf "$fetched" -C "$source.part" --strip-components=3 --exclude='*/.git' --wildcards "*/$tree/*"
        mv -T "$source.part" "$source"
    fi
    options=(-DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF -DGGML_NATIVE=ON "${own_options[@]}")
    if [[ $accelerator == cuda ]]; then options+=("${cuda_options[@]}" "-DCMAKE_CUDA_COMPILER=$nvcc"); fi
    sets=$(list_instruction_sets | tr '\n' ' ')
    progress "configuring"
    # Ninja keeps what is compiled: after an interruption the rest is built.
    CC=gcc CXX=g++ logged "$1-configure.log" show_nothing \
        cmake -S "$source" -B "$source/build-$accelerator" -G Ninja "${options[@]}" ||
        fail "$program could not be configured (see above)."
    say "building ($accelerator; $takes on two cores, once)"
    logged "$1-build.log" show_ninja cmake --build "$source/build-$accelerator" --target "$program" ||
        fail "$program could not be built (see above). Run the same command again: it goes on where it stopped."
    install -m 755 -s "$source/build-$accelerator/bin/$program" "$binary.part"
    "$1_serves" "$binary.part" || fail "the $program just built doesn't run."
    mv -fT "$binary.part" "$binary"
    stamp "$1" "built ${pin[1]} ${pin[3]} $accelerator $sets"
    rm -rf "$source" "${downloads:?}/${pin[2]}"
    say "ready"
}
