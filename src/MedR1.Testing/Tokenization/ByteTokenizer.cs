using System.Text;

using MedR1.Modeling;

namespace MedR1.Testing;

/// <summary>A tokenizer that needs no file: each UTF-8 byte is a token, and four control tokens follow.</summary>
public sealed class ByteTokenizer : ITextTokenizer
{
    /// <summary>The token that ends a turn, 256.</summary>
    public const int EndTokenId = 256;

    /// <summary>The padding token, 257.</summary>
    public const int PadTokenId = 257;

    /// <summary>The token that stands for an image, 258.</summary>
    public const int ImageTokenId = 258;

    /// <summary>The token that starts a turn, 259.</summary>
    public const int TurnTokenId = 259;

    private static readonly Dictionary<string, int> Specials = new()
    {
        ["<|end|>"] = EndTokenId,
        ["<|pad|>"] = PadTokenId,
        ["<|image|>"] = ImageTokenId,
        ["<|turn|>"] = TurnTokenId,
    };

    /// <inheritdoc/>
    public int VocabularySize => 260;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, int> SpecialTokens => Specials;

    /// <inheritdoc/>
    public IReadOnlyList<int> Encode(string text, ControlTokenHandling handling = ControlTokenHandling.AsText)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> tokens = [];
        int start = 0;
        while (handling == ControlTokenHandling.Parse && FindSpecial(text, start) is (int at, string name))
        {
            AddBytes(tokens, text.AsSpan(start..at));
            tokens.Add(Specials[name]);
            start = at + name.Length;
        }

        AddBytes(tokens, text.AsSpan(start));
        return tokens;
    }

    /// <inheritdoc/>
    public string Decode(IEnumerable<int> tokenIds, bool skipSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(tokenIds);
        IStreamingDecoder decoder = CreateStreamingDecoder(skipSpecialTokens);
        StringBuilder text = new();
        foreach (int token in tokenIds)
        {
            text.Append(decoder.Append(token));
        }

        return text.Append(decoder.Complete()).ToString();
    }

    /// <inheritdoc/>
    public IStreamingDecoder CreateStreamingDecoder(bool skipSpecialTokens = true) =>
        new ByteStreamingDecoder(skipSpecialTokens);

    /// <summary>The name of a control token, or null.</summary>
    internal static string? NameOf(int tokenId) => Specials.FirstOrDefault(special => special.Value == tokenId).Key;

    private static (int At, string Name)? FindSpecial(string text, int start)
    {
        (int At, string Name)? first = null;
        foreach (string name in Specials.Keys)
        {
            int at = text.IndexOf(name, start, StringComparison.Ordinal);
            if (at >= 0 && (first is null || at < first.Value.At))
            {
                first = (at, name);
            }
        }

        return first;
    }

    private static void AddBytes(List<int> tokens, ReadOnlySpan<char> text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        tokens.AddRange(bytes.Select(value => (int)value));
    }
}
