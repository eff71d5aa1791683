# shellcheck shell=bash
# sherpa-onnx: models that hear and speak, with the ONNX Runtime that it was built for.

sherpa_title="sherpa-onnx"
sherpa_folder=$MARTLET_HOME/engines/sherpa-onnx

sherpa_ready() {
    pin_for_processor sherpa
    stamped sherpa-onnx "${sherpa[*]:1}" && [[ -f $sherpa_folder/lib/libsherpa-onnx-c-api.so ]]
}

sherpa_do() {
    progress "fetching"
    fetch "${sherpa[@]}"
    local new=$MARTLET_HOME/engines/sherpa-onnx.part
    rm -rf "$new"
    mkdir -p "$new"
    unzip -q "$fetched" 'sherpa_onnx/include/*' 'sherpa_onnx/lib/*' -d "$new/unpacked"
    mv "$new/unpacked/sherpa_onnx/include" "$new/unpacked/sherpa_onnx/lib" "$new/"
    rm -rf "$new/unpacked"
    replace_folder "$new" "$sherpa_folder"
    stamp sherpa-onnx "${sherpa[*]:1}"
    rm -f "$fetched"
    say "ready"
}
