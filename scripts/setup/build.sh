# shellcheck shell=bash
# The release build of this checkout.

build_title="martlet"
build_binary=$checkout/.build/release/martlet
build_stamp=$checkout/.build/martlet-sources

build_sources() {
    (
        cd "$checkout" || exit
        find Package.swift Sources -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
    )
}

# Part of it is compiled for this very processor; a checkout that moved to a lesser one is compiled anew.
build_processor() { list_instruction_sets | sha256sum; }

build_versions() { sha256sum 2>/dev/null <"$checkout/Package.resolved" || echo none; }

# `swift build` takes seconds to find that nothing changed; a digest of the sources takes milliseconds.
build_ready() {
    local have=
    [[ -x $build_binary && -r $build_stamp ]] || return 1
    IFS= read -r have <"$build_stamp"
    [[ $have == "$(build_sources) $(build_versions) $(build_processor)" ]]
}

show_swift() {
    if [[ $1 =~ ^\[([0-9]+/[0-9]+)\] ]]; then
        shown="building ${BASH_REMATCH[1]}"
    elif [[ $1 =~ ^(Fetching|Fetched|Cloning|Computing|Creating\ working) ]]; then
        shown="fetching Swift packages"
    fi
}

build_do() {
    need_space "$checkout" 2500
    local sources options=(-c release --product martlet)
    if [[ ${MARTLET_OFFLINE:-} == 1 ]]; then
        [[ -d $checkout/.build/checkouts ]] || need_network
        options+=(--disable-automatic-resolution)
    fi
    if [[ -r $build_stamp && $(<"$build_stamp") != *"$(build_processor)" ]]; then
        rm -rf "$checkout"/.build/*/release/{CVision,Expressions}.build
    fi
    # Taken before the build: what changes meanwhile is built next time.
    sources=$(build_sources)
    say "building (some minutes the first time)"
    logged build.log show_swift swift build --package-path "$checkout" "${options[@]}" ||
        fail "martlet could not be built (see above)."
    printf '%s\n' "$sources $(build_versions) $(build_processor)" >"$build_stamp.part"
    mv -f "$build_stamp.part" "$build_stamp"
    say "ready"
}

need_swift() {
    local advice="Install Swift 6.2 or newer (see swift.org/install) and put it on PATH." version
    command -v swift >/dev/null || fail "no Swift compiler found. $advice" 3
    version=$(swift --version 2>/dev/null </dev/null) || fail "\`swift --version\` fails. $advice" 3
    [[ $version =~ version\ ([0-9]+)\.([0-9]+) ]] || fail "\`swift --version\` isn't understood. $advice" 3
    ((BASH_REMATCH[1] > 6 || (BASH_REMATCH[1] == 6 && BASH_REMATCH[2] >= 2))) ||
        fail "Swift ${BASH_REMATCH[1]}.${BASH_REMATCH[2]} is too old. $advice" 3
}
