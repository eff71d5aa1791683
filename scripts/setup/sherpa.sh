# shellcheck shell=bash
# sherpa-onnx: models that hear and speak, with the ONNX Runtime that it was built for.

sherpa_title="sherpa-onnx"
sherpa_folder=$MARTLET_HOME/engines/sherpa-onnx

sherpa_pin() {
    case ${HOSTTYPE} in
        x86_64) sherpa=("${sherpa_x86_64[@]}") ;;
        aarch64) sherpa=("${sherpa_aarch64[@]}") ;;
        *) fail "processors of type $HOSTTYPE aren't supported: sherpa-onnx is pinned for x86_64 and aarch64." ;;
    esac
}

sherpa_ready() {
    sherpa_pin
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
