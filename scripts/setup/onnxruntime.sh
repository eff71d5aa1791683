# shellcheck shell=bash
# ONNX Runtime, which runs the ONNX models of our own. sherpa-onnx brings an older one for itself.

onnxruntime_title="ONNX Runtime"
onnxruntime_folder=$MARTLET_HOME/engines/onnxruntime

onnxruntime_ready() {
    pin_for_processor onnxruntime
    stamped onnxruntime "${onnxruntime[*]:1}" && [[ -f $onnxruntime_folder/lib/libonnxruntime.so ]]
}

onnxruntime_do() {
    progress "fetching"
    fetch "${onnxruntime[@]}"
    local new=$MARTLET_HOME/engines/onnxruntime.part
    rm -rf "$new"
    mkdir -p "$new/lib"
    unzip -qj "$fetched" "onnxruntime/capi/libonnxruntime.so.${onnxruntime[1]}" -d "$new/lib"
    mv "$new/lib/libonnxruntime.so.${onnxruntime[1]}" "$new/lib/libonnxruntime.so"
    unzip -qj "$fetched" onnxruntime/LICENSE onnxruntime/ThirdPartyNotices.txt -d "$new"
    replace_folder "$new" "$onnxruntime_folder"
    stamp onnxruntime "${onnxruntime[*]:1}"
    rm -f "$fetched"
    say "ready"
}
