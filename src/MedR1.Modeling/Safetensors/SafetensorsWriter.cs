using System.Buffers.Binary;
using System.Text.Json;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Writes safetensors files that are identical, byte for byte, to those of the reference implementation: tensors sorted by type
/// and name, the header padded to a multiple of 8 bytes. A file appears complete or not at all. Memory in addition to the tensors
/// stays below 64 MiB, or the size of one row of a tensor.
/// </summary>
public static unsafe class SafetensorsWriter
{
    private const int PieceLength = 32 << 20;

    private static readonly Dictionary<string, string> DefaultMetadata = new() { ["format"] = "pt" };

    /// <summary>Writes one file.</summary>
    /// <param name="path">The file; it is replaced if it exists. Its folder must exist.</param>
    /// <param name="items">The tensors, in any order.</param>
    /// <param name="metadata">Free-text metadata; <see langword="null"/> for <c>format</c> = <c>pt</c>.</param>
    /// <param name="progress">Receives the number of tensor bytes written.</param>
    /// <param name="cancellationToken">Cancels between pieces of 32 MiB; no partial file remains.</param>
    /// <returns>The CRC-32C of the file, to detect later changes.</returns>
    /// <exception cref="ArgumentException">A name occurs twice, or is <c>__metadata__</c>.</exception>
    /// <exception cref="DiskFullException">The disk is full; no partial file remains.</exception>
    public static uint Write(
        string path,
        IReadOnlyList<SafetensorsItem> items,
        IReadOnlyDictionary<string, string>? metadata = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        using AtomicFile file = WriteTemporary(path, items, metadata, new Progress(progress, cancellationToken));
        file.Commit();
        return file.Checksum;
    }

    /// <summary>Writes a file that is complete on disk but still has its temporary name.</summary>
    internal static AtomicFile WriteTemporary(
        string path,
        IReadOnlyList<SafetensorsItem> items,
        IReadOnlyDictionary<string, string>? metadata,
        Progress progress)
    {
        SafetensorsItem[] sorted =
        [
            .. items.OrderByDescending(item => item.FileType).ThenBy(item => item.Name, Utf8Order.Instance),
        ];
        byte[] header = Header(sorted, metadata ?? DefaultMetadata);
        AtomicFile file = new(path, header.Length + sorted.Sum(item => item.ByteLength));
        try
        {
            file.Append(header);
            foreach (SafetensorsItem item in sorted)
            {
                WriteItem(file, item, progress);
            }

            file.Complete();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static byte[] Header(SafetensorsItem[] items, IReadOnlyDictionary<string, string> metadata)
    {
        using MemoryStream stream = new();
        stream.Write(stackalloc byte[SafetensorsHeader.PrefixLength]);
        JsonWriterOptions options = new() { Encoder = ReferenceTextEncoder.Instance };
        using (Utf8JsonWriter json = new(stream, options))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            WriteEntries(json, items);
            json.WriteEndObject();
        }

        while (stream.Length % SafetensorsHeader.PrefixLength != 0)
        {
            stream.WriteByte((byte)' ');
        }

        byte[] header = stream.ToArray();
        long length = header.Length - SafetensorsHeader.PrefixLength;
        if (length > SafetensorsHeader.MaximumLength)
        {
            throw new ArgumentException(
                $"The header of {items.Length} tensors has {length} bytes, more than the format's limit of "
                + $"{SafetensorsHeader.MaximumLength}. Split it into several files.");
        }

        BinaryPrimitives.WriteInt64LittleEndian(header, length);
        return header;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0)
        {
            return;
        }

        json.WriteStartObject("__metadata__");
        foreach ((string key, string value) in metadata)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteEntries(Utf8JsonWriter json, SafetensorsItem[] items)
    {
        HashSet<string> names = new(StringComparer.Ordinal) { "__metadata__" };
        long start = 0;
        foreach (SafetensorsItem item in items)
        {
            if (!names.Add(item.Name))
            {
                throw new ArgumentException(
                    $"The tensor name '{item.Name}' occurs twice or is reserved; names must differ.");
            }

            json.WriteStartObject(item.Name);
            json.WriteString("dtype", item.FileType.FileName());
            json.WriteStartArray("shape");
            foreach (long size in item.Shape)
            {
                json.WriteNumberValue(size);
            }

            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(start);
            json.WriteNumberValue(start += item.ByteLength);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    private static void WriteItem(AtomicFile file, SafetensorsItem item, Progress progress)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor tensor = item.Produce();
        try
        {
            if (!tensor.shape.SequenceEqual(item.Shape))
            {
                throw new InvalidOperationException(
                    $"The tensor '{item.Name}' was declared as [{string.Join(", ", item.Shape)}], "
                    + $"but is [{string.Join(", ", tensor.shape)}].");
            }

            WriteValues(file, tensor, item.Type, progress);
        }
        finally
        {
            if (item.Owned)
            {
                tensor.Dispose();
            }
        }
    }

    private static void WriteValues(AtomicFile file, Tensor tensor, ScalarType type, Progress progress)
    {
        if (tensor.numel() == 0)
        {
            return;
        }

        if (tensor.is_contiguous() && tensor.dtype == type && tensor.device_type == DeviceType.CPU)
        {
            WriteMemory(file, tensor, progress);
            return;
        }

        // Converted in pieces along the first dimension, so that the copy stays small.
        Tensor rows = tensor.dim() == 0 ? tensor.unsqueeze(0) : tensor;
        long count = rows.size(0);
        long rowLength = rows.numel() / count * Math.Max(type.ElementSize(), tensor.dtype.ElementSize());
        long step = Math.Clamp(PieceLength / rowLength, 1, count);
        for (long start = 0; start < count; start += step)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor piece = rows.narrow(0, start, Math.Min(step, count - start));
            WriteMemory(file, piece.to(type).cpu().contiguous(), progress);
        }
    }

    private static void WriteMemory(AtomicFile file, Tensor tensor, Progress progress)
    {
        byte* address = (byte*)TensorMemory.AddressOf(tensor);
        long length = tensor.numel() * tensor.element_size();
        for (long start = 0; start < length; start += PieceLength)
        {
            int count = (int)Math.Min(PieceLength, length - start);
            file.Append(new ReadOnlySpan<byte>(address + start, count));
            progress.Add(count);
        }

        GC.KeepAlive(tensor);
    }

    /// <summary>Counts the bytes written to all files of one write operation.</summary>
    internal sealed class Progress(IProgress<long>? receiver, CancellationToken cancellationToken)
    {
        private long _bytes;

        public void Add(int count)
        {
            _bytes += count;
            receiver?.Report(_bytes);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
