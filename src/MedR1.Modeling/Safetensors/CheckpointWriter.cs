namespace MedR1.Modeling;

/// <summary>
/// Writes the weights of a checkpoint folder: one file, or shards with an index if the weights exceed the maximum shard size. All
/// files are complete on disk before the first is renamed into place, the index last. Replacing existing shards takes several
/// renames; to be safe against a crash between them, write to a new folder and swap the folders.
/// </summary>
public static class CheckpointWriter
{
    /// <summary>The default maximum size of a shard in bytes, as in transformers: 5 GB.</summary>
    public const long DefaultMaxShardBytes = 5_000_000_000;

    /// <summary>Writes the weights; weight files of an earlier checkpoint in the folder are removed.</summary>
    /// <param name="folder">The folder; it is created if it does not exist.</param>
    /// <param name="items">The tensors; they are assigned to shards in this order.</param>
    /// <param name="maxShardBytes">The maximum number of bytes in a shard; a larger tensor gets its own shard.</param>
    /// <param name="progress">Receives the number of tensor bytes written.</param>
    /// <param name="cancellationToken">Cancels between pieces of 32 MiB; no partial files remain.</param>
    /// <returns>Paths of the files written.</returns>
    /// <exception cref="ArgumentException">A name occurs twice, or is <c>__metadata__</c>.</exception>
    /// <exception cref="DiskFullException">The disk is full; no partial files remain.</exception>
    public static IReadOnlyList<string> Write(
        string folder,
        IReadOnlyList<SafetensorsItem> items,
        long maxShardBytes = DefaultMaxShardBytes,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxShardBytes, 1);
        string? duplicate = items.GroupBy(item => item.Name).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (duplicate is not null)
        {
            throw new ArgumentException(
                $"The tensor name '{duplicate}' occurs twice; names must differ.", nameof(items));
        }

        Directory.CreateDirectory(folder);
        long total = items.Sum(item => item.ByteLength);
        AtomicFile.RequireSpace(Path.Combine(folder, CheckpointIndex.SingleFile), total);
        List<List<SafetensorsItem>> shards = Split(items, maxShardBytes);
        Dictionary<string, string> map = new(StringComparer.Ordinal);
        List<string> names = [];
        List<AtomicFile> files = [];
        SafetensorsWriter.Progress counter = new(progress, cancellationToken);
        try
        {
            for (int index = 0; index < shards.Count; index++)
            {
                string name = shards.Count == 1
                    ? CheckpointIndex.SingleFile
                    : $"model-{index + 1:D5}-of-{shards.Count:D5}.safetensors";
                names.Add(name);
                shards[index].ForEach(item => map.Add(item.Name, name));
                files.Add(SafetensorsWriter.WriteTemporary(Path.Combine(folder, name), shards[index], null, counter));
            }

            if (shards.Count > 1)
            {
                names.Add(CheckpointIndex.FileName);
                files.Add(AtomicFile.Prepare(Path.Combine(folder, CheckpointIndex.FileName), CheckpointIndex.Write(map, total)));
            }

            files.ForEach(file => file.Commit());
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }

        RemoveOthers(folder, names);
        return [.. names.Select(name => Path.Combine(folder, name))];
    }

    private static List<List<SafetensorsItem>> Split(IReadOnlyList<SafetensorsItem> items, long maxShardBytes)
    {
        List<List<SafetensorsItem>> shards = [[]];
        long length = 0;
        foreach (SafetensorsItem item in items)
        {
            if (length > 0 && length + item.ByteLength > maxShardBytes)
            {
                shards.Add([]);
                length = 0;
            }

            shards[^1].Add(item);
            length += item.ByteLength;
        }

        return shards;
    }

    /// <summary>
    /// Deletes the stale weight files, an index first, so that no index refers to deleted shards: <see cref="CheckpointReader"/>
    /// prefers a single file, but other readers may not.
    /// </summary>
    private static void RemoveOthers(string folder, List<string> kept)
    {
        IEnumerable<string> others = Directory.GetFiles(folder)
            .Where(path => CheckpointIndex.IsWeightFile(Path.GetFileName(path)) && !kept.Contains(Path.GetFileName(path)))
            .OrderByDescending(path => path.EndsWith(".json", StringComparison.Ordinal));
        foreach (string path in others)
        {
            File.Delete(path);
        }
    }
}
