using System.Security.Cryptography;
using System.Text;
using MedR1.TestSupport;

namespace MedR1.Evaluation.Tests;

public sealed class ContentHashTests
{
    // The stream by hand: a length of 8 bytes before each text, the number of options, the index of the answer.
    [Fact]
    public void Of_questions_is_the_hash_of_their_parts()
    {
        VqaExample example = new()
        {
            Id = "q", Question = "é?", Options = ["a", "b"], Answer = "b", AnswerIndex = 1,
            Metadata = new Dictionary<string, string> { ["image_path"] = "1.png" },
        };
        byte[] stream =
        [
            .. Text("q"), .. Text("é?"), .. Count(2), .. Text("a"), .. Text("b"), .. Text("b"), .. Count(1),
            .. Text("1.png"),
            .. Text("o"), .. Text("?"), .. Count(0), .. Text("x"), .. Count(-1), .. Text(""),
        ];
        VqaExample open = new() { Id = "o", Question = "?", Answer = "x" };
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(stream)), ContentHash.OfExamples([example, open]));
    }

    [Fact]
    public void Of_questions_changes_with_every_part()
    {
        VqaExample example = Examples.Choice(0, "a", "b");
        VqaExample[] changed =
        [
            example with { Id = "2" }, example with { Question = "Where?" }, example with { Options = ["ab", ""] },
            example with { Options = ["a", "b", ""] }, example with { Answer = "b" }, example with { AnswerIndex = 1 },
            example with { Metadata = new Dictionary<string, string> { ["image_path"] = "x" } },
        ];
        string[] hashes = [.. changed.Append(example).Select(one => ContentHash.OfExamples([one]))];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    [Fact]
    public void Of_a_folder_covers_names_and_contents()
    {
        string folder = Directory.CreateTempSubdirectory("medr1-hash-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "sub"));
            File.WriteAllText(Path.Combine(folder, "sub", "b"), "2");
            File.WriteAllText(Path.Combine(folder, "a"), "1");
            ProgressList<string> files = [];
            string first = ContentHash.OfFolder(folder, files);
            Assert.Equal(["a", "sub/b"], files);
            Assert.Throws<OperationCanceledException>(
                () => ContentHash.OfFolder(folder, cancellationToken: new CancellationToken(canceled: true)));
            Assert.Equal(
                Convert.ToHexStringLower(SHA256.HashData(
                    [.. Text("a"), .. Count(1), (byte)'1', .. Text("sub/b"), .. Count(1), (byte)'2'])), first);
            File.Move(Path.Combine(folder, "a"), Path.Combine(folder, "c"));
            Assert.NotEqual(first, ContentHash.OfFolder(folder));
            Assert.Throws<DirectoryNotFoundException>(() => ContentHash.OfFolder(Path.Combine(folder, "none")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Count(long count) => BitConverter.GetBytes(count);

    private static byte[] Text(string text) => [.. Count(Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];
}
