using System.Buffers;

namespace MedR1.Modeling;

/// <summary>Finds added tokens in text: from left to right, the longest match at each position, without overlaps.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly Dictionary<char, AddedToken[]> _byFirst;
    private readonly SearchValues<char> _first;

    public AddedTokenMatcher(IEnumerable<AddedToken> tokens)
    {
        _byFirst = tokens.GroupBy(token => token.Content[0]).ToDictionary(
            group => group.Key, group => group.OrderByDescending(token => token.Content.Length).ToArray());
        _first = SearchValues.Create([.. _byFirst.Keys]);
    }

    /// <summary>Whether there is nothing to find.</summary>
    public bool IsEmpty => _byFirst.Count == 0;

    /// <summary>Finds the next token at or after a position, and its start.</summary>
    public AddedToken? Next(ReadOnlySpan<char> text, int from, out int start)
    {
        for (start = from; start < text.Length; start++)
        {
            int skipped = text[start..].IndexOfAny(_first);
            if (skipped < 0)
            {
                break;
            }

            start += skipped;
            foreach (AddedToken token in _byFirst[text[start]])
            {
                if (text[start..].StartsWith(token.Content, StringComparison.Ordinal))
                {
                    return token;
                }
            }
        }

        start = text.Length;
        return null;
    }
}
