#!/bin/sh
# Qt's wheels bring Qt itself, but not the libraries that it takes from a Linux desktop.
# Installs what is missing where the user may (root, apt-get); else says what to type.
set -u
[ "$(uname -s)" = Linux ] || exit 0

missing=""
need() { # need FILE PACKAGE: the package that holds a shared library
    "${LDCONFIG}" -p 2>/dev/null | grep -q "$1" || missing="$missing $2"
}
LDCONFIG=$(command -v ldconfig || echo /sbin/ldconfig)

need libEGL.so.1 libegl1
need libGL.so.1 libgl1
need libxkbcommon.so.0 libxkbcommon0
need libxkbcommon-x11.so.0 libxkbcommon-x11-0
need libdbus-1.so.3 libdbus-1-3
need libfontconfig.so.1 libfontconfig1
need libxcb-cursor.so.0 libxcb-cursor0
need libxcb-icccm.so.4 libxcb-icccm4
need libxcb-image.so.0 libxcb-image0
need libxcb-keysyms.so.1 libxcb-keysyms1
need libxcb-randr.so.0 libxcb-randr0
need libxcb-render-util.so.0 libxcb-render-util0
need libxcb-shape.so.0 libxcb-shape0
need libxcb-xinerama.so.0 libxcb-xinerama0
need libxcb-xkb.so.1 libxcb-xkb1
find /usr/share/fonts /usr/local/share/fonts "${HOME:-/root}/.fonts" \
    \( -name '*.ttf' -o -name '*.otf' -o -name '*.ttc' \) 2>/dev/null | grep -q . ||
    missing="$missing fonts-dejavu-core"
"${PYTHON:-python3}" -c 'import ensurepip' 2>/dev/null || missing="$missing python3-venv"

[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing what Qt needs:$missing"
    if apt-get update -qq >/dev/null &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
    then
        exit 0
    fi
fi
if command -v apt-get >/dev/null; then
    echo "Some system libraries are missing. Type: sudo apt-get install$missing" >&2
else
    echo "Some system libraries are missing; on Debian they are called:$missing" >&2
fi
# A missing X library matters only for a window on a screen: the tests and pictures go on.
case "$missing" in *libegl1* | *libgl1* | *python3-venv*) exit 1 ;; esac
exit 0
