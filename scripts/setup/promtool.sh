# shellcheck shell=bash
# Prometheus' checker of figures and rules, for the tests: the program alone, out of Debian's package, so that no service starts.

promtool_title="promtool"
promtool_binary=$MARTLET_HOME/tools/promtool

promtool_ready() { [[ -x $promtool_binary ]] || ! command -v apt-get >/dev/null; }

promtool_do() {
    need_network
    progress "fetching"
    local new=$MARTLET_HOME/tools/.part
    rm -rf "$new"
    mkdir -p "$new"
    (
        cd "$new" || exit
        logged promtool.log show_nothing apt-get download prometheus ||
            { ((EUID == 0)) && logged promtool.log show_apt apt-get update && logged promtool.log show_nothing apt-get download prometheus; }
    ) || fail "Debian's package prometheus could not be fetched (see above)."
    dpkg-deb --fsys-tarfile "$new"/prometheus_*.deb | tar -x -C "$new" ./usr/bin/promtool
    "$new/usr/bin/promtool" --version >/dev/null 2>&1 </dev/null || fail "promtool doesn't run on this machine."
    mv -f "$new/usr/bin/promtool" "$promtool_binary"
    rm -rf "$new"
    say "ready"
}
