#!/usr/bin/env bash
# Make a stand-in for the image that our Dockerfile starts from, without any registry of images.
#
# usage: base_image.sh TAG PODMAN... (the command that reaches podman's store, such as: podman --root FOLDER)
#
# Debian bookworm from this machine's own mirror, and Python in /usr/local as in the real image: a CPython 3.12 of this
# machine where there is one that may be moved, otherwise Debian's own Python. Needs root and debootstrap.
set -euo pipefail
tag=$1
shift
podman=("$@")

# What CPython's extension modules link; a real slim image has them too.
libraries=libssl3,libffi8,libsqlite3-0,libreadline8,libbz2-1.0,liblzma5,zlib1g,libncursesw6,libuuid1,libgdbm6,libnsl2
certificates=/etc/ssl/certs/ca-certificates.crt

mirror() { # the first address that apt itself uses
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | head -n 1
}

cpython() { # print the prefix of a CPython 3.12 that lies in a folder of its own, if there is one
    local python prefix candidates=("${CPYTHON:-}/bin/python3.12")
    mapfile -t -O 1 candidates < <(type -ap python3.12)
    for python in $(type -ap python3); do
        prefix=$("$python" -c 'import sys; print(sys.base_prefix)') && candidates+=("${prefix%/*}"/3.12.*/bin/python3.12)
    done
    for python in "${candidates[@]}"; do
        prefix=$("$python" -c 'import sys, ssl, venv, ensurepip; print(sys.base_prefix)' 2>/dev/null) || continue
        case $prefix in /usr | /usr/local) continue ;; esac
        echo "$prefix"
        return
    done
}

rootfs=$(mktemp -d)
trap 'rm -rf "$rootfs"' EXIT
chmod 755 "$rootfs"
address=$(mirror)
: "${address:?apt names no mirror of Debian}"
prefix=$(cpython)
if [ -z "$prefix" ]; then
    libraries=$libraries,python3-pip,python3-venv
fi
debootstrap --variant=minbase --include="ca-certificates,$libraries" bookworm "$rootfs" "$address" >&2
chroot "$rootfs" apt-get clean
# as slim images have it: what apt installs later brings no documentation, and leaves no archives
printf 'path-exclude %s\n' '/usr/share/doc/*' '/usr/share/man/*' '/usr/share/info/*' '/usr/share/locale/*' >"$rootfs/etc/dpkg/dpkg.cfg.d/docker"
printf 'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };\n' >"$rootfs/etc/apt/apt.conf.d/docker-clean"
rm -rf "$rootfs"/var/lib/apt/lists/* "$rootfs"/usr/share/{doc,man,locale}/*
if [ -n "$prefix" ]; then
    tar -C "$prefix" --exclude=test --exclude=__pycache__ --exclude='*.a' --exclude=./share -c . | tar -C "$rootfs/usr/local" -x --no-same-owner
    ln -sf python3.12 "$rootfs/usr/local/bin/python3"
    chroot "$rootfs" ldconfig # the library's path in there is that of the folder that it was built for
else
    ln -sf /usr/bin/python3 "$rootfs/usr/local/bin/python3"
fi
ln -sf python3 "$rootfs/usr/local/bin/python"
cp "$certificates" "$rootfs$certificates" # package managers in there trust whom this machine trusts
tar -C "$rootfs" -c . | "${podman[@]}" import --quiet --change 'ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin' \
    --change 'ENV LANG=C.UTF-8' --change "ENV PIP_CERT=$certificates" --change 'CMD ["python3"]' \
    --change "LABEL robot-action.stand-in=$(sha256sum "${BASH_SOURCE[0]}" | cut -d' ' -f1)" - "$tag"
