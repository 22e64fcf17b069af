using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// The weights in a checkpoint folder, from one file or from shards with an index, as one set of tensors. All headers are checked
/// when the folder is opened; tensors are read on demand. Thread-safe until it is disposed.
/// </summary>
public sealed class CheckpointReader : IDisposable
{
    private const string MixedFix =
        "The index and the shards are from different versions: download the whole folder again.";

    private readonly Dictionary<string, SafetensorsFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SafetensorsFile> _fileOfTensor = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SafetensorsEntry> _entries = new(StringComparer.Ordinal);

    private CheckpointReader(string folder) => Folder = folder;

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The tensors by name, file by file and in the order of each file's header.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _entries;

    /// <summary>Names of the weight files.</summary>
    public IReadOnlyCollection<string> Files => _files.Keys;

    /// <summary>The number of bytes of all tensors.</summary>
    public long TotalBytes => _entries.Values.Sum(entry => entry.ByteLength);

    /// <summary>
    /// Opens <c>model.safetensors</c>, or otherwise <c>model.safetensors.index.json</c> with its shards, and checks that index
    /// and shards agree.
    /// </summary>
    /// <param name="folder">The folder of the checkpoint.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder contains neither file.</exception>
    /// <exception cref="SafetensorsFormatException">
    /// A file is corrupt, a shard is missing, or index and shards differ.
    /// </exception>
    public static CheckpointReader Open(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no folder '{folder}'. Give the folder of a checkpoint.");
        }

        CheckpointReader reader = new(folder);
        try
        {
            string index = Path.Combine(folder, CheckpointIndex.FileName);
            string single = Path.Combine(folder, CheckpointIndex.SingleFile);

            // In this order, as in transformers: shards next to a single file are stale.
            if (File.Exists(single))
            {
                reader.Add(CheckpointIndex.SingleFile);
            }
            else if (File.Exists(index))
            {
                reader.OpenShards(index);
            }
            else
            {
                throw new FileNotFoundException(
                    $"'{folder}' contains neither {CheckpointIndex.SingleFile} nor {CheckpointIndex.FileName}. "
                    + "Give the folder of a checkpoint in the safetensors format.",
                    single);
            }

            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Returns the path of the file that contains a tensor.</summary>
    /// <param name="name">Name of the tensor.</param>
    /// <exception cref="KeyNotFoundException">The checkpoint has no such tensor.</exception>
    public string FileOf(string name) => Find(name).Path;

    /// <summary>Returns the data type of a tensor.</summary>
    /// <param name="name">Name of the tensor in the checkpoint.</param>
    /// <exception cref="KeyNotFoundException">The checkpoint has no such tensor.</exception>
    /// <exception cref="NotSupportedException">libtorch has no type for the tensor.</exception>
    public ScalarType TypeOf(string name) => SafetensorsTensorReader.TorchTypeOf(Find(name), _entries[name]);

    /// <summary>Reads a tensor into an existing tensor, converting it to that tensor's data type and device.</summary>
    /// <param name="name">Name of the tensor in the checkpoint.</param>
    /// <param name="destination">A tensor of the same shape; no gradient is recorded.</param>
    /// <exception cref="KeyNotFoundException">The checkpoint has no such tensor.</exception>
    /// <exception cref="ArgumentException">The shapes differ, or floating-point numbers would become integers.</exception>
    /// <exception cref="NotSupportedException">libtorch has no type for the tensor.</exception>
    /// <exception cref="SafetensorsFormatException">The file has become shorter since it was opened.</exception>
    public void LoadInto(string name, Tensor destination) => Find(name).LoadInto(name, destination);

    /// <summary>Reads a tensor into a new tensor.</summary>
    /// <param name="name">Name of the tensor in the checkpoint.</param>
    /// <param name="type">The data type of the new tensor; <see langword="null"/> for that of the file.</param>
    /// <param name="device">The device of the new tensor; <see langword="null"/> for the CPU.</param>
    /// <returns>The tensor; the caller disposes it.</returns>
    /// <exception cref="KeyNotFoundException">The checkpoint has no such tensor.</exception>
    /// <exception cref="NotSupportedException">libtorch has no type for the tensor.</exception>
    /// <exception cref="SafetensorsFormatException">The file has become shorter since it was opened.</exception>
    public Tensor LoadTensor(string name, ScalarType? type = null, Device? device = null) =>
        Find(name).LoadTensor(name, type, device);

    /// <summary>Reads consecutive rows of a tensor; see <see cref="SafetensorsFile.LoadRows"/>.</summary>
    /// <param name="name">Name of the tensor in the checkpoint.</param>
    /// <param name="start">The first row.</param>
    /// <param name="count">The number of rows.</param>
    /// <returns>The rows; the caller disposes them.</returns>
    /// <exception cref="KeyNotFoundException">The checkpoint has no such tensor.</exception>
    /// <exception cref="ArgumentException">The tensor has fewer rows.</exception>
    /// <exception cref="NotSupportedException">libtorch has no type for the tensor.</exception>
    /// <exception cref="SafetensorsFormatException">The file became shorter since it was opened.</exception>
    internal Tensor LoadRows(string name, long start, long count) => Find(name).LoadRows(name, start, count);

    /// <summary>Creates a tensor over the memory-mapped file; see <see cref="SafetensorsFile.MapTensor"/>.</summary>
    /// <param name="name">Name of the tensor in the checkpoint.</param>
    /// <returns>The tensor; the caller disposes it.</returns>
    /// <exception cref="KeyNotFoundException">The checkpoint has no such tensor.</exception>
    /// <exception cref="NotSupportedException">libtorch has no type for the tensor.</exception>
    public Tensor MapTensor(string name) => Find(name).MapTensor(name);

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (SafetensorsFile file in _files.Values)
        {
            file.Dispose();
        }
    }

    private void OpenShards(string index)
    {
        Dictionary<string, string> map = CheckpointIndex.Read(index);
        foreach ((string tensor, string file) in map)
        {
            if (!_files.ContainsKey(file))
            {
                if (!File.Exists(Path.Combine(Folder, file)))
                {
                    throw new SafetensorsFormatException(
                        index,
                        tensor,
                        $"the index says that it is in '{file}', which does not exist",
                        $"Download '{file}' too.");
                }

                Add(file, index, map);
            }

            if (!_files[file].Entries.ContainsKey(tensor))
            {
                throw new SafetensorsFormatException(
                    index, tensor, $"the index says that it is in '{file}', which does not contain it", MixedFix);
            }
        }
    }

    private void Add(string fileName, string? index = null, Dictionary<string, string>? map = null)
    {
        SafetensorsFile file = SafetensorsFile.Open(Path.Combine(Folder, fileName));
        _files.Add(fileName, file);
        foreach (SafetensorsEntry entry in file.Entries.Values)
        {
            string? mapped = map is null ? fileName : map.GetValueOrDefault(entry.Name);
            if (mapped != fileName)
            {
                string said = mapped is null ? "does not list it" : $"says that it is in '{mapped}'";
                throw new SafetensorsFormatException(
                    index!, entry.Name, $"it is in '{fileName}', but the index {said}", MixedFix);
            }

            _entries.Add(entry.Name, entry);
            _fileOfTensor.Add(entry.Name, file);
        }
    }

    private SafetensorsFile Find(string name) => _fileOfTensor.TryGetValue(name, out SafetensorsFile? file)
        ? file
        : throw new KeyNotFoundException(
            $"The checkpoint in '{Folder}' has no tensor '{name}'; it has {_entries.Count} others.");
}
