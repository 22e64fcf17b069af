using System.Text.Json;
using MedR1.TestSupport;

namespace MedR1.Datasets.Tests;

/// <summary>Damages each table in the layout of the shipped data, reduced to eight questions.</summary>
public sealed class DamagedRealMiniTests : IDisposable
{
    private const int Questions = 8;
    private const string QuestionFile = "QA_information/Open-access/Real-Mini CT.json";
    private readonly TemporaryFolder _folder = new();

    public DamagedRealMiniTests()
    {
        string whole = Path.Combine(RepositoryFolder.Root, "data", "real-mini");
        using JsonDocument all = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(whole, QuestionFile)));
        JsonElement[] kept = [.. all.RootElement.EnumerateArray().Take(Questions)];
        string[] images = [.. kept.Select(question => question.GetProperty("image_path").GetString()!).Distinct()];
        string[] ids = [.. kept.Select(question => question.GetProperty("question_id").GetString()!)];
        Write(QuestionFile, JsonSerializer.Serialize(kept));
        Write("questions.csv", Rows(whole, "questions.csv", ids));
        Write("images.csv", Rows(whole, "images.csv", images));
        Write("sources.csv", File.ReadAllText(Path.Combine(whole, "sources.csv")));
        foreach (string image in images)
        {
            Write(image, "");
        }
    }

    public static TheoryData<string> Tables() => ["questions.csv", "images.csv", "sources.csv", QuestionFile];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Tables))]
    public void A_damaged_table_gives_a_result_or_a_named_exception(string table) => Check(table, 60, seed: 1);

    [Theory]
    [Trait("Tier", "Slow")]
    [MemberData(nameof(Tables))]
    public void Many_damaged_tables_give_results_or_named_exceptions(string table) => Check(table, 400, seed: 2);

    private static string Rows(string folder, string table, string[] keys)
    {
        string[] lines = File.ReadAllLines(Path.Combine(folder, table));
        return string.Join('\n', lines.Where((line, i) => i == 0 || keys.Any(
            key => line.StartsWith(key + ",", StringComparison.Ordinal))));
    }

    private void Check(string table, int count, int seed)
    {
        string path = Path.Combine(_folder.Path, table);
        Assert.NotEmpty(Load());
        FileDamage.Check(
            File.ReadAllBytes(path), count, seed,
            damaged =>
            {
                File.WriteAllBytes(path, damaged);
                Load();
            },
            exception => exception is DatasetException or IOException);
    }

    private IReadOnlyList<VqaExample> Load() => [.. RealMini.LoadTrain(_folder.Path), .. RealMini.LoadTest(_folder.Path)];

    private void Write(string name, string text)
    {
        string path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
