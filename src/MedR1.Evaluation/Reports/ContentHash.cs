using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MedR1.Evaluation;

/// <summary>Identifies content by its SHA-256 hash, so that results state which questions and which model they refer to.</summary>
public static class ContentHash
{
    /// <summary>
    /// The hash of questions in order: id, question, options, answer and its index. Images are not read but identified by
    /// <c>image_path</c> in the metadata; without it, images are left out, since their names depend on the folder.
    /// </summary>
    /// <param name="examples">The questions.</param>
    /// <returns>64 hexadecimal digits.</returns>
    public static string OfExamples(IEnumerable<VqaExample> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (VqaExample example in examples)
        {
            Append(hash, example.Id);
            Append(hash, example.Question);
            AppendCount(hash, example.Options.Count);
            foreach (string option in example.Options)
            {
                Append(hash, option);
            }

            Append(hash, example.Answer);
            AppendCount(hash, example.AnswerIndex ?? -1);
            Append(hash, example.Metadata.GetValueOrDefault("image_path", ""));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>
    /// The hash of all files of a folder, by name and content; for a model of several gigabytes, this takes seconds.
    /// </summary>
    /// <param name="folder">The folder; its subfolders are included.</param>
    /// <param name="progress">Receives each file's path below the folder when the file is done.</param>
    /// <param name="cancellationToken">Cancels the work, even within a file.</param>
    /// <returns>64 hexadecimal digits.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static string OfFolder(
        string folder, IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        IEnumerable<string> names = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal);
        byte[] buffer = new byte[1 << 20];
        foreach (string name in names)
        {
            using FileStream file = File.OpenRead(Path.Combine(folder, name));
            Append(hash, name);
            AppendCount(hash, file.Length);
            for (int read = file.Read(buffer); read > 0; read = file.Read(buffer))
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
            }

            progress?.Report(name);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // Each text is preceded by its length, so that "ab" and "c" differ from "a" and "bc".
    private static void Append(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        AppendCount(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void AppendCount(IncrementalHash hash, long count)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, count);
        hash.AppendData(bytes);
    }
}
