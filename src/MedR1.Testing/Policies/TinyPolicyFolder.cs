using System.Text.Json;
using MedR1.Modeling;

namespace MedR1.Testing;

/// <summary>A tiny policy's files: its options and its weights.</summary>
internal static class TinyPolicyFolder
{
    private const string OptionsFile = "tiny-policy.json";
    private const string WeightsFile = "parameters.dat";

    /// <exception cref="InvalidDataException">The options file is empty.</exception>
    public static TinyPolicyOptions ReadOptions(string folder)
    {
        string json = File.ReadAllText(Path.Combine(folder, OptionsFile));
        return JsonSerializer.Deserialize<TinyPolicyOptions>(json)
            ?? throw new InvalidDataException($"'{OptionsFile}' in '{folder}' contains no options.");
    }

    public static void ReadWeights(string folder, TinyNetwork network) => network.load(Path.Combine(folder, WeightsFile));

    /// <summary>Writes a folder like other policies: complete or not at all, and without deleting other files in it.</summary>
    public static void Write(
        string folder, TinyPolicyOptions options, TinyNetwork network, CancellationToken cancellationToken) =>
        CheckpointFolder.Replace(folder, half =>
        {
            File.WriteAllText(Path.Combine(half, OptionsFile), JsonSerializer.Serialize(options));
            network.save(Path.Combine(half, WeightsFile));
            cancellationToken.ThrowIfCancellationRequested();
        });
}
