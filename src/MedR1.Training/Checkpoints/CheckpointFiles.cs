using System.Globalization;
using System.Text.Json;
using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// Writes the checkpoint files that a run needs to resume, with a checksum of each. Without checksums, a bit flipped in a weight by a disk
/// or a copy would silently change the run.
/// </summary>
internal sealed class CheckpointFiles(string folder, CancellationToken cancellationToken)
{
    public const string ChecksumFile = "checksums.json";
    public const string TensorFile = "trainer.safetensors";

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };
    private readonly SortedDictionary<string, string> _checksums = new(StringComparer.Ordinal);

    /// <summary>Writes bytes, and waits until they are on disk.</summary>
    public void Write(string name, ReadOnlySpan<byte> bytes)
    {
        WholeFile.WriteThrough(Path.Combine(folder, name), bytes);
        _checksums[name] = Tell(Crc32C.Of(bytes));
    }

    /// <summary>Writes tensors, and waits until they are on disk.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="tensors">Returns the tensors by name; those that it creates are disposed here.</param>
    public void Write(string name, Func<IEnumerable<KeyValuePair<string, Tensor>>> tensors)
    {
        using DisposeScope scope = NewDisposeScope();
        _checksums[name] = Tell(SafetensorsWriter.Write(
            Path.Combine(folder, name), [.. tensors().Select(pair => SafetensorsItem.Of(pair.Key, pair.Value))],
            cancellationToken: cancellationToken));
    }

    /// <summary>Writes the checksums of all files written before.</summary>
    public void Complete() => WholeFile.WriteThrough(
        Path.Combine(folder, ChecksumFile), JsonSerializer.SerializeToUtf8Bytes(_checksums, s_json));

    /// <summary>Verifies files of a checkpoint against their checksums; checkpoints of earlier versions have none, and pass.</summary>
    /// <param name="folder">The checkpoint.</param>
    /// <param name="needed">The files that will be read: a list without them is damaged, and would vouch for anything.</param>
    /// <param name="chosen">Selects the files to verify by name.</param>
    /// <exception cref="InvalidDataException">A file is damaged or missing, or the list of checksums is damaged.</exception>
    public static void Require(string folder, IEnumerable<string> needed, Func<string, bool> chosen)
    {
        string list = Path.Combine(folder, ChecksumFile);
        if (!File.Exists(list))
        {
            return;
        }

        Dictionary<string, string> checksums = ReadChecksums(list);
        if (needed.FirstOrDefault(name => !checksums.ContainsKey(name)) is string unlisted)
        {
            throw new InvalidDataException($"'{list}' has no checksum of {unlisted}.");
        }

        foreach ((string name, string checksum) in checksums.Where(pair => chosen(pair.Key)))
        {
            string path = Path.Combine(folder, name);
            if (!File.Exists(path))
            {
                throw new InvalidDataException($"'{path}' is missing.");
            }

            string now = ChecksumOf(path);
            if (now != checksum)
            {
                throw new InvalidDataException(
                    $"'{path}' has changed since it was written: its checksum was {checksum} and is {now}. If that is intended, delete '{list}'.");
            }
        }
    }

    private static Dictionary<string, string> ReadChecksums(string list)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(list)) ?? throw new JsonException("it is empty.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{list}' contains no checksums: {exception.Message}", exception);
        }
    }

    private static string ChecksumOf(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        byte[] piece = new byte[1 << 20];
        Crc32C checksum = new();
        for (int count; (count = file.Read(piece)) > 0;)
        {
            checksum.Append(piece.AsSpan(0, count));
        }

        return Tell(checksum.Value);
    }

    private static string Tell(uint checksum) => checksum.ToString("x8", CultureInfo.InvariantCulture);
}
