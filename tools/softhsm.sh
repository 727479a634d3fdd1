#!/usr/bin/env bash
# Tests of the HSM use SoftHSM; root installs it when it is missing, others run the tests without it (they are skipped).
set -euo pipefail
command -v softhsm2-util >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing softhsm2 …"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends softhsm2 >/dev/null
else
  echo "Tests of the HSM are skipped without SoftHSM: sudo apt-get install softhsm2" >&2
fi
