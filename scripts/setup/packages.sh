# shellcheck shell=bash
# Debian packages: those that the program needs, and those that only the tests do.

packages_title="Debian packages"
browser_title="Debian packages for the tests"

packages_ready() { package_list_ready packages; }
packages_do() { package_list_do packages; }
browser_ready() { package_list_ready packages-test; }
browser_do() { package_list_do packages-test; }

# Sets `package_list_key`.
key_package_list() { # LIST
    # The package database's own file tells whether anything was installed or removed since the last look.
    package_list_key="$(sha256sum <"$scripts/$1.txt") $(stat -c '%i.%Y.%s' /var/lib/dpkg/status 2>/dev/null)"
}

package_list_ready() { # LIST
    [[ ${MARTLET_SKIP_PACKAGES:-} != 1 ]] || return 0
    key_package_list "$1"
    stamped "$1" "$package_list_key" && return 0
    [[ -r /var/lib/dpkg/status ]] || return 1
    list_missing_packages "$1"
    ((${#missing[@]} == 0)) || return 1
    mkdir -p "$MARTLET_HOME" && stamp "$1" "$package_list_key"
}

# Sets `missing`.
list_missing_packages() { # LIST
    local wanted name
    mapfile -t wanted < <(grep -vE '^(#|$)' "$scripts/$1.txt")
    local -A present=()
    # dpkg-query fails when it has never heard of one of them.
    while IFS=' ' read -r name; do present[$name]=1; done < <(
        { dpkg-query -W -f '${db:Status-Status} ${binary:Package}\n' "${wanted[@]}" 2>/dev/null || true; } |
            sed -n 's/^installed \([^:]*\).*/\1/p')
    missing=()
    for name in "${wanted[@]}"; do [[ -n ${present[$name]:-} ]] || missing+=("$name"); done
}

show_apt() {
    case $1 in
        Get:*) shown="fetching ${1#Get:}" ;;
        Unpacking* | "Setting up"*) shown="${1% ...}" ;;
    esac
}

package_list_do() { # LIST
    if ! command -v apt-get >/dev/null; then
        fail "set-up installs packages on Debian and Ubuntu only. Install what scripts/$1.txt lists by other means, then set MARTLET_SKIP_PACKAGES=1." 3
    fi
    list_missing_packages "$1"
    local install=(apt-get install -y --no-install-recommends "${missing[@]}") run=()
    if ((EUID != 0)); then
        if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
            run=(sudo -n)
        else
            end_live_line
            printf 'martlet: these Debian packages are missing; run this line, then the same command again:\n\n    sudo apt-get update && sudo %s\n\n' \
                "${install[*]}" >&2
            exit 3
        fi
    fi
    need_network
    say "installing ${#missing[@]} packages"
    run+=(env DEBIAN_FRONTEND=noninteractive)
    # A kill in the midst of an earlier run may have left packages half configured.
    logged packages.log show_apt "${run[@]}" dpkg --configure -a || fail "dpkg could not be brought in order (see above)."
    # Old lists may do as well, so that only the installation itself decides.
    logged packages.log show_apt "${run[@]}" apt-get update || say "the package lists could not be refreshed; trying the old ones"
    logged packages.log show_apt "${run[@]}" "${install[@]}" || fail "packages could not be installed (see above)."
    key_package_list "$1"
    stamp "$1" "$package_list_key"
    say "ready"
}
