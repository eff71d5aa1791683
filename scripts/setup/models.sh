# shellcheck shell=bash
# The default models, fetched by martlet itself.

models_title="default models"

models_key() { IFS= read -r models_stamp_key <"$build_stamp"; }

models_ready() {
    # Without a network nothing can be done about a missing model; martlet says so when one is needed.
    [[ ${MARTLET_OFFLINE:-} != 1 ]] || return 0
    [[ -r $build_stamp ]] || return 1
    models_key
    stamped models "$models_stamp_key" && [[ -d $MARTLET_HOME/models ]]
}

models_do() {
    end_live_line
    # Draws its own progress. A remote engine can do without local models, so that this isn't the end.
    if "$build_binary" models pull --defaults </dev/null >&2; then
        models_key
        stamp models "$models_stamp_key"
    else
        local status=$?
        ((status != 130)) || exit 130
        say "not all could be fetched; tried again next time"
    fi
}
