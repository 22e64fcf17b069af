using System.Text;

namespace MedR1.Modeling;

/// <summary>Compares strings by their UTF-8 bytes, like the reference implementation of safetensors.</summary>
internal sealed class Utf8Order : IComparer<string>
{
    /// <summary>The shared instance.</summary>
    public static readonly Utf8Order Instance = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y) =>
        Encoding.UTF8.GetBytes(x ?? "").AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y ?? ""));
}
