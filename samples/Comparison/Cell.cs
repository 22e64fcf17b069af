using System.Text.Json;

namespace MedR1.Samples.Comparison;

/// <summary>The result of one method with one seed, as stored in the run's folder.</summary>
internal sealed record Cell
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public required string Method { get; init; }

    public required int Seed { get; init; }

    /// <summary>Fraction of the test questions that were answered correctly.</summary>
    public required double Accuracy { get; init; }

    public required int TestQuestions { get; init; }

    /// <summary>Fraction of the test answers that have the required form.</summary>
    public required double FormFraction { get; init; }

    public required double Chance { get; init; }

    public required double BlindPrior { get; init; }

    /// <summary>The cost of the training; null if there was none.</summary>
    public Cost? Cost { get; init; }

    public static Cell? Find(string path) =>
        File.Exists(path) ? JsonSerializer.Deserialize<Cell>(File.ReadAllBytes(path), Json) : null;

    public void Save(string path) => WholeFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, Json));
}
