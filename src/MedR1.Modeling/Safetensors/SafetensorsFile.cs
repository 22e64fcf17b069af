using System.IO.MemoryMappedFiles;

using Microsoft.Win32.SafeHandles;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// An open safetensors file. Tensors are read directly into their destination rather than copied from a memory mapping, whose
/// pages would count as memory of the process: a whole checkpoint would be in memory twice while it loads. <see cref="MapTensor"/>
/// creates tensors over a mapping, for mostly read-only use. Thread-safe until it is disposed.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly SafetensorsHeader _header;
    private readonly Lazy<MemoryMappedViewAccessor> _mapping;
    private Tensor? _spareBuffer;

    private SafetensorsFile(string path, SafeFileHandle handle)
    {
        Path = path;
        _handle = handle;
        _header = SafetensorsHeader.Read(handle, path);
        _mapping = new Lazy<MemoryMappedViewAccessor>(CreateMapping);
    }

    /// <summary>Path of the file.</summary>
    public string Path { get; }

    /// <summary>The tensors by name, in the order of the header.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _header.Entries;

    /// <summary>The free-text metadata of the header.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Opens a file and checks its header; no tensor is read.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="SafetensorsFormatException">The file violates a rule of the format.</exception>
    public static SafetensorsFile Open(string path)
    {
        SafeFileHandle handle = File.OpenHandle(path, options: FileOptions.SequentialScan);
        try
        {
            return new SafetensorsFile(path, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Reads all tensors of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">The device of the tensors; <see langword="null"/> for the CPU.</param>
    /// <returns>The tensors by name; the caller disposes them.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="SafetensorsFormatException">The file violates a rule of the format.</exception>
    /// <exception cref="NotSupportedException">libtorch has no type for a tensor.</exception>
    public static Dictionary<string, Tensor> Load(string path, Device? device = null)
    {
        using SafetensorsFile file = Open(path);
        Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
        try
        {
            foreach (string name in file.Entries.Keys)
            {
                tensors.Add(name, file.LoadTensor(name, device: device));
            }

            return tensors;
        }
        catch
        {
            foreach (Tensor tensor in tensors.Values)
            {
                tensor.Dispose();
            }

            throw;
        }
    }

    /// <summary>Writes tensors to a file atomically, as the reference implementation does.</summary>
    /// <param name="path">The file; it is replaced if it exists.</param>
    /// <param name="tensors">The tensors by name.</param>
    /// <param name="metadata">Free-text metadata; <see langword="null"/> for <c>format</c> = <c>pt</c>.</param>
    /// <exception cref="DiskFullException">The disk is full; no partial file remains.</exception>
    public static void Save(
        string path,
        IEnumerable<KeyValuePair<string, Tensor>> tensors,
        IReadOnlyDictionary<string, string>? metadata = null) =>
        SafetensorsWriter.Write(
            path, [.. tensors.Select(tensor => SafetensorsItem.Of(tensor.Key, tensor.Value))], metadata);

    /// <summary>Reads a tensor into an existing tensor, converting it to that tensor's data type and device.</summary>
    /// <param name="name">Name of the tensor in the file.</param>
    /// <param name="destination">A tensor of the same shape; no gradient is recorded.</param>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    /// <exception cref="ArgumentException">The shapes differ, or floating-point numbers would become integers.</exception>
    /// <exception cref="NotSupportedException">libtorch has no type for the tensor.</exception>
    /// <exception cref="SafetensorsFormatException">The file has become shorter since it was opened.</exception>
    public void LoadInto(string name, Tensor destination) =>
        SafetensorsTensorReader.ReadInto(this, Find(name), destination);

    /// <summary>Reads a tensor into a new tensor.</summary>
    /// <param name="name">Name of the tensor in the file.</param>
    /// <param name="type">The data type of the new tensor; <see langword="null"/> for that of the file.</param>
    /// <param name="device">The device of the new tensor; <see langword="null"/> for the CPU.</param>
    /// <returns>The tensor; the caller disposes it.</returns>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    /// <exception cref="NotSupportedException">libtorch has no type for the tensor.</exception>
    /// <exception cref="SafetensorsFormatException">The file has become shorter since it was opened.</exception>
    public Tensor LoadTensor(string name, ScalarType? type = null, Device? device = null)
    {
        SafetensorsEntry entry = Find(name);
        ScalarType own = SafetensorsTensorReader.TorchTypeOf(this, entry);
        Tensor tensor = empty([.. entry.Shape], dtype: type ?? own, device: device ?? CPU);
        try
        {
            LoadInto(name, tensor);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>Reads consecutive rows of a tensor into a new tensor, in the file's data type and on the CPU.</summary>
    /// <param name="name">Name of the tensor in the file.</param>
    /// <param name="start">The first row, as an index into the first dimension.</param>
    /// <param name="count">The number of rows.</param>
    /// <returns>The rows; the caller disposes them.</returns>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    /// <exception cref="ArgumentException">The tensor has fewer rows.</exception>
    /// <exception cref="NotSupportedException">libtorch has no type for the tensor.</exception>
    /// <exception cref="SafetensorsFormatException">The file became shorter since it was opened.</exception>
    internal Tensor LoadRows(string name, long start, long count)
    {
        SafetensorsEntry entry = Find(name);
        ScalarType type = SafetensorsTensorReader.TorchTypeOf(this, entry);
        long rows = entry.Shape.Count == 0 ? 0 : entry.Shape[0];
        if (start < 0 || count < 1 || start > rows - count)
        {
            throw new ArgumentException(
                $"Rows {start} to {start + count - 1} of tensor '{name}' are requested, but it has {rows}.");
        }

        Tensor loaded = empty([count, .. entry.Shape.Skip(1)], dtype: type, device: CPU);
        try
        {
            ReadBytes(name, loaded.bytes, entry.ByteLength / rows * start);
            return loaded;
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Creates a tensor over the memory-mapped file, without reading or copying: pages are read on first access and copied on
    /// write, so that the file never changes. The tensor stays valid after this object is disposed.
    /// </summary>
    /// <param name="name">Name of the tensor in the file.</param>
    /// <returns>
    /// The tensor, on the CPU; the caller disposes it. Truncating the file during the tensor's lifetime crashes the process
    /// (replacing the file by a rename is harmless). A tensor whose bytes are not aligned to its type, which the format allows,
    /// is read instead.
    /// </returns>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    /// <exception cref="NotSupportedException">libtorch has no type for the tensor.</exception>
    public Tensor MapTensor(string name)
    {
        SafetensorsEntry entry = Find(name);
        ScalarType type = SafetensorsTensorReader.TorchTypeOf(this, entry);
        if (entry.ByteLength == 0 || entry.Offset % entry.Type.ElementSize() != 0)
        {
            return LoadTensor(name);
        }

        SafeMemoryMappedViewHandle view = _mapping.Value.SafeMemoryMappedViewHandle;
        nint address = view.DangerousGetHandle() + (nint)entry.Offset;
        return TensorMemory.Wrap(address, entry.ByteLength, [.. entry.Shape], type, view);
    }

    /// <summary>Reads the bytes of a tensor of any data type.</summary>
    /// <param name="name">Name of the tensor in the file.</param>
    /// <param name="target">The destination.</param>
    /// <param name="start">The offset of the first byte, relative to the start of the tensor.</param>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    /// <exception cref="ArgumentException">The tensor has fewer bytes.</exception>
    /// <exception cref="SafetensorsFormatException">The file has become shorter since it was opened.</exception>
    public void ReadBytes(string name, Span<byte> target, long start = 0)
    {
        SafetensorsEntry entry = Find(name);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        if (start > entry.ByteLength - target.Length)
        {
            throw new ArgumentException(
                $"Bytes {start} to {start + target.Length} of tensor '{name}' are requested, "
                + $"but it has {entry.ByteLength}.");
        }

        ReadAt(entry, target, start);
    }

    /// <summary>Closes the file; tensors of <see cref="MapTensor"/> stay valid.</summary>
    public void Dispose()
    {
        if (_mapping.IsValueCreated)
        {
            _mapping.Value.Dispose();
        }

        Interlocked.Exchange(ref _spareBuffer, null)?.Dispose();
        _handle.Dispose();
    }

    /// <summary>
    /// Rents a byte tensor to read a piece into. One buffer is kept for reuse: between aligned blocks, the C allocator cannot
    /// reuse a freed block of this size, and the process would grow by one buffer per tensor.
    /// </summary>
    internal Tensor RentBuffer() => Interlocked.Exchange(ref _spareBuffer, null)
        ?? empty([SafetensorsTensorReader.PieceLength], dtype: ScalarType.Byte, device: CPU).DetachFromDisposeScope();

    /// <summary>Keeps a rented buffer for reuse; a buffer that was already kept is disposed.</summary>
    internal void ReturnBuffer(Tensor buffer) => Interlocked.Exchange(ref _spareBuffer, buffer)?.Dispose();

    /// <summary>Reads bytes of a tensor, without checking that the range is inside the tensor.</summary>
    internal void ReadAt(SafetensorsEntry entry, Span<byte> target, long start)
    {
        while (!target.IsEmpty)
        {
            int count = RandomAccess.Read(_handle, target, entry.Offset + start);
            if (count == 0)
            {
                throw new SafetensorsFormatException(
                    Path, entry.Name, $"the file ended at byte {entry.Offset + start}, inside the tensor");
            }

            target = target[count..];
            start += count;
        }
    }

    private SafetensorsEntry Find(string name) => Entries.TryGetValue(name, out SafetensorsEntry? entry)
        ? entry
        : throw new KeyNotFoundException(
            $"'{Path}' has no tensor '{name}'. It has {Entries.Count}: {string.Join(", ", Entries.Keys.Take(5))}"
            + (Entries.Count > 5 ? ", ..." : "."));

    private MemoryMappedViewAccessor CreateMapping()
    {
        using MemoryMappedFile file = MemoryMappedFile.CreateFromFile(
            _handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        return file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.CopyOnWrite);
    }
}
