using System.Text;

using MedR1.Modeling;

namespace MedR1.Sampling;

/// <summary>
/// Searches the text of one row for stop strings, token by token; a stop string may span tokens and start anywhere in one.
/// </summary>
internal sealed class StopStringMatcher(IStreamingDecoder decoder, IReadOnlyList<string> stopStrings)
{
    private readonly StringBuilder _tail = new();
    private readonly int _kept = stopStrings.Max(text => text.Length) - 1;

    /// <summary>Appends a token and returns whether a stop string is now complete.</summary>
    public bool Append(int tokenId)
    {
        string text = decoder.Append(tokenId);
        if (text.Length == 0)
        {
            return false;
        }

        string window = _tail.Append(text).ToString();
        if (_tail.Length > _kept)
        {
            _tail.Remove(0, _tail.Length - _kept);
        }

        return stopStrings.Any(stop => window.Contains(stop, StringComparison.Ordinal));
    }
}
