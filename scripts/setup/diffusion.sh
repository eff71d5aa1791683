# shellcheck shell=bash disable=SC2034 # engines.sh reads what is set here
# sd-server, which makes pictures: one that is there already, else built from the pinned source distribution.

diffusion_title="sd-server"
diffusion_binary=$MARTLET_HOME/engines/diffusion/bin/sd-server
diffusion_variable=MARTLET_SD_SERVER
diffusion_tree=vendor/stable-diffusion.cpp
diffusion_megabytes=1000
diffusion_takes="five minutes or so"
# Martlet decodes and encodes by itself, so that the server needs no further codecs.
diffusion_options=(-DSD_BUILD_SHARED_LIBS=OFF -DSD_SERVER_BUILD_FRONTEND=OFF -DSD_WEBP=OFF -DSD_WEBM=OFF)
diffusion_cuda=(-DSD_CUDA=ON)

# Versions aren't in source distributions, so a server is judged by what it can do.
diffusion_serves() { # PROGRAM
    local help option
    timeout 20 "$1" --version >/dev/null 2>&1 </dev/null || return 1
    help=$(timeout 20 "$1" --help 2>&1 </dev/null) || return 1
    for option in --listen-ip --listen-port --diffusion-model --llm --flow-shift; do
        [[ $help == *"$option"* ]] || return 1
    done
}

diffusion_ready() { server_ready diffusion; }
diffusion_do() { server_do diffusion; }

# A model of random weights for the tests: it makes coloured noise, in a second, from everything a real one is given.
tiny_diffusion_title="tiny image model"
tiny_diffusion_folder=$MARTLET_HOME/samples/tiny-diffusion

tiny_diffusion_key() { tiny_diffusion_stamp_key=$(sha256sum <"$scripts/make-tiny-diffusion-model.py"); }

tiny_diffusion_ready() {
    local name
    tiny_diffusion_key
    stamped tiny-diffusion "$tiny_diffusion_stamp_key" || return 1
    for name in diffusion llm tae; do [[ -f $tiny_diffusion_folder/$name.gguf ]] || return 1; done
}

tiny_diffusion_do() {
    progress "writing"
    logged tiny-diffusion.log show_nothing "$python_folder/bin/python" "$scripts/make-tiny-diffusion-model.py" "$tiny_diffusion_folder" ||
        fail "the tiny image model could not be written (see above)."
    tiny_diffusion_key
    stamp tiny-diffusion "$tiny_diffusion_stamp_key"
    say "ready"
}
