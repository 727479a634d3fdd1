#!/usr/bin/env bash
# Make or update .venv from a lock file: tools/environment.sh runtime|dev
# Nothing is done when the lock file is the one that .venv was made from.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:?runtime or dev}
python=${PYTHON:-python3}
lock=requirements.lock
[ "$kind" = dev ] && lock=requirements-dev.lock
sum() { sha256sum "$1" | cut -d' ' -f1; }

fresh() { [ -x .venv/bin/guomen ] && [ -f ".venv/made-from-$1" ] && [ "$(cat ".venv/made-from-$1")" = "$(sum "$2")" ]; }
# The development environment contains the runtime one.
if fresh "$kind" "$lock" || { [ "$kind" = runtime ] && fresh dev requirements-dev.lock; }; then
  "$PWD/.venv/bin/python" tools/messages.py --compile
  exit 0
fi

"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' ||
  { echo "Guomen needs Python 3.11 to 3.13; set PYTHON to one." >&2; exit 1; }

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  rm -rf .venv
  if ! "$python" -m venv .venv >/dev/null 2>&1; then
    rm -rf .venv
    version=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      echo "Installing $version …"
      apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$version" >/dev/null
      "$python" -m venv .venv
    else
      echo "Python cannot make environments here. Install $version (sudo apt-get install $version) and try again." >&2
      exit 1
    fi
  fi
fi

echo "Installing what $lock names …"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
  --require-hashes --only-binary :all: -r "$lock"

# The package itself runs from this folder: a link instead of a build, so that nothing unlocked is fetched.
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
rm -rf "$site"/guomen-*.dist-info "$site"/_editable_impl_guomen.pth
echo "$PWD/src" > "$site/guomen.pth"
printf '#!%s\nfrom guomen.cli import app\n\napp(prog_name="guomen")\n' "$PWD/.venv/bin/python" > .venv/bin/guomen
chmod +x .venv/bin/guomen
.venv/bin/python tools/messages.py --compile
rm -f .venv/made-from-*
sum "$lock" > ".venv/made-from-$kind"
