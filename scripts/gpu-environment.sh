# For scripts that run published programs on a machine with a GPU: sets the folder of libtorch unless MEDR1_LIBTORCH is set,
# and ICU if the machine has none. To be sourced, with the folder of the programs.
if [ -z "${MEDR1_LIBTORCH:-}" ]; then
  # Without importing torch, which takes seconds. The folder comes last, because it may contain spaces.
  read -r version torch_folder <<< "$(python3 -c '
from importlib import metadata, util
found = util.find_spec("torch")
print(".".join(metadata.version("torch").split(".")[:2]) if found else "", found.submodule_search_locations[0] if found else "")')"
  if [ -z "$torch_folder" ]; then
    echo "python3 has no torch; set MEDR1_LIBTORCH to the folder of a libtorch with CUDA (docs/native-runtime.md)" >&2
    exit 1
  fi
  export MEDR1_LIBTORCH=$torch_folder
  if [ -z "${MEDR1_LIBTORCH_VERSION:-}" ] && [ "$version" != 2.10 ]; then
    export MEDR1_LIBTORCH_VERSION=$version
    echo "torch is $version: the programs' libLibTorchSharp.so is taken to serve it (docs/native-runtime.md)"
  fi
fi
# Reads all lines: a writer whose reader has gone fails, and with it the pipe of a caller with pipefail.
ldconfig -p | grep libicuuc > /dev/null || export LD_LIBRARY_PATH="$1/icu${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
